"""Curves of certified accuracy over many inputs: a figure, with a confidence band if wanted.

Certified accuracy at a size is the share of inputs that are right and certified for changes of that
size. The size is what the regions of the scheme measure: a radius, a number of things, a strength
for each number of things, or additions and deletions alone. No torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.bounds import clopper_pearson
from engine.figures.curves import Curve
from engine.regions import Region
from engine.regions.region import UNLIMITED

Points = tuple[tuple[float, float], ...]
Band = tuple[tuple[float, float, float], ...]
BAND_ALPHA = 0.05
"""Error of a band at each size by itself, two-sided."""
_MOST_CURVES, _MOST_CORNERS = 3, 300
"""Curves of one result; sizes at which a staircase steps."""


def accuracy_curves(
    kind: Region,
    sizes: Mapping[str, Sequence[float]],
    total: int,
    name: str,
    *,
    beside: str = "",
    band: bool = False,
) -> tuple[Curve, ...]:
    """A curve for each of the first sizes of a scheme's regions; those that are alike are one.

    Args:
        kind: any region of the scheme: whether it counts, and how its sizes are called.
        sizes: of the inputs that are right and certified, by what they are sizes of.
        total: inputs, at least 1.
        name: of the curve, where regions have a single size that needs no name.
        beside: said after the name of a size; such a curve, of the first size alone, is dashed and
            stands beside those without it.
        band: around the first, with the Clopper-Pearson interval of each share, two-sided,
            confidence 95 %.
    """
    found: list[Curve] = []
    drawn = _counts if kind.counts else _stairs
    for size, own in list(sizes.items())[: 1 if beside else _MOST_CURVES]:
        points, edges = drawn(np.sort(np.minimum(np.asarray(own, np.float64), UNLIMITED)), total)
        named = bool(size) and kind.certified_radius is None
        curve = Curve(
            name=f"{size}{beside}" if named else name,
            points=points,
            dashed=bool(beside),
            band=edges if band and not found else (),
        )
        alike = (place for place, one in enumerate(found) if one.points == points)
        same = next(alike, None) if len(own) else None
        if same is None:
            found.append(curve)
        else:  # one would lie over the other
            both = _both(found[same].name, curve.name)
            found[same] = found[same].model_copy(update={"name": both})
    return tuple(found)


def _both(first: str, second: str) -> str:
    """``rotation down and up``."""
    words, more = first.split(), second.split()
    shared = 0
    while shared < len(more) - 1 and words[: shared + 1] == more[: shared + 1]:
        shared += 1
    return f"{first} and {' '.join(more[shared:])}"


def attacked_curve(sizes: Sequence[float], total: int) -> Curve:
    """The share of inputs for which no attack found a change, up to each radius.

    What is not attacked is not certified: the truth lies between this curve and the certified one.

    Args:
        sizes: of the changes found for the inputs that are right and certified; infinite for none.
        total: inputs, at least 1.
    """
    left = len(sizes)
    corners = [(0.0, left / total)]
    for size in sorted(size for size in sizes if size < math.inf):
        corners += [(size, left / total), (size, (left - 1) / total)]
        left -= 1
    return Curve(name="not attacked (no guarantee)", points=tuple(corners))


def _counts(sizes: npt.NDArray[np.float64], total: int) -> tuple[Points, Band]:
    """Shares that are certified against at least 0, 1, 2, ... changes."""
    last = round(float(sizes[-1])) if len(sizes) else 0
    steps = np.arange(last + 2)
    left = (len(sizes) - np.searchsorted(sizes, steps, side="left")).tolist()
    points = tuple((float(x), count / total) for x, count in zip(steps, left, strict=True))
    ends = _intervals(left, total)
    return points, tuple((float(x), *ends[count]) for x, count in zip(steps, left, strict=True))


def _stairs(sizes: npt.NDArray[np.float64], total: int) -> tuple[Points, Band]:
    """A falling staircase: beyond each size the inputs that have it are certified no more.

    Of many sizes some are taken, and between two of them the share is that at the larger one, so
    that no point lies above the true curve.
    """
    corners = np.unique(sizes)
    if len(corners) > _MOST_CORNERS:
        corners = corners[np.linspace(0, len(corners) - 1, _MOST_CORNERS).round().astype(int)]
    reached = (len(sizes) - np.searchsorted(sizes, corners, side="left")).tolist()
    points = [(0.0, (reached[0] if reached else 0) / total)]
    ends = _intervals(reached, total)
    edges: list[tuple[float, float, float]] = []
    before = 0.0
    for place, (size, count) in enumerate(zip(corners.tolist(), reached, strict=True)):
        after = reached[place + 1] if place + 1 < len(reached) else 0
        points += [(size, count / total), (size, after / total)]
        edges += [(before, *ends[count]), (size, *ends[count])]
        before = size
    return tuple(points), tuple(edges)


def _intervals(counts: Sequence[int], total: int) -> dict[int, tuple[float, float]]:
    return {
        count: clopper_pearson.interval(count, total, BAND_ALPHA) for count in dict.fromkeys(counts)
    }
