"""Ablation: what it costs that a changed entity may be among those that are kept.

Levine & Feizi, Robustness Certificates for Sparse Adversarial Attacks by Randomized Ablation, AAAI
2020: k of d entities are kept, chosen uniformly without replacement. If none of the r changed ones
is among them, clean and changed input look alike; Delta is the probability that one is.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from engine.certificates.hierarchical import keeps

Deltas = tuple[float, ...]
"""Delta for r = 0, 1, ..., rounded up, as far as it leaves more than some least probability."""


@lru_cache(maxsize=256)
def subset_deltas(entities: int, kept: int, *, least: float = 0.5) -> Deltas:
    """1 - C(d - r, k) / C(d, k) for exactly k of d entities kept.

    Args:
        entities: d.
        kept: k, at most d.
        least: what 1 - Delta exceeds.
    """
    return tuple(_up(delta) for delta in _subset_deltas(entities, kept, Fraction(least)))


@lru_cache(maxsize=256)
def independent_deltas(
    p: float, *, centre: int = 0, p_centre: float = 1.0, least: float = 0.5
) -> Deltas:
    """1 minus the probability that all r changed entities are ablated, each by itself.

    With equal probabilities 1 - p^r (Scholten et al., NeurIPS 2022).

    Args:
        p: probability that an entity is ablated.
        centre: number of entities with a probability of their own.
        p_centre: their probability.
        least: what 1 - Delta exceeds.
    """
    found = keeps(p, centre=centre, p_centre=p_centre)
    return tuple(
        math.nextafter(1.0 - keep, 1.0) if keep < 1 else 0.0 for keep in found if keep > least
    )


def most_entities(deltas: Deltas, p_lower: float, p_upper: float) -> int:
    """Largest certified r: ``p_lower - Delta > p_upper + Delta``; -1 if not even r = 0.

    With ``p_upper = 1 - p_lower`` this is ``p_lower - Delta > 1/2``.
    """
    if p_lower <= p_upper:
        return -1
    gap = Fraction(p_lower) - Fraction(p_upper)
    return bisect_left(deltas, True, key=lambda delta: 2 * Fraction(delta) >= gap) - 1


def required(deltas: Deltas, entities: int) -> float | None:
    """Smallest p_lower that certifies r changed entities, 1/2 + Delta; None if there is none."""
    return 0.5 + deltas[entities] if entities < len(deltas) else None


def _subset_deltas(entities: int, kept: int, least: Fraction) -> Iterator[Fraction]:
    missed = Fraction(1)
    changed = 0
    while missed > least:
        yield 1 - missed
        if changed == entities:
            return
        missed *= Fraction(max(0, entities - changed - kept), entities - changed)
        changed += 1


def _up(value: Fraction) -> float:
    nearest = float(value)
    return nearest if Fraction(nearest) >= value else math.nextafter(nearest, 1.0)
