"""The noise of a run, tested on the run's own device before anything is counted."""

from __future__ import annotations

import numpy as np
import torch

from engine.core.errors import UserError
from engine.noise.discrete_gaussian_law import GRID, reach
from engine.noise.gaussian import NoiseSource
from engine.noise.records import NoiseStatistic, SelfTest
from engine.noise.statistical_tests import (
    LIMIT,
    Draws,
    grid_law,
    normal_law,
    statistics,
    uniform_law,
    worst,
)
from engine.schemes import Scheme

SAMPLES, ELEMENTS = 512, 512
"""Few enough for some 15 ms; enough of both for numbers that come twice to be found for certain."""
_FINEST = 0.01
"""Least sigma to test with: on the grid a smaller one draws hardly anything but zeros."""
_LANE = 1


def check_noise(
    source: NoiseSource, scheme: Scheme, *, exact: bool, stream: int, device: torch.device
) -> SelfTest:
    """Test the noise and refuse it where it fails.

    Args:
        source: the run's generator, on a stream of its own.
        scheme: what the noise is for; its least level is that of the Gaussian part.
        exact: the Gaussian part is drawn on the grid.
        stream: of ``source``, for the record.
        device: where it draws.

    Raises:
        UserError: naming the statistic that is furthest off.
    """
    found = _integers(source)
    sigma = None
    if scheme.law == "continuous":
        sigma = max(_FINEST, min(scheme.noise_levels(), default=1.0))
        found += _gaussian(source, sigma, exact=exact, device=device)
    _refuse(worst(found), device)
    return SelfTest(
        stream=stream, samples=SAMPLES, elements=ELEMENTS, sigma=sigma, statistics=found
    )


def _refuse(furthest: NoiseStatistic, device: torch.device) -> None:
    if furthest.p_value < LIMIT:
        raise UserError(
            f"The noise generator failed its test on {device} before anything was counted "
            f"({furthest.law}, {furthest.name}: p-value {furthest.p_value:.1e}); run on another "
            "device or install torch again, and do not rely on runs that were made here."
        )


def _gaussian(
    source: NoiseSource, sigma: float, *, exact: bool, device: torch.device
) -> tuple[NoiseStatistic, ...]:
    """Noise as the run adds it, here to a black image."""
    blank = torch.zeros(ELEMENTS, device=device)
    drawn = torch.empty((SAMPLES, ELEMENTS), device=device)
    for start, rows in _parts(drawn):
        source.gaussian_(rows, blank, sigma=sigma, start=start)
    noise = _numbers(drawn)
    if exact:
        return statistics(np.rint(noise * GRID), grid_law(GRID * sigma, reach(sigma)))
    return statistics(noise / sigma, normal_law())


def _integers(source: NoiseSource) -> tuple[NoiseStatistic, ...]:
    half = SAMPLES // 2
    parts = [source.uniform63(half, ELEMENTS, start=start, lane=_LANE) for start in (0, half)]
    return statistics(_numbers(torch.cat(parts)) * 2.0**-63 - 0.5, uniform_law())


def _parts(drawn: torch.Tensor) -> list[tuple[int, torch.Tensor]]:
    """Two calls, so that a generator that begins anew with each of them is found."""
    half = SAMPLES // 2
    return [(0, drawn[:half]), (half, drawn[half:])]


def _numbers(drawn: torch.Tensor) -> Draws:
    return drawn.cpu().numpy().astype(np.float64)
