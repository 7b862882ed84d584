"""Places of the plane at which a class has a wanted probability."""

from __future__ import annotations

import numpy as np

from engine.playground.plane import Plane
from engine.playground.run import Plan

_HALVES = 60


def place_with(
    plane: Plane,
    plan: Plan,
    *,
    most: tuple[float, float],
    least: tuple[float, float],
    index: int,
    p: float,
) -> tuple[float, float]:
    """The place between two others at which a class has probability ``p``, and never more.

    Args:
        plane: f.
        plan: law and sigma.
        most: a place at which the class has more than p.
        least: a place at which it has less.
        index: of the class.
        p: the probability; that of the place is at most p, and less by no more than 1e-9.

    Raises:
        ValueError: the class does not have more at the one and less at the other.
    """

    def probability(at: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return float(plane.probabilities_at(plan.law, plan.sigma, at[None])[0, index])

    above, below = np.array(most), np.array(least)
    if not probability(above) > p >= probability(below):
        raise ValueError(f"class {index} does not cross {p} between {most} and {least}")
    for _ in range(_HALVES):
        middle = (above + below) / 2
        if probability(middle) > p:
            above = middle
        else:
            below = middle
    return float(below[0]), float(below[1])
