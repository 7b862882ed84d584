"""How far integer draws may be from the law they stand for. No torch: a verifier asks too."""

from __future__ import annotations

_STEPS = 2.0**-63
"""Draws are compared as 63-bit integers."""


def total_variation(draws: int, outcomes: int = 2) -> float:
    """Bound on the distance from its law of a sample of ``draws`` numbers of so many outcomes."""
    return draws * outcomes * _STEPS


def subset_total_variation(elements: int) -> float:
    """The same for one k-subset of ``elements`` things: the chance that two keys are equal."""
    return elements * elements * _STEPS
