"""How strong a change of so many pixels may be, by any region."""

from __future__ import annotations

import math

from engine.regions import Region
from engine.schemes import Scheme

Reach = tuple[float | None, ...]

LEAST, ANY = 1e-9, 1e6
"""Norms below the first count as nothing; a region that holds at the second limits none."""

_FINE = 1e-12


def reach(scheme: Scheme, region: Region | None, *, most: int) -> Reach:
    """The l2 norm certified for 1, 2, ... ``most`` pixels.

    Every norm given is itself certified, and so is every smaller one. None where nothing is, and
    from there on; :data:`ANY` where any strength is (a scheme that counts pixels alone).
    """
    found: list[float | None] = []
    for entities in range(1, most + 1):
        before = found[-1] if found else ANY
        found.append(None if before is None else _norm(scheme, region, entities, before))
    return tuple(found)


def _norm(scheme: Scheme, region: Region | None, entities: int, high: float) -> float | None:
    """The largest certified norm up to ``high``, by bisection on the ratio."""

    def holds(epsilon: float) -> bool:
        attack = scheme.covering(entities=entities, epsilon=epsilon)
        return attack is not None and region is not None and region.contains(attack)

    if holds(high):
        return high
    if not holds(LEAST):
        return None
    low = LEAST  # holds(low), not holds(high)
    while high / low > 1 + _FINE:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
