"""Statements about many inputs: all of them at once, and the population they were drawn from."""

from __future__ import annotations

from scipy.special import bdtrc

from engine.bounds import clopper_pearson
from engine.core.records import SetStatement


def simultaneous_alpha(alpha: float, total: int) -> float:
    """alpha per input so that all ``total`` statements hold at once (Bonferroni)."""
    return alpha / max(1, total)


def most_false(total: int, alpha: float, delta: float) -> int:
    """Smallest q with P(Bin(total, alpha) > q) <= delta."""
    low, high = -1, total
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if bdtrc(middle, total, alpha) <= delta else (middle, high)
    return high


def population_lower(certified: int, total: int, *, alpha: float, delta: float) -> float:
    """Lower bound on P(truly certified) over the population the inputs were drawn from.

    P(truly certified) >= P(certified) - alpha, and Clopper-Pearson bounds P(certified) from the
    draw of the inputs: CP_lower(certified, total, delta) - alpha.
    """
    return max(0.0, clopper_pearson.lower(certified, total, delta) - alpha)


def set_statement(certified: int, total: int, *, alpha: float, delta: float) -> SetStatement:
    """The statements about a set; ``total`` at least 1."""
    false = most_false(total, alpha, delta)
    return SetStatement(
        certified=certified,
        total=total,
        alpha=alpha,
        delta=delta,
        most_false=false,
        fixed_set_lower=max(0, certified - false) / total,
        population_lower=population_lower(certified, total, alpha=alpha, delta=delta),
    )
