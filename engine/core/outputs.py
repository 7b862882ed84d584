"""What a model answers with that names no class: keypoints, boxes, numbers."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field, model_validator

from engine.core.record import Record
from engine.core.rounding import exact, round_down, round_up
from engine.core.text import OF_THE_REFERENCE

OutputKind = Literal["keypoints", "boxes", "numbers"]
OUTPUT_KINDS: tuple[OutputKind, ...] = get_args(OutputKind)
ANSWER = ("an answer",)
"""The one class of a model whose numbers are kept: that all of them are finite."""
_PARTS: dict[OutputKind, tuple[str, ...]] = {
    "keypoints": ("x", "y"),
    "boxes": ("left", "top", "right", "bottom"),
    "numbers": ("",),
}
_ONE: dict[OutputKind, str] = {"keypoints": "keypoint", "boxes": "box", "numbers": "number"}


class Outputs(Record):
    """The numbers that a model answers with.

    Attributes:
        kind: keypoints (x and y each), boxes (left, top, right, bottom each) or plain numbers.
        names: of the things: one per keypoint, box or number.
        unit: of every number: ``cells`` of a heatmap or ``pixels`` of the image; empty for plain
            numbers.
        grid: rows and columns of the heatmaps whose hottest cells are the keypoints; None where
            coordinates come as numbers.
        tolerance: how far each number may be from the reference, in their unit, for the answer to
            count as the same; None where intervals of medians are asked for.
        reference: the base model's answer to the input without noise, fixed before the first
            sample; empty where no tolerance is kept to.
    """

    kind: OutputKind
    names: tuple[str, ...]
    unit: Literal["", "cells", "pixels"] = ""
    grid: tuple[int, int] | None = None
    tolerance: float | None = Field(default=None, ge=0)
    reference: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Outputs:
        if self.reference and len(self.reference) != len(self.labels):
            raise ValueError("the reference has not one number for each output")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for every number: ``nose x``, ``nose y``."""
        parts = _PARTS[self.kind]
        return tuple(f"{name} {part}".rstrip() for name in self.names for part in parts)

    @property
    def many(self) -> str:
        """``3 keypoints``, ``1 number``."""
        count = len(self.names)
        return f"{count} {_ONE[self.kind] if count == 1 else self.kind}"

    def event(self) -> tuple[str, str]:
        """The two classes of the event that all are within the tolerance: that they are, or not."""
        unit = f" {self.unit}" if self.unit else ""
        if self.tolerance == 1:
            unit = unit.removesuffix("s")
        far = f"within {exact(self.tolerance or 0.0)}{unit}{OF_THE_REFERENCE}"
        what = f"the {_ONE[self.kind]}" if len(self.names) == 1 else f"all {self.many}"
        return f"{what} {far}", f"not {what} {far}"

    def in_words(self, values: tuple[float, ...]) -> str:
        """Answers by name: ``nose (3, 4), tail (12, 4) cells``."""
        size = len(_PARTS[self.kind])
        texts = [f"{value:.4g}" for value in values]
        groups = [", ".join(texts[i : i + size]) for i in range(0, len(texts), size)]
        shown = [
            f"{name} ({group})" if size > 1 else f"{name} {group}"
            for name, group in zip(self.names, groups, strict=True)
        ]
        return f"{', '.join(shown)} {self.unit}".rstrip()


class OutputInterval(Record):
    """Where the median of one output stays.

    Attributes:
        name: of the number.
        lower, upper: ends of the guaranteed interval, which holds them; None where it has no end.
        median: of the noisy answers at the given input, an estimate without guarantee; None where
            half of them or more are no numbers.
    """

    name: str
    lower: float | None = None
    median: float | None = None
    upper: float | None = None

    @property
    def bounded(self) -> bool:
        """Whether it has both ends."""
        return self.lower is not None and self.upper is not None

    def in_words(self) -> str:
        """``nose x 3 to 5``, rounded outwards."""
        return f"{self.name} {self.ends()}"

    def ends(self) -> str:
        """``3 to 5``, rounded outwards; ``unbounded`` where an end is missing."""
        if self.lower is None or self.upper is None:
            return "unbounded"
        return (
            f"{_short(round_down(self.lower, _DIGITS))} to {_short(round_up(self.upper, _DIGITS))}"
        )


_DIGITS = 4


def _short(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def numbered_names(kind: OutputKind, count: int) -> tuple[str, ...]:
    """Names for outputs that have none: ``keypoint 1``, ``keypoint 2``.

    >>> numbered_names("boxes", 2)
    ('box 1', 'box 2')
    """
    return tuple(f"{_ONE[kind]} {number}" for number in range(1, count + 1))


def size_of(kind: OutputKind) -> int:
    """Numbers of one keypoint, box or number."""
    return len(_PARTS[kind])
