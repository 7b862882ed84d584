"""Where labels go: boxes that stay inside a frame and never overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

_STEP = 4.0


class Box(NamedTuple):
    """A rectangle in pixels, y downwards."""

    x: float
    y: float
    w: float
    h: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share area."""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )

    def inside(self, frame: Box) -> Box:
        """This box, moved into ``frame`` (to its top left where it is too large)."""
        x = max(frame.x, min(self.x, frame.x + frame.w - self.w))
        y = max(frame.y, min(self.y, frame.y + frame.h - self.h))
        return Box(x, y, self.w, self.h)


class Steady:
    """What labels were placed by: they stay where they are until some of it moves.

    Compared with what they were placed by, not by rounding: a point that trembles across the
    border of two pixels would have all labels placed anew with every frame.

    Args:
        within: pixels that a place may move by.
    """

    def __init__(self, within: float) -> None:
        self._within = within
        self._exact: object = None
        self._places: tuple[float, ...] = ()

    def holds(self, exact: object, places: Sequence[float]) -> bool:
        """Whether labels may stay; if not, they are placed by these from now on.

        Args:
            exact: what may not change at all.
            places: in pixels.
        """
        stays = exact == self._exact and len(places) == len(self._places)
        pairs = zip(places, self._places, strict=False)
        if stays and all(abs(now - was) <= self._within for now, was in pairs):
            return True
        self._exact, self._places = exact, tuple(places)
        return False


def around(x: float, y: float, w: float, h: float, *, gap: tuple[float, float]) -> list[Box]:
    """Boxes at the four corners of a point: right below it, right above, left below, left above."""
    right, left = x + gap[0], x - w - gap[0]
    tops = (y + gap[1], y - h - gap[1])
    return [Box(side, top, w, h) for side in (right, left) for top in tops]


def place(
    wishes: Sequence[Sequence[Box]],
    frame: Box,
    *,
    obstacles: Sequence[Box] = (),
    avoid: Sequence[Box] = (),
    slide: float = 0.0,
) -> list[Box | None]:
    """A place for every label, earlier ones first; None where there is none.

    Args:
        wishes: for each label the boxes it would like, best first.
        frame: all boxes are moved into it.
        obstacles: boxes no label may touch.
        avoid: boxes a label touches only if it finds no other place.
        slide: a label that finds all its wishes taken may move this far up or down.
    """
    taken = list(obstacles)
    placed: list[Box | None] = []
    for wish in wishes:
        inside = [candidate.inside(frame) for candidate in wish]
        box = _first_free(inside, frame, [*taken, *avoid], slide)
        if box is None and avoid:
            box = _first_free(inside, frame, taken, slide)
        placed.append(box)
        if box is not None:
            taken.append(box)
    return placed


def _first_free(wish: Sequence[Box], frame: Box, taken: Sequence[Box], slide: float) -> Box | None:
    moved = (_slid(box, frame, slide) for box in wish)
    boxes: Iterable[Box] = chain(wish, chain.from_iterable(moved))
    return next((box for box in boxes if not any(map(box.overlaps, taken))), None)


def _slid(box: Box, frame: Box, slide: float) -> Iterator[Box]:
    for step in range(1, int(slide / _STEP) + 1):
        for move in (step * _STEP, -step * _STEP):
            yield Box(box.x, box.y + move, box.w, box.h).inside(frame)
