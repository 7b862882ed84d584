from __future__ import annotations

import numpy as np
import pytest

from engine.regions.required_probability import BANDS
from engine.report import palette
from engine.report.plots.needs import NEVER, bands, rectangles, scale, shown


def test_every_cell_is_in_the_band_of_what_it_takes() -> None:
    required = np.array([[0.5, 0.6, 0.61, 0.95, 0.9995, 2.0]])
    assert bands(required).tolist() == [[0, 0, 1, 4, len(BANDS), NEVER]]


def test_rectangles_cover_the_frame_once() -> None:
    required = np.array([[0.5, 0.5, 0.85], [0.65, 2.0, 2.0]])
    found = rectangles(required)
    assert [(r["band"], round(r["w"] * 3)) for r in found] == [(0, 2), (3, 1), (1, 1), (NEVER, 2)]
    assert sum(r["w"] * r["h"] for r in found) == pytest.approx(1.0)
    assert [r["y"] for r in found] == [0.0, 0.0, 0.5, 0.5]


@pytest.mark.parametrize("dark", [False, True])
def test_the_scale_goes_from_the_paper_to_strong_ink(dark: bool) -> None:
    colours = [step["colour"] for step in scale(dark=dark)]
    paper = int(palette.theme(dark=dark)["paper"][1:3], 16)
    away = [abs(int(colour[1:3], 16) - paper) for colour in colours]
    assert away == sorted(away) and len(set(colours)) == len(BANDS) + 1
    assert [step["text"] for step in scale(dark=dark)] == [*(f"{b:g}" for b in BANDS), ""]


def test_some_more_is_shown_than_matters_and_never_more_than_there_is() -> None:
    assert shown(10, 100) == 15 and shown(10, 12) == 12 and shown(1, 100) == 4
