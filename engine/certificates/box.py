"""Uniform noise against an attacker who keeps every pixel in [0, 1] (Voracek & Hein, ICML 2023).

Two cubes of half-width lam whose middles differ by d overlap in the share
prod_i (1 - |d_i| / (2 lam)); the class stays as long as 1 - prod_i (...) < (p_lower - p_upper) / 2.
Against an l1 budget the attacker does best with few large changes: the logarithm of each factor is
concave in |d_i|. Without a box one pixel takes all of it, and the radius is lam times p_lower less
p_upper; where pixel i can move by at most max(x_i, 1 - x_i), the largest rooms are filled in turn.
"""

from __future__ import annotations

from collections.abc import Sequence


def box_l1_radius(p_lower: float, p_upper: float, rooms: Sequence[float], *, lam: float) -> float:
    """The l1 radius, rounded down; 0 where nothing is certified.

    Args:
        p_lower: lower bound on the class's probability.
        p_upper: upper bound on every other class's.
        rooms: how far each number can move, max(x_i, 1 - x_i) for pixels in [0, 1].
        lam: half-width of the noise, in the units of the rooms.

    Returns:
        Infinity where no change within the rooms is enough.
    """
    least = 1.0 - (p_lower - p_upper) / 2
    if least >= 1.0:
        return 0.0
    kept, used = 1.0, 0.0
    for room in sorted(rooms, reverse=True):
        factor = 1.0 - min(room / (2 * lam), 1.0)
        if kept * factor > least:
            kept, used = kept * factor, used + room
            continue
        return (used + 2 * lam * (1.0 - least / kept)) * (1.0 - 2.0**-48)
    return float("inf")


def box_l1_required(size: float, rooms: Sequence[float], *, lam: float) -> float:
    """Smallest p_lower that certifies an l1 norm against one half, rounded up; above 1 if none.

    Args:
        size: of the change.
        rooms: how far each number can move.
        lam: half-width of the noise, in the units of the rooms.
    """
    kept = 1.0
    for room in sorted(rooms, reverse=True):
        moved = min(room, size)
        kept, size = kept * (1.0 - min(moved / (2 * lam), 1.0)), size - moved
        if size <= 0:
            break
    return (1.5 - kept) * (1.0 + 2.0**-48)


def deciding_rooms(rooms: Sequence[float], *, lam: float, least: float) -> list[float]:
    """The largest rooms, as many as an attacker can fill before the overlap is down to ``least``.

    A certificate that needs more overlap than that depends on no others.
    """
    kept, found = 1.0, list[float]()
    for room in sorted(rooms, reverse=True):
        if kept <= least or room <= 0:
            break
        kept *= 1.0 - min(room / (2 * lam), 1.0)
        found.append(room)
    return found
