"""Regions of constant ratio for noise that flips features, at a rate that depends on their value.

Bojchevski, Gasteiger & Guennemann, Efficient Robustness Certificates for Discrete Data: Sparsity-
Aware Randomized Smoothing for Graphs, Images and More, ICML 2020. Only the coordinates that the
attacker changes matter, and of them only how many the noise flips.

The certificate for (additions, deletions) holds for every smaller pair: a coordinate that both
inputs share adds an independent factor of ratio 1 to the changed one's law, which the worst case
cannot lose by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.certificates.likelihood import LikelihoodRegions

MOST = 128
"""Additions and deletions that a map reaches, each."""

Masses = npt.NDArray[np.float64]
Key = tuple[int, int, int, int]
Outcome = tuple[Key, float, float]


@lru_cache(maxsize=1 << 15)
def binary_regions(
    p_plus: float, p_minus: float, additions: int, deletions: int
) -> LikelihoodRegions:
    """The ``additions + deletions + 1`` regions of binary features.

    Region q holds the outcomes in which q of the changed coordinates differ from the clean input:
    Bin(additions, p_plus) + Bin(deletions, p_minus) at the clean input, and at the changed one
    Bin(additions, 1 - p_minus) + Bin(deletions, 1 - p_plus). Both are convolutions of positive
    terms, so nothing cancels. Their order follows from the masses: by q, or against it where
    p_plus + p_minus > 1; p_plus = 0 and p_minus = 0 leave regions that one law never enters.

    Args:
        p_plus: probability that the noise turns a 0 into a 1.
        p_minus: probability that it turns a 1 into a 0.
        additions: coordinates that the attacker turns from 0 to 1.
        deletions: coordinates that the attacker turns from 1 to 0.
    """
    clean = np.convolve(_binomial(additions, p_plus), _binomial(deletions, p_minus))
    changed = np.convolve(_binomial(additions, 1 - p_minus), _binomial(deletions, 1 - p_plus))
    return LikelihoodRegions.of(clean.tolist(), changed.tolist())


@lru_cache(maxsize=1 << 12)
def categorical_regions(
    p_plus: float,
    p_minus: float,
    categories: int,
    additions: int,
    deletions: int,
    changes: int,
) -> LikelihoodRegions:
    """Regions of features with K categories, one of which is zero.

    Zero turns into each other category with probability p_plus / (K - 1); every other category
    turns into each of its K - 1 others with p_minus / (K - 1). Outcomes of equal ratio are merged
    by their exponents, which are whole numbers, never by comparing rounded ratios.

    Args:
        p_plus: probability that a zero does not stay one.
        p_minus: probability that another category does not stay what it is.
        categories: K, at least 2.
        additions: coordinates that the attacker turns from zero to something.
        deletions: coordinates that the attacker turns from something to zero.
        changes: coordinates that the attacker turns from something to something else.
    """
    masses: dict[Key, tuple[float, float]] = {(0, 0, 0, 0): (1.0, 1.0)}
    kinds = _outcomes(p_plus, p_minus, categories)
    for outcomes, times in zip(kinds, (additions, deletions, changes), strict=True):
        for _ in range(times):
            masses = _with_one_more(masses, outcomes)
    return LikelihoodRegions.of(*zip(*masses.values(), strict=True))


def splits(
    p_plus: float, p_minus: float, categories: int, additions: int, deletions: int
) -> tuple[LikelihoodRegions, ...]:
    """Regions of every way to spend so many additions and deletions.

    With two categories there is one. With more, a feature that goes from one non-zero category to
    another spends one of each, and the attacker may have any number of these.
    """
    if categories == 2:
        return (binary_regions(p_plus, p_minus, additions, deletions),)
    return tuple(
        categorical_regions(p_plus, p_minus, categories, additions - c, deletions - c, c)
        for c in range(min(additions, deletions) + 1)
    )


def frontier(certified: Callable[[int, int], bool], most: int = MOST) -> tuple[int, ...]:
    """How many deletions are certified with 0, 1, 2, ... additions.

    Walks the edge of the certified cells: as these shrink with more additions, a cell is asked
    about at most once, and about 2 x ``most`` are.

    Args:
        certified: whether a cell (additions, deletions) is; everything below a certified cell is.
        most: deletions, and additions, that are looked at.
    """
    return tuple(_walk(certified, most))


def _walk(certified: Callable[[int, int], bool], most: int) -> Iterator[int]:
    deletions = -1
    while deletions < most and certified(0, deletions + 1):
        deletions += 1
    for additions in range(most + 1):
        while deletions >= 0 and not certified(additions, deletions):
            deletions -= 1
        if deletions < 0:
            return
        yield deletions


@lru_cache(maxsize=1 << 12)
def _binomial(n: int, p: float) -> Masses:
    """P(Bin(n, p) = k) for k = 0 .. n."""
    terms = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    return np.array(terms, dtype=np.float64)


def _outcomes(p_plus: float, p_minus: float, categories: int) -> tuple[list[Outcome], ...]:
    """What the noise makes of one changed coordinate: added, deleted, changed.

    Each outcome with its probability at the clean and at the changed input. Its ratio is a product
    of powers of (1 - p_plus)(K - 1), (1 - p_minus)(K - 1), p_plus and p_minus: the key.
    """
    others = categories - 1
    stays, kept = 1 - p_plus, 1 - p_minus
    up, down = p_plus / others, p_minus / others
    rest = categories - 2
    added: list[Outcome] = [
        ((1, 0, 0, -1), stays, down),
        ((0, -1, 1, 0), up, kept),
        ((0, 0, 1, -1), up * rest, down * rest),
    ]
    deleted = [((-a, -b, -c, -d), changed, clean) for (a, b, c, d), clean, changed in added]
    changed: list[Outcome] = [
        ((0, 1, 0, -1), kept, down),
        ((0, -1, 0, 1), down, kept),
        ((0, 0, 0, 0), down * rest, down * rest),
    ]
    return added, deleted, changed


def _with_one_more(
    masses: dict[Key, tuple[float, float]], outcomes: list[Outcome]
) -> dict[Key, tuple[float, float]]:
    found: dict[Key, tuple[float, float]] = {}
    for key, (clean, changed) in masses.items():
        for more, p, q in outcomes:
            both = (key[0] + more[0], key[1] + more[1], key[2] + more[2], key[3] + more[3])
            before = found.get(both, (0.0, 0.0))
            found[both] = (before[0] + clean * p, before[1] + changed * q)
    return found
