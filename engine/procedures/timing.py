"""How long one sample takes here, before a run: an estimate for people, and no part of a claim."""

from __future__ import annotations

import threading
import time

import torch

from engine.core.batches import from_arrays, moved
from engine.evidence.settings import Execution, RunSettings
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import Stream
from engine.procedures.on_grid import gridded
from engine.procedures.run import check_fit
from engine.procedures.run_noise import noise_source
from engine.sampling.noise_buffer import NoisyCopies
from engine.sampling.trials import BATCH_SECONDS
from engine.system.device import resolve

BUDGET_SECONDS = 0.3
PATIENCE_SECONDS = 5 * BUDGET_SECONDS
"""At most so long, while each larger batch makes a sample much cheaper: on a busy machine
the budget is spent on batches of a few samples, each at a hundred times what it costs in a run."""
_PAYS = 0.7
"""Of the least cost of a sample so far; below it a larger batch was worth its time."""
_LARGEST, _TRIALS = 4096, 3
"""Samples of the largest batch, and how often each batch is tried: the first one of a model warms
it up. One that seems too slow to be doubled is tried until the budget is spent, and a dearer one
ends nothing: on a busy machine a small batch may take a thousand times what it takes elsewhere."""
_SAME, _LEAP = 1.6, 8
"""A batch that takes less than so many times what a single call took shows what a call costs, and
little of a sample: so many times more samples follow. A busy machine asks for seconds in calls."""
_HELD_UP = 1.5
"""A batch that takes so many times as long as its samples do in a smaller one had to wait: the next
is not judged by it."""
_DEAR_SECONDS = 2 * BUDGET_SECONDS
"""A second sample, and a leap, may take so long."""
_ANY_KEY = 1


def seconds_each(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    execution: Execution,
    stop: threading.Event,
) -> float | None:
    """Seconds per sample, drawing included, in the best batch that a short trial finds.

    It counts nothing, claims nothing, and enters no try. ``stop`` ends it within one batch, of
    about :data:`engine.sampling.trials.BATCH_SECONDS` at most for all but the slowest models.

    Returns:
        None where it was stopped before the first batch, and for a model under encryption, which is
        asked about nothing beside a run: what that takes is estimated from its parameters.

    Raises:
        UserError: model and input do not fit together.
    """
    shape, device = check_fit(classifier, fitted, settings.scheme), resolve(execution.device)
    if classifier.usual_batch:
        return None
    bound, taken = classifier.bound_to(fitted, settings.scheme), gridded(fitted, settings)[0]
    bound.prepare(device, settings.precision)
    x = moved(from_arrays(taken.arrays), device)
    law = settings.scheme.drawn(settings.noise)
    most = min(_LARGEST, law.samples or _LARGEST)
    source = noise_source(law, _ANY_KEY, Stream.CALIBRATION, device)
    copies = NoisyCopies(x, law, shape, device)
    best: float | None = None
    size, place, began = min(execution.batch or 1, most), 0, time.perf_counter()
    limit, call = PATIENCE_SECONDS, float("inf")
    while not stop.is_set() and time.perf_counter() - began < limit:
        took, trials = float("inf"), 0
        while trials < _TRIALS or 2 * took > BATCH_SECONDS:
            start = time.perf_counter()
            with torch.inference_mode():
                bound.classify(copies.batch(source, place, size, place + size)).sum().item()
            place = 0 if law.samples else place + size
            took, trials = min(took, time.perf_counter() - start), trials + 1
            spent = time.perf_counter() - began
            if stop.is_set() or spent > (BUDGET_SECONDS if 2 * took > BATCH_SECONDS else limit):
                break
        pays = best is None or took / size < _PAYS * best
        held_up = best is not None and took > _HELD_UP * best * size
        best = took / size if best is None else min(best, took / size)
        took = min(took, best * size)
        call = min(call, took)
        leaps = size > 1 and took < _SAME * call and _LEAP * size <= most
        limit = PATIENCE_SECONDS if pays or held_up or leaps else BUDGET_SECONDS
        growth = _LEAP if leaps else 2
        ahead = took + (growth - 1) * (took - call if leaps else took)
        dear = ahead > (_DEAR_SECONDS if leaps or size == 1 else BATCH_SECONDS)
        if execution.batch or growth * size > most or dear:
            break
        size *= growth
    return best
