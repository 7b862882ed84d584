"""Pixels of the drawing against the places they stand for."""

from __future__ import annotations

import numpy as np

from engine.core.outputs import OutputInterval, Outputs
from engine.figures.places import PlacesFigure, places_figure
from engine.report.plots.base import hex_rgb
from engine.report.plots.frames import colour
from engine.report.plots.places import draw, raster, table

OUTPUTS = Outputs(kind="keypoints", names=("nose", "tail"), unit="pixels")


def figure(pixels: bool = True) -> PlacesFigure:
    numbers = ((4.0, 8.0), (10.0, 14.0), (20.0, 20.5), (2.0, 2.5))
    intervals = [
        OutputInterval(name=name, lower=low, median=(low + high) / 2, upper=high)
        for name, (low, high) in zip(OUTPUTS.labels, numbers, strict=True)
    ]
    image = np.full((1, 32, 32), 0.5, dtype=np.float32) if pixels else None
    return places_figure(OUTPUTS, intervals, "claim", image)


def test_every_place_is_framed_in_its_own_colour() -> None:
    image = raster(figure(), 320)
    assert image.shape == (320, 320, 3)
    for number, (column, row) in enumerate([(40, 120), (200, 22)]):
        assert tuple(image[row, column]) == hex_rgb(colour(number))
    assert tuple(image[120, 60]) == hex_rgb(colour(0))  # its median
    assert tuple(image[300, 300]) == (128, 128, 128)
    assert colour(0) != colour(1)


def test_the_drawing_has_a_tile_for_every_place_and_the_table_every_number() -> None:
    drawing = draw(figure())
    captions = [tile["caption"] for tile in drawing.data["tiles"]]
    assert captions == ["the input", "where its outputs stay", "nose", "tail"]
    assert {tile["image"] for tile in drawing.data["tiles"]} == drawing.files.keys()
    header, rows = table(figure())
    assert header[0] == "output" and [row[0] for row in rows] == list(OUTPUTS.labels)


def test_without_an_image_there_is_nothing_to_draw_on() -> None:
    assert draw(figure(pixels=False)).data["tiles"] == []
