"""Keypoints and boxes on the image, each inside what is guaranteed of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.figures.places import Edges, Place, PlacesFigure
from engine.report import palette
from engine.report.plots.base import RGB, Drawing, enlarged, hex_rgb, png
from engine.report.plots.examples import ALT, WIDTH, pixels_rgb

_SHORT_SIDE = 240
_LARGE, _AROUND = 480, 2.0
"""Of a drawing that is cut out around a place: its side, and pixels of the image around that."""
_INKS = ("accent", "upper", "good", "bad", "ink")
_DOT, _LINE = 3, 2
"""Half the side of a median's dot, and the width of a line, in pixels of the drawing."""


def draw(figure: PlacesFigure, *, dark: bool = False) -> Drawing:
    """The image, the same with every place in a colour of its own, and each place from nearer."""
    files: dict[str, bytes] = {}
    tiles: list[dict[str, Any]] = []
    if figure.pixels is not None:
        files["original.png"] = png(enlarged(pixels_rgb(figure.pixels), _SHORT_SIDE))
        tiles.append(_tile("the input", "", "original.png"))
    if figure.places:
        files["places.png"] = png(raster(figure, dark=dark))
        tiles.append(_tile("where its outputs stay", figure.bounded, "places.png"))
        for number, place in enumerate(figure.places):
            files[f"place{number}.png"] = png(
                _closer(raster(figure, _LARGE, dark=dark), figure, place)
            )
            inside = "no interval has both ends" if place.outer is None else "inside its frame"
            tiles.append(_tile(place.name, inside, f"place{number}.png"))
    data = {"title": "Guaranteed places", "subtitle": figure.claim, "tiles": tiles}
    return Drawing(kind="examples", width=WIDTH, height=None, data=data, alt=ALT, files=files)


def table(figure: PlacesFigure) -> tuple[list[str], list[list[Any]]]:
    """Every interval, at full precision."""
    rows: list[list[Any]] = [[o.name, o.lower, o.median, o.upper] for o in figure.intervals]
    return ["output", "at_least", "median_here", "at_most"], rows


def colour(number: int, *, dark: bool = False) -> str:
    """Of a place, strong enough for a line on an image."""
    return palette.theme(dark=dark)[_INKS[number % len(_INKS)]]


def raster(figure: PlacesFigure, least: int = _SHORT_SIDE, *, dark: bool = False) -> RGB:
    """The image with its places, every pixel repeated.

    Raises:
        ValueError: the figure has no image.
    """
    if figure.pixels is None:
        raise ValueError("there is no image to draw on")
    large = enlarged(pixels_rgb(figure.pixels), least)
    factor = large.shape[0] / figure.pixels.shape[1]
    for number, place in enumerate(figure.places):
        ink = hex_rgb(colour(number, dark=dark))
        if place.outer is not None:
            _frame(large, place.outer, factor, ink)
        if place.at is not None:
            _median(large, place.at, factor, ink)
    return large


def _closer(image: RGB, figure: PlacesFigure, place: Place) -> RGB:
    """A square around a place; the whole image where nothing is known of it."""
    edges = place.outer or place.at
    if edges is None or figure.pixels is None:
        return image
    factor = image.shape[0] / figure.pixels.shape[1]
    left, top, right, bottom = (edge * factor for edge in edges)
    half = round(max(right - left, bottom - top) / 2 + _AROUND * factor)
    half = min(half, min(image.shape[:2]) // 2)
    column = int(np.clip((left + right) / 2, half, image.shape[1] - half))
    row = int(np.clip((top + bottom) / 2, half, image.shape[0] - half))
    return np.ascontiguousarray(image[row - half : row + half, column - half : column + half])


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


def _median(image: RGB, at: Edges, factor: float, ink: tuple[int, int, int]) -> None:
    """A dot for a point; a thin frame for a box."""
    if at[:2] != at[2:]:
        _frame(image, at, factor, ink)
        return
    column, row = (round(edge * factor) for edge in at[:2])
    top, left = max(0, row - _DOT), max(0, column - _DOT)
    image[top : row + _DOT + 1, left : column + _DOT + 1] = ink


def _tile(caption: str, note: str, image: str) -> dict[str, Any]:
    tile = {"caption": caption, "note": note, "image": image}
    return tile | {"chips": [], "before": "", "after": ""}
