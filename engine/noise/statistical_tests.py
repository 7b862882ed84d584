"""Short tests of drawn numbers against the law they should follow. No torch.

Mean, variance, shares of bins, and dispersion: sums over each sample and each element, whose spread
gives away numbers that come twice, and squares over each sample, which give away samples of another
strength (chi-square over bins alone misses most of these). They find a generator that is broken on
this machine; noise that was tampered with along one direction of the model only drawing it again
finds (``certiscope verify --rerun``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtr, chdtrc, erfc, ndtr, ndtri

from engine.noise.records import NoiseStatistic, SelfTest
from engine.noise.streams import Stream

Draws = npt.NDArray[np.float64]
"""(samples, elements)."""

LIMIT = 1e-10
"""Least p-value of a generator that works: with at most twelve of them a healthy one fails about
once in 10^9 runs."""
_BINS = 64
_LEAST_EXPECTED = 1000.0
"""Draws that a bin must expect for its chi-square to have the tails of the limit."""


@dataclass(frozen=True)
class Law:
    """A symmetric law with mean 0.

    Attributes:
        name: for people.
        variance, fourth: its second and fourth moment.
        edges: between bins, rising.
        shares: probability of each bin, one more than edges.
    """

    name: str
    variance: float
    fourth: float
    edges: Draws
    shares: Draws


def normal_law() -> Law:
    """The standard normal law."""
    edges = ndtri(np.arange(1, _BINS) / _BINS)
    return Law("Gaussian", 1.0, 3.0, edges, np.full(_BINS, 1.0 / _BINS))


def uniform_law() -> Law:
    """Uniform on (-1/2, 1/2)."""
    edges = np.arange(1, _BINS) / _BINS - 0.5
    return Law("integers", 1.0 / 12.0, 1.0 / 80.0, edges, np.full(_BINS, 1.0 / _BINS))


def grid_law(scale: float, reach: int) -> Law:
    """A Gaussian of deviation ``scale`` rounded to whole numbers in [-reach, reach].

    Worked out from Phi and not from the generator's thresholds, which are tested with it.
    """
    steps = np.arange(-reach, reach + 1)
    probability = ndtr((0.5 - np.abs(steps)) / scale) - ndtr((-0.5 - np.abs(steps)) / scale)
    edges = np.unique(np.floor(scale * ndtri(np.arange(1, _BINS) / _BINS)) + 0.5)
    return Law(
        "Gaussian on the grid",
        float(probability @ steps.astype(np.float64) ** 2),
        float(probability @ steps.astype(np.float64) ** 4),
        edges,
        np.diff(ndtr(edges / scale), prepend=0.0, append=1.0),
    )


def statistics(draws: Draws, law: Law) -> tuple[NoiseStatistic, ...]:
    """All tests of draws, shape (samples, elements), against a law."""
    rows, columns = draws.shape
    squares = draws**2 - law.variance
    spread = law.fourth - law.variance**2
    root = math.sqrt(draws.size)
    return (
        _score(law, "mean", draws.sum() / (root * math.sqrt(law.variance))),
        _score(law, "variance", squares.sum() / (root * math.sqrt(spread))),
        _bins(draws, law),
        _spread(law, "sums of samples", draws.sum(axis=1), columns * law.variance),
        _spread(law, "sums of elements", draws.sum(axis=0), rows * law.variance),
        _spread(law, "squares of samples", squares.sum(axis=1), columns * spread),
    )


def p_value(value: float, freedom: int | None) -> float:
    """How often a healthy generator is at least that far off, on either side.

    Args:
        value: a z-score, or chi-square where ``freedom`` is given.
        freedom: degrees of freedom, at least 1.
    """
    if freedom is None:
        return float(erfc(abs(value) / math.sqrt(2.0)))
    return float(min(1.0, 2.0 * min(chdtr(freedom, value), chdtrc(freedom, value))))


def worst(statistics: tuple[NoiseStatistic, ...]) -> NoiseStatistic:
    """The statistic that is furthest off."""
    return min(statistics, key=lambda statistic: statistic.p_value)


def restated(test: SelfTest) -> SelfTest:
    """The test with its stream, and every p-value worked out again from its statistic."""
    again = tuple(
        one.model_copy(update={"p_value": p_value(one.value, one.freedom)})
        for one in test.statistics
    )
    return test.model_copy(update={"stream": int(Stream.SELF_TEST), "statistics": again})


def _score(law: Law, name: str, value: float) -> NoiseStatistic:
    return _statistic(law, name, value, None)


def _spread(law: Law, name: str, sums: Draws, variance: float) -> NoiseStatistic:
    """Whether independent sums with mean 0 spread as they should."""
    return _statistic(law, name, float(sums @ sums) / variance, len(sums))


def _bins(draws: Draws, law: Law) -> NoiseStatistic:
    counts = np.histogram(draws, np.concatenate(([-np.inf], law.edges, [np.inf])))[0]
    seen, expected = _merged(counts.astype(np.float64), law.shares * draws.size)
    value = float((((seen - expected) ** 2) / expected).sum())
    return _statistic(law, "bins", value, len(seen) - 1)


def _merged(counts: Draws, expected: Draws) -> tuple[Draws, Draws]:
    """Neighbouring bins taken together until each expects enough draws."""
    seen, wanted = [0.0], [0.0]
    for count, mass in zip(counts, expected, strict=True):
        if wanted[-1] >= _LEAST_EXPECTED:
            seen.append(0.0)
            wanted.append(0.0)
        seen[-1] += count
        wanted[-1] += mass
    if wanted[-1] < _LEAST_EXPECTED and len(wanted) > 1:
        seen[-2:], wanted[-2:] = [sum(seen[-2:])], [sum(wanted[-2:])]
    return np.array(seen), np.array(wanted)


def _statistic(law: Law, name: str, value: float, freedom: int | None) -> NoiseStatistic:
    return NoiseStatistic(
        law=law.name, name=name, value=value, freedom=freedom, p_value=p_value(value, freedom)
    )
