from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from engine.figures.curves import Curve, CurveFigure
from engine.report.drawing import figure_csv, render_figure
from engine.report.plots.curves import draw


def figure(**changes: object) -> CurveFigure:
    facts = {
        "title": "Expected radius over n",
        "x_name": "n, votes",
        "y_name": "radius",
        "curves": (
            Curve(name="expected", points=((100, 0.2), (1000, 0.4), (10_000, 0.5))),
            Curve(name="limit", points=((100, 0.5), (10_000, 1.0)), dashed=True),
        ),
        "log_x": True,
        "mark": 1000.0,
        "mark_name": "n = 1,000",
    }
    return CurveFigure(**{**facts, **changes})


def test_positions_are_logarithmic_where_asked() -> None:
    data = draw(figure()).data
    assert [x for x, _ in data["curves"][0]["points"]] == pytest.approx([0.0, 0.5, 1.0])
    assert data["mark"] == pytest.approx(0.5)
    assert data["curves"][1]["dashed"]


def test_a_linear_axis_begins_at_zero() -> None:
    data = draw(figure(log_x=False, mark=None)).data
    assert data["curves"][0]["points"][0][0] == pytest.approx(0.01)
    assert data["mark"] is None


def test_heights_leave_room_above_the_highest() -> None:
    heights = [y for curve in draw(figure()).data["curves"] for _, y in curve["points"]]
    assert max(heights) == pytest.approx(1 / 1.08)


@pytest.mark.parametrize("curves", [(), (Curve(name="one", points=((5.0, 0.0),)),)])
def test_next_to_nothing_is_drawn_too(curves: tuple[Curve, ...]) -> None:
    empty = figure(curves=curves, mark=None)
    assert render_figure(empty, "svg").startswith(b"<svg")


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_exported(dark: bool) -> None:
    assert render_figure(figure(), "png", dark=dark).startswith(b"\x89PNG")
    lines = figure_csv(figure()).splitlines()
    assert lines[0] == 'curve,"n, votes",radius'
    assert lines[1] == "expected,100.0,0.2"
    assert len(lines) == 6


def test_a_band_is_drawn_and_written_with_its_edges() -> None:
    band = ((0.0, 0.4, 0.7), (1.0, 0.3, 0.6))
    curve = Curve(name="a", points=((0.0, 0.5), (1.0, 0.4)), band=band)
    whole, bare = (
        figure(curves=(one,), log_x=False, mark=None)
        for one in (curve, curve.model_copy(update={"band": ()}))
    )
    assert whole.top == pytest.approx(1.08 * 0.7)
    assert draw(whole).data["curves"][0]["band"][0] == pytest.approx([0, 0.4 / 0.756, 1 / 1.08])
    assert render_figure(whole, "svg") != render_figure(bare, "svg")
    edges = [line.rsplit(",", 2) for line in figure_csv(whole).splitlines()[3:]]
    low, high = '"a, from"', '"a, to"'
    assert edges[:2] == [[low, "0.0", "0.4"], [low, "1.0", "0.3"]]
    assert edges[2:] == [[high, "0.0", "0.7"], [high, "1.0", "0.6"]]


def test_a_disc_is_drawn_as_one() -> None:
    """The one line is as high, in pixels of the export, as half of it is wide."""
    half = Curve(name="a", points=((-2.0, 0.0), (0.0, 2.0), (2.0, 0.0)))
    bare = {"log_x": False, "mark": None, "mark_name": ""}
    assert draw(figure(curves=(half,), **bare)).data["shape"] is None
    disc = figure(curves=(half,), one_scale=True, **bare)
    assert draw(disc).data["shape"] == pytest.approx(1.08 * 2 / 4)
    with Image.open(io.BytesIO(render_figure(disc, "png"))) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    blue = (pixels[..., 2] - pixels[..., 0]) > 60
    rows, columns = np.nonzero(blue[: len(blue) * 3 // 4])  # above the words and the legend
    assert np.ptp(columns) == pytest.approx(2 * np.ptp(rows), rel=0.05)
