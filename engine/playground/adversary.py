"""An attacker in the plane: pushes a point, and asks the exact g."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.playground.plane import Plane
from engine.playground.run import Plan
from engine.playground.scenes import Numbers
from engine.regions import Ball

_DIRECTIONS, _STEPS, _HALVES = 180, 48, 30


@dataclass(frozen=True)
class Push:
    """Where a point was pushed, and what g says there.

    Attributes:
        to: the place.
        size: norm of the change, in the norm of the law.
        before, after: g at both places, by quadrature.
        inside: whether the change lies in what is claimed.
    """

    to: tuple[float, float]
    size: float
    before: int
    after: int
    inside: bool

    @property
    def crossed(self) -> bool:
        """Whether g changed."""
        return self.before != self.after

    @property
    def refutes(self) -> bool:
        """Whether g changed within what is claimed, which happens with chance alpha at most."""
        return self.crossed and self.inside


def push(
    plane: Plane,
    plan: Plan,
    at: tuple[float, float],
    to: tuple[float, float],
    claimed: Ball | None,
    claimed_class: int,
) -> Push:
    """Ask g at another place.

    Args:
        plane: f.
        plan: law and sigma.
        at: the certified point.
        to: where it is pushed.
        claimed: the region that a run claims now.
        claimed_class: its class: a wrong one is refuted by no push at all.
    """
    after = int(plane.smoothed(plan.law, plan.sigma, np.array([to]))[0])
    size = float(plan.law.size(np.subtract(to, at)))
    inside = claimed is not None and claimed.contains({"radius": size})
    return Push(to, size, claimed_class, after, inside)


def nearest_crossing(
    plane: Plane, plan: Plan, at: tuple[float, float]
) -> tuple[float, float] | None:
    """The nearest place found at which g differs, in the norm of the law; None where none is.

    Rays in 180 directions are searched in 48 steps, and the shortest is halved towards its
    crossing: an upper bound on the distance to g's border, and no lower one.
    """
    law, sigma, here = plan.law, plan.sigma, np.array(at)
    own = plane.smoothed(law, sigma, here[None])[0]
    turns = np.linspace(0.0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    rays = np.column_stack((np.cos(turns), np.sin(turns)))
    rays /= law.size(rays)[:, None]
    lengths = np.linspace(0.0, 2 * plane.half, _STEPS + 1)[1:]
    places = here + lengths[None, :, None] * rays[:, None, :]
    other = plane.smoothed(law, sigma, places.reshape(-1, 2)).reshape(places.shape[:2]) != own
    if not other.any():
        return None
    first = np.where(other.any(axis=1), other.argmax(axis=1), _STEPS)
    candidates = np.nonzero(first == first.min())[0]
    ends = [
        _crossing(plane, plan, here, rays[ray], lengths, int(first.min())) for ray in candidates
    ]
    best = min(ends)
    ray = rays[candidates[ends.index(best)]]
    return float(here[0] + best * ray[0]), float(here[1] + best * ray[1])


def _crossing(
    plane: Plane, plan: Plan, here: Numbers, ray: Numbers, lengths: Numbers, step: int
) -> float:
    """Where g changes along a ray, taken up to a place at which it has."""
    own = plane.smoothed(plan.law, plan.sigma, here[None])[0]
    low, high = (float(lengths[step - 1]) if step else 0.0), float(lengths[step])
    for _ in range(_HALVES):
        middle = (low + high) / 2
        if plane.smoothed(plan.law, plan.sigma, (here + middle * ray)[None])[0] == own:
            low = middle
        else:
            high = middle
    return high
