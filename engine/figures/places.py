"""Where a model's outputs stay: keypoints and boxes on the image, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.core.outputs import OutputInterval, Outputs, size_of
from engine.core.record import Record
from engine.core.rounding import exact
from engine.evidence.settings import RunSettings

Edges = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels from the image's top left corner."""


class Place(Record):
    """A keypoint or a box as it is drawn.

    Attributes:
        name: of it.
        outer: inside which all of it stays; None where an interval has no end.
        at: the median itself: a point for a keypoint (left = right), else a box; None for none.
    """

    name: str
    outer: Edges | None
    at: Edges | None


class PlacesFigure(BaseModel):
    """Intervals of a model's outputs, and the places among them on the image.

    Attributes:
        pixels: (C, H, W) in [0, 1]; None where the image is not at hand.
        places: keypoints or boxes; none for plain numbers.
        intervals: of every number.
        unit: of the numbers.
        claim: what the intervals are, in a few words.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, arbitrary_types_allowed=True)

    pixels: npt.NDArray[np.float32] | None
    places: tuple[Place, ...]
    intervals: tuple[OutputInterval, ...]
    unit: str
    claim: str

    def like(self, other: object) -> bool:
        """Whether another figure shows the same, so that nothing has to be drawn anew."""
        return (
            isinstance(other, PlacesFigure)
            and self.pixels is other.pixels
            and (self.intervals, self.claim) == (other.intervals, other.claim)
        )

    @property
    def bounded(self) -> str:
        """How many intervals have both ends: ``6 of 6 outputs bounded``."""
        count = sum(one.bounded for one in self.intervals)
        return f"{count} of {len(self.intervals)} outputs bounded"


def claimed(settings: RunSettings) -> str:
    """What intervals of a run are, in a few words."""
    if settings.kind != "measure":
        return ""
    (term,) = settings.scheme.terms.values()
    size = term.meaning.partition(" of ")[0]
    return f"medians under every change of {size} at most {exact(settings.epsilon)}"


def places_figure(
    outputs: Outputs,
    intervals: Sequence[OutputInterval],
    claim: str,
    pixels: npt.NDArray[np.float32] | None = None,
) -> PlacesFigure:
    """The figure of some intervals.

    Args:
        outputs: of the model.
        intervals: one for each of its numbers.
        claim: what they are.
        pixels: of the image.
    """
    places: tuple[Place, ...] = ()
    if outputs.kind != "numbers" and pixels is not None:
        places = _places(outputs, intervals, pixels.shape)
    return PlacesFigure(
        pixels=pixels,
        places=places,
        intervals=tuple(intervals),
        unit=outputs.unit,
        claim=claim,
    )


def within_tolerance(
    outputs: Outputs, shape: tuple[int, ...], answer: Sequence[float] | None = None
) -> tuple[Place, ...]:
    """The places of one answer on an image, each in the frame that the tolerance leaves it.

    Args:
        outputs: of the model, bound to an input.
        shape: (C, H, W) of the image.
        answer: its numbers; the reference itself if None.

    Returns:
        None at all for plain numbers, and without a tolerance or a reference.
    """
    if outputs.tolerance is None or not outputs.reference or outputs.kind == "numbers":
        return ()
    reach = math.floor(outputs.tolerance) if outputs.grid else outputs.tolerance
    numbers = outputs.reference if answer is None else answer
    intervals = [
        OutputInterval(
            name=name,
            lower=reference - reach,
            median=number if math.isfinite(number) else None,
            upper=reference + reach,
        )
        for name, reference, number in zip(outputs.labels, outputs.reference, numbers, strict=True)
    ]
    return _places(outputs, intervals, shape)


def _places(
    outputs: Outputs, intervals: Sequence[OutputInterval], shape: tuple[int, ...]
) -> tuple[Place, ...]:
    size, scale = size_of(outputs.kind), _scale(outputs, shape)
    groups = [intervals[i : i + size] for i in range(0, len(intervals), size)]
    named = zip(outputs.names, groups, strict=True)
    return tuple(_place(name, group, scale) for name, group in named)


def _scale(outputs: Outputs, shape: tuple[int, ...]) -> tuple[float, float, float]:
    """Pixels of a unit across and down, and how many units an index covers: a cell is one wide."""
    if outputs.grid is None:
        return 1.0, 1.0, 0.0
    rows, columns = outputs.grid
    return shape[2] / columns, shape[1] / rows, 1.0


def _place(name: str, group: Sequence[OutputInterval], scale: tuple[float, float, float]) -> Place:
    across, down, cell = scale
    (x, y), (right, bottom) = group[:2], group[-2:]
    outer = None
    ends = (x.lower, y.lower, right.upper, bottom.upper)
    if None not in ends and all(one.bounded for one in group):
        low_x, low_y, high_x, high_y = (float(end or 0.0) for end in ends)
        outer = (low_x * across, low_y * down, (high_x + cell) * across, (high_y + cell) * down)
    at = None
    middle = (x.median, y.median, right.median, bottom.median)
    if None not in middle:
        left, top, far, low = (float(one or 0.0) + cell / 2 for one in middle)
        at = (left * across, top * down, far * across, low * down)
    return Place(name=name, outer=outer, at=at)
