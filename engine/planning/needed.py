"""How many samples a target needs."""

from __future__ import annotations

import math

from scipy.special import bdtr, ndtri

from engine.planning.question import Question
from engine.planning.records import Needed

_MOST_TEETH = 1500
"""Teeth looked at on either side of the first estimate."""


def power_at(n: int, *, lost: int | None, p: float) -> float:
    """P(Bin(n, p) >= n - lost): the chance that at most ``lost`` votes are lost."""
    return 0.0 if lost is None else float(bdtr(lost, n, 1.0 - p))


def needed(question: Question, *, p: float, power: float) -> Needed:
    """The samples that certify the question's target with probability ``power``.

    The n with the same number of votes that may be lost form a tooth, along which the chance of
    success falls. So each tooth is best at its first n and worst at its last one, and n_first and
    n_stay are first n of teeth.

    Args:
        question: what is to be certified, and by which bound.
        p: probability of the class.
        power: chance of success, in (0, 1).
    """
    required = question.required()
    facts = {"p": p, "p_required": required, "power": power, "n_min": question.fewest(0)}
    if p <= required or facts["n_min"] is None:
        return Needed(**facts)
    guess = _first_good_tooth(question, p, power)
    if guess is None:
        return Needed(**facts)
    # Whole numbers make neighbouring teeth differ by less than this many teeth of drift do.
    wanted = 10 + math.ceil(3 * (1 - required) / (p - required))
    first, stay = _around(question, p, power, guess, min(wanted, _MOST_TEETH))
    return Needed(
        **facts,
        n_first=first,
        n_stay=stay,
        n_approx=_approximately(question.alpha, required, p, power),
        exact=wanted <= _MOST_TEETH,
    )


def _first_good_tooth(question: Question, p: float, power: float) -> int | None:
    """A tooth whose first n has the power, by doubling and bisection; None if none has."""

    def good(lost: int) -> bool:
        n = question.fewest(lost)
        return n is None or power_at(n, lost=lost, p=p) >= power  # None: beyond all plans

    if good(0):
        return 0
    low, high = 0, 1
    while not good(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if good(middle) else (middle, high)
    return None if question.fewest(high) is None else high


def _around(
    question: Question, p: float, power: float, guess: int, teeth: int
) -> tuple[int | None, int | None]:
    """n_first and n_stay among the teeth around ``guess``."""
    lost = max(0, guess - teeth)
    n = question.fewest(lost)
    first, stay = None, n
    while n is not None and lost <= guess + teeth:
        following = question.fewest(lost + 1, above=n)
        if first is None and power_at(n, lost=lost, p=p) >= power:
            first = n
        if following is None or power_at(following - 1, lost=lost, p=p) < power:
            stay = following
        n, lost = following, lost + 1
    return first, stay


def _approximately(alpha: float, required: float, p: float, power: float) -> int:
    """((z_alpha sqrt(p'(1-p')) + z_power sqrt(p(1-p))) / (p - p'))^2, p' the required one."""
    noise = -ndtri(alpha) * math.sqrt(required * (1 - required))
    noise += ndtri(power) * math.sqrt(p * (1 - p))
    return round(float(noise / (p - required)) ** 2)
