"""The drawing of an exact map holds its cells where they are."""

from __future__ import annotations

import pytest

from engine.figures.regions import RegionFigure
from engine.regions.required_probability import required_map
from engine.report.drawing import render_figure
from engine.report.plots.region import draw
from engine.schemes import ExactMap
from engine.schemes.exact_map import MAP, TOP

SCHEME = ExactMap(contrast=0.4, brightness=0.2)


def figure(text: str = "scsvo") -> RegionFigure:
    region = SCHEME.region(None, {MAP: text, TOP: 0.0})
    asked = tuple(
        SCHEME.parse_at(f"contrast={c},brightness={b}") for c, b in ((-0.2, 0.1), (0.2, 0), (1, 0))
    )
    return RegionFigure(needs=required_map(SCHEME), region=region, asked=asked, run=True)


def test_cells_lie_at_their_shares() -> None:
    found = draw(figure())
    assert found.kind == "cells" and "49.99 %" in found.alt
    kinds = {cell["status"]: cell for cell in found.data["cells"]}
    assert kinds["certified"] == {"x": 0, "y": 0, "w": 0.5, "h": 1, "status": "certified"}
    assert kinds["violated"] == {"x": 0.5, "y": 0, "w": 0.5, "h": 0.5, "status": "violated"}
    assert [one["certified"] for one in found.data["asked"]] == [True, False]  # one lies outside
    assert found.data["asked"][0]["at"] == pytest.approx([0.25, 0.75])
    ticks = {one["text"]: one["at"] for one in found.data["x-ticks"]}
    assert ticks["0"] == 0.5 and ticks["0.2"] == pytest.approx(0.75)


@pytest.mark.parametrize("text", ["scsvo", "c", "v"])
def test_it_is_set(text: str) -> None:
    assert render_figure(figure(text), "svg").startswith(b"<svg")
