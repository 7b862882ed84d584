"""Keypoints and boxes on the image, each inside what is guaranteed of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.figures.places import Place, PlacesFigure
from engine.report.plots.base import RGB, Drawing, enlarged, png
from engine.report.plots.examples import ALT, WIDTH, pixels_rgb
from engine.report.plots.frames import draw_places

_SHORT_SIDE = 240
_LARGE, _AROUND = 480, 2.0
"""Of a drawing that is cut out around a place: its side, and pixels of the image around that."""


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


def raster(figure: PlacesFigure, least: int = _SHORT_SIDE, *, dark: bool = False) -> RGB:
    """The image with its places, every pixel repeated.

    Raises:
        ValueError: the figure has no image.
    """
    if figure.pixels is None:
        raise ValueError("there is no image to draw on")
    large = enlarged(pixels_rgb(figure.pixels), least)
    factor = large.shape[0] / figure.pixels.shape[1]
    draw_places(large, figure.places, factor, dark=dark)
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


def _tile(caption: str, note: str, image: str) -> dict[str, Any]:
    tile = {"caption": caption, "note": note, "image": image}
    return tile | {"chips": [], "before": "", "after": ""}
