"""What it costs to ask a base classifier again: the check's share of whole runs.

On the processor both are taken by processor time, of which other programs beside change little.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from bench.noise import Spread, spread, words
from bench.subjects import SIGMA, SUBJECTS, Subject
from engine.core.batches import Batch, joined
from engine.core.generators import result_of
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs.base import FittedInput
from engine.inputs.memory import from_memory
from engine.models import fitted
from engine.models.base import Classifier
from engine.procedures.certify import certify
from engine.procedures.prepared import PreparedModel
from engine.sampling import appended_rows
from engine.sampling.appended_rows import AppendedRows
from engine.sampling.function_check import FunctionCheck
from engine.schemes import Gaussian
from engine.system.device import resolve

VOTES = ((1_000, 10_000, 100_000), (10_000,))
"""Of the runs of the smallest network, and of the next."""


@dataclass(frozen=True)
class CheckCost:
    """The check in runs of one length.

    Attributes:
        subject, precision: the network and its arithmetic.
        votes: of a run.
        run: the check's share of a run by itself: calibration, test of the noise and votes.
        later: of a later run of a set, which calibrates and tests nothing.
        answers: samples that were asked about again, the median run's by itself.
    """

    subject: str
    precision: str
    votes: int
    run: Spread
    later: Spread
    answers: int


def measure(precisions: tuple[str, ...], device: str, *, rounds: int) -> list[CheckCost]:
    """Costs for the two smaller networks, where a run is short and the check weighs most."""
    return [
        _cost(subject, precision, votes, device, rounds)
        for subject, lengths in zip(SUBJECTS, VOTES, strict=False)
        for precision in precisions
        for votes in lengths
    ]


def _cost(subject: Subject, precision: str, votes: int, device: str, rounds: int) -> CheckCost:
    classifier = subject.ours()
    given = fitted(classifier, from_memory(subject.input()))
    settings = CertifySettings(scheme=Gaussian(sigma=SIGMA), n=votes, precision=precision, seed=1)
    execution = Execution(device=device)
    prepared = PreparedModel(classifier)
    alone, later, answers = [], [], []
    for _ in range(rounds):
        share, asked = _run(classifier, given, settings, execution, PreparedModel(classifier))
        alone.append(share)
        answers.append(asked)
    _run(classifier, given, settings, execution, prepared)
    for _ in range(rounds):
        later.append(_run(classifier, given, settings, execution, prepared)[0])
    middle = sorted(answers)[rounds // 2]
    return CheckCost(subject.title, precision, votes, spread(alone), spread(later), middle)


def _run(
    classifier: Classifier,
    given: FittedInput,
    settings: CertifySettings,
    execution: Execution,
    prepared: PreparedModel,
) -> tuple[float, int]:
    """The check's share of one run, and how many answers it compared."""
    clock = time.process_time if resolve(execution.device).type == "cpu" else time.perf_counter
    with _timed(clock) as seconds:
        began = clock()
        found = result_of(
            certify(classifier, given, settings, execution=execution, prepared=prepared)
        )
        whole = clock() - began
    assert found.function_check is not None
    return sum(seconds) / whole, found.function_check.answers


@contextmanager
def _timed(clock: Callable[[], float]) -> Iterator[list[float]]:
    """The seconds that every look of a check takes, and rows that are asked about in a batch.

    Of the batch's time that is their part, beside putting them there.
    """
    seconds: list[float] = []
    look, classify = FunctionCheck.look, AppendedRows.classify

    def timed(*given: Any, **more: Any) -> None:
        began = clock()
        look(*given, **more)
        seconds.append(clock() - began)

    def shared(*given: Any, **more: Any) -> torch.Tensor:
        waiting, began = given[0].waiting, clock()
        classes = classify(*given, **more)
        seconds.append((clock() - began) * waiting / (waiting + len(classes)))
        return classes

    def put(batches: Sequence[Batch]) -> Batch:
        began = clock()
        whole = joined(batches)
        seconds.append(clock() - began)
        return whole

    FunctionCheck.look = timed  # type: ignore[method-assign]
    AppendedRows.classify = shared  # type: ignore[method-assign]
    appended_rows.joined = put  # type: ignore[attr-defined]
    try:
        yield seconds
    finally:
        FunctionCheck.look = look  # type: ignore[method-assign]
        AppendedRows.classify = classify  # type: ignore[method-assign]
        appended_rows.joined = joined  # type: ignore[attr-defined]


def show(costs: list[CheckCost], console: Console) -> None:
    """A row per network, precision and length."""
    table = Table(title="What asking again costs")
    table.add_column("network")
    table.add_column("precision")
    for heading in ("votes", "asked again", "of a run", "of a later run of a set"):
        table.add_column(heading, justify="right")
    for cost in costs:
        shares = (words(share, 100, " %") for share in (cost.run, cost.later))
        table.add_row(cost.subject, cost.precision, f"{cost.votes:,}", f"{cost.answers:,}", *shares)
    console.print(table)
