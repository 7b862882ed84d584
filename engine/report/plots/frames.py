"""Frames and dots on an image: keypoints and boxes, each inside what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.figures.places import Edges, Place
from engine.report import palette
from engine.report.plots.base import RGB, hex_rgb

_INKS = ("accent", "upper", "good", "bad", "ink")
_DOT, _LINE = 3, 2
"""Half the side of a dot, and the width of a line, in pixels of the drawing."""


def colour(number: int, *, dark: bool = False) -> str:
    """Of a place, strong enough for a line on an image."""
    return palette.theme(dark=dark)[_INKS[number % len(_INKS)]]


def draw_places(image: RGB, places: Sequence[Place], factor: float, *, dark: bool = False) -> None:
    """Draw places into an image whose pixels were enlarged by ``factor``."""
    for number, place in enumerate(places):
        ink = hex_rgb(colour(number, dark=dark))
        if place.outer is not None:
            _frame(image, place.outer, factor, ink)
        if place.at is not None:
            _dot(image, place.at, factor, ink)


def _frame(image: RGB, edges: Edges, factor: float, ink: tuple[int, int, int]) -> None:
    """An outline; it stays inside the image, whose edge it may lie on."""
    height, width = image.shape[:2]
    left, top, right, bottom = (round(edge * factor) for edge in edges)
    left, right = np.clip((left, right - 1), 0, width - 1).tolist()
    top, bottom = np.clip((top, bottom - 1), 0, height - 1).tolist()
    image[top : top + _LINE, left : right + 1] = ink
    image[max(0, bottom - _LINE + 1) : bottom + 1, left : right + 1] = ink
    image[top : bottom + 1, left : left + _LINE] = ink
    image[top : bottom + 1, max(0, right - _LINE + 1) : right + 1] = ink


def _dot(image: RGB, at: Edges, factor: float, ink: tuple[int, int, int]) -> None:
    """A dot for a point; a thin frame for a box."""
    if at[:2] != at[2:]:
        _frame(image, at, factor, ink)
        return
    column, row = (round(edge * factor) for edge in at[:2])
    top, left = max(0, row - _DOT), max(0, column - _DOT)
    image[top : row + _DOT + 1, left : column + _DOT + 1] = ink
