"""The noise of a run, tested on the run's own device before anything is counted.

The law says which draws to make and what they should look like; they are made as the run makes
them, so that a law that draws something else than it states is refused.
"""

from __future__ import annotations

import numpy as np
import torch

from engine.core.batches import from_arrays, moved, parts, room, rows_of
from engine.core.errors import UserError
from engine.noise.gaussian import NoiseSource
from engine.noise.gaussian_law import FINEST
from engine.noise.law import PROBED, Arrays, NoiseLaw, Probe
from engine.noise.records import NoiseStatistic, SelfTest
from engine.noise.statistical_tests import LIMIT, statistics, uniform_law, worst

_LANE = 1


def check_noise(
    source: NoiseSource, law: NoiseLaw, *, stream: int, device: torch.device
) -> SelfTest:
    """Test the noise and refuse it where it fails.

    Args:
        source: the run's generator, on a stream of its own.
        law: that the run draws from, in its arithmetic.
        stream: of ``source``, for the record.
        device: where it draws.

    Raises:
        UserError: naming the statistic that is furthest off.
    """
    found = [*_integers(source)]
    levels = [level.value for level in law.levels if level.law == "Gaussian"]
    drawn: tuple[Probe, Arrays] | None = None
    for probe in law.probes():
        if drawn is None or not probe.draws_as(drawn[0]):
            drawn = probe, draw(probe, source, device)
        found += statistics(probe.read(drawn[1]), probe.stated)
    _refuse(worst(tuple(found)), device)
    return SelfTest(
        stream=stream,
        samples=PROBED,
        elements=PROBED,
        sigma=max(FINEST, min(levels)) if levels else None,
        statistics=tuple(found),
    )


def draw(probe: Probe, source: NoiseSource, device: torch.device) -> Arrays:
    """The noisy samples of a probe, part by part.

    Drawn in two calls, so that a generator that begins anew with each of them is found.
    """
    x = moved(from_arrays(probe.x), device)
    out = room(x, probe.shape, probe.samples, device)
    half = probe.samples // 2
    for first, last in ((0, half), (half, probe.samples)):
        probe.law.draw(x, source, first, rows_of(out, first, last))
    return tuple(part.cpu().numpy() for part in parts(out))


def _refuse(furthest: NoiseStatistic, device: torch.device) -> None:
    if furthest.p_value < LIMIT:
        raise UserError(
            f"The noise generator failed its test on {device} before anything was counted "
            f"({furthest.law}, {furthest.name}: p-value {furthest.p_value:.1e}); run on another "
            "device or install torch again, and do not rely on runs that were made here."
        )


def _integers(source: NoiseSource) -> tuple[NoiseStatistic, ...]:
    half = PROBED // 2
    words = [source.uniform63(half, PROBED, start=start, lane=_LANE) for start in (0, half)]
    numbers = torch.cat(words).cpu().numpy().astype(np.float64)
    return statistics(numbers * 2.0**-63 - 0.5, uniform_law())
