"""Short tests of drawn numbers against the law they should follow. No torch.

Mean, variance, shares of bins, and dispersion: sums over each sample and each element, whose spread
gives away numbers that come twice, and squares over each sample, which give away samples of another
strength (chi-square over bins alone misses most of these). They find a generator that is broken on
this machine; noise that was tampered with along one direction of the model only drawing it again
finds (``certiscope verify --rerun``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc, chdtr, chdtrc, erfc, ndtr, ndtri

from engine.noise.records import NoiseStatistic, SelfTest
from engine.noise.streams import Stream

Draws = npt.NDArray[np.float64]
"""(samples, elements)."""

_FEW = 16
"""Numbers of a sample whose squares are summed; of fewer the sums have tails of their own, and a
healthy generator fails."""
LIMIT = 1e-10
"""Least p-value of a generator that works: with some twenty of them a healthy one fails about once
in 10^8 to 10^9 runs."""
_BINS = 64
_LEAST_EXPECTED = 1000.0
"""Draws that a bin must expect for its chi-square to have the tails of the limit."""
_LEAST_SPREAD = 25.0
"""Variance that a sum of zeros and ones must have to be nearly normal."""
_GROUPS = 16
_FURTHEST = 37.0
"""z-score of what cannot happen."""


@dataclass(frozen=True)
class Distribution:
    """A law of single numbers with mean 0, whose sums over a sample are nearly normal.

    Attributes:
        name: for people.
        variance, fourth: its second and fourth moment; 0 where only the shares are to be tested.
        edges: between bins, rising.
        shares: probability of each bin, one more than edges.
    """

    name: str
    variance: float
    fourth: float
    edges: Draws
    shares: Draws


@dataclass(frozen=True)
class Share:
    """Zeros and ones, a one with probability ``p``."""

    name: str
    p: float


@dataclass(frozen=True)
class Shared:
    """Exactly ``ones`` ones in every sample, every set of places alike."""

    name: str
    ones: int


Stated = Distribution | Share | Shared


def thinned(stated: Stated, p: float, name: str) -> Stated:
    """The law of numbers that are drawn from ``stated`` with probability p and are 0 else."""
    if isinstance(stated, Share):
        return Share(name, p * stated.p)
    assert isinstance(stated, Distribution), stated
    shares = p * stated.shares
    shares[np.searchsorted(stated.edges, 0.0, side="right")] += 1.0 - p
    fourth, variance = p * stated.fourth, p * stated.variance
    return replace(stated, name=name, variance=variance, fourth=fourth, shares=shares)


def choices(name: str, p: float, others: int) -> Distribution:
    """0 with probability 1 - p, else each of 1 ... ``others`` alike; only the shares are tested."""
    groups = min(_BINS - 1, others)
    ends = np.unique(np.arange(groups + 1) * others // groups).astype(np.float64)
    shares = np.concatenate(([1.0 - p], p * np.diff(ends) / others))
    return Distribution(name, 0.0, 0.0, ends[:-1] + 0.5, shares)


def steps_law(name: str, values: Draws) -> Distribution:
    """Uniform on finitely many rising ``values`` with mean 0."""
    count = len(values)
    ends = np.unique(np.arange(1, _BINS) * count // _BINS)
    ends = ends[ends > 0]
    return Distribution(
        name,
        float((values**2).mean()),
        float((values**4).mean()),
        (values[ends - 1] + values[ends]) / 2,
        np.diff(ends, prepend=0, append=count) / count,
    )


def normal_law() -> Distribution:
    """The standard normal law."""
    edges = ndtri(np.arange(1, _BINS) / _BINS)
    return Distribution("Gaussian", 1.0, 3.0, edges, np.full(_BINS, 1.0 / _BINS))


def uniform_law(name: str = "integers") -> Distribution:
    """Uniform on (-1/2, 1/2): the law of F(e) - 1/2 for noise e with a continuous CDF F."""
    edges = np.arange(1, _BINS) / _BINS - 0.5
    return Distribution(name, 1.0 / 12.0, 1.0 / 80.0, edges, np.full(_BINS, 1.0 / _BINS))


def grid_law(scale: float, reach: int) -> Distribution:
    """A Gaussian of deviation ``scale`` rounded to whole numbers in [-reach, reach].

    Worked out from Phi and not from the generator's thresholds, which are tested with it.
    """
    steps = np.arange(-reach, reach + 1)
    probability = ndtr((0.5 - np.abs(steps)) / scale) - ndtr((-0.5 - np.abs(steps)) / scale)
    edges = np.unique(np.floor(scale * ndtri(np.arange(1, _BINS) / _BINS)) + 0.5)
    return Distribution(
        "Gaussian on the grid",
        float(probability @ steps.astype(np.float64) ** 2),
        float(probability @ steps.astype(np.float64) ** 4),
        edges,
        np.diff(ndtr(edges / scale), prepend=0.0, append=1.0),
    )


def statistics(draws: Draws, law: Stated) -> tuple[NoiseStatistic, ...]:
    """All tests of draws, shape (samples, elements), against the law that is stated of them.

    Those are left out that say nothing: of numbers with one square, or too few for their tails.
    """
    if isinstance(law, Share):
        return _shares(draws, law)
    if isinstance(law, Shared):
        return _places(draws, law)
    if not law.variance:
        return _bins(draws, law)
    rows, columns = draws.shape
    squares = draws**2 - law.variance
    spread = law.fourth - law.variance**2
    root, two = math.sqrt(draws.size), spread < 1e-9 * law.fourth
    few = columns < _FEW  # whose squares do not add up to anything like a normal number
    width = 0.0 if two else squares.sum() / (root * math.sqrt(spread))
    return (
        _score(law, "mean", draws.sum() / (root * math.sqrt(law.variance))),
        *(() if two else (_score(law, "variance", width),)),
        *_bins(draws, law),
        _spread(law, "sums of samples", draws.sum(axis=1), columns * law.variance),
        _spread(law, "sums of elements", draws.sum(axis=0), rows * law.variance),
        *(
            ()
            if two or few
            else (_spread(law, "squares of samples", squares.sum(axis=1), columns * spread),)
        ),
    )


def _shares(draws: Draws, law: Share) -> tuple[NoiseStatistic, ...]:
    """How many ones there are, by the binomial law, and how they spread."""
    (rows, columns), variance = draws.shape, law.p * (1.0 - law.p)
    found = [_score(law, "share", _binomial_score(int(draws.sum()), draws.size, law.p))]
    centred = draws - law.p
    if columns * variance >= _LEAST_SPREAD:
        found.append(_spread(law, "sums of samples", centred.sum(axis=1), columns * variance))
    if rows * variance >= _LEAST_SPREAD:
        found.append(_spread(law, "sums of elements", centred.sum(axis=0), rows * variance))
    return tuple(found)


def _places(draws: Draws, law: Shared) -> tuple[NoiseStatistic, ...]:
    """Whether every sample has its number of ones, and how these fall into groups of elements.

    The counts of the groups spread as those of a multivariate hypergeometric draw.
    """
    rows, columns = draws.shape
    exact = bool((draws.sum(axis=1) == law.ones).all())
    found = [_score(law, "ones in each sample", 0.0 if exact else _FURTHEST)]
    rare = min(law.ones, columns - law.ones)
    groups = min(_GROUPS, columns, int(rows * rare / _LEAST_SPREAD))
    if groups > 1:
        parts = np.array_split(draws.sum(axis=0), groups)
        seen = np.array([part.sum() for part in parts])
        expected = rows * law.ones / columns * np.array([len(part) for part in parts])
        correction = (columns - 1) / (columns - law.ones)
        value = float(((seen - expected) ** 2 / expected).sum()) * correction
        found.append(_statistic(law, "places", value, groups - 1))
    return tuple(found)


def _binomial_score(ones: int, n: int, p: float) -> float:
    """The z-score that is as far off as so many ones of n are under the binomial law."""
    if p in (0.0, 1.0):
        return 0.0 if ones == p * n else _FURTHEST
    below, above = float(bdtr(ones, n, p)), float(bdtrc(ones - 1, n, p)) if ones else 1.0
    tail = min(0.5, below, above)
    score = -float(ndtri(tail)) if tail > 0 else _FURTHEST
    return math.copysign(min(score, _FURTHEST), ones - n * p)


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


def _score(law: Stated, name: str, value: float) -> NoiseStatistic:
    return _statistic(law, name, value, None)


def _spread(law: Stated, name: str, sums: Draws, variance: float) -> NoiseStatistic:
    """Whether independent sums with mean 0 spread as they should."""
    return _statistic(law, name, float(sums @ sums) / variance, len(sums))


def _bins(draws: Draws, law: Distribution) -> tuple[NoiseStatistic, ...]:
    counts = np.histogram(draws, np.concatenate(([-np.inf], law.edges, [np.inf])))[0]
    seen, expected = _merged(counts.astype(np.float64), law.shares * draws.size)
    value = float((((seen - expected) ** 2) / expected).sum())
    return (_statistic(law, "bins", value, len(seen) - 1),) if len(seen) > 1 else ()


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


def _statistic(law: Stated, name: str, value: float, freedom: int | None) -> NoiseStatistic:
    return NoiseStatistic(
        law=law.name, name=name, value=value, freedom=freedom, p_value=p_value(value, freedom)
    )
