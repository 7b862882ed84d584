from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from engine.figures.curves import Curve, CurveFigure
from gui.plots.curves import CurvePlot


def figure(**changes) -> CurveFigure:
    facts = {
        "title": "Certified accuracy",
        "subtitle": "Gaussian",
        "x_name": "radius",
        "y_name": "share of rows",
        "curves": (
            Curve(name="each row", points=((0.0, 1.0), (0.5, 0.5), (1.0, 0.0))),
            Curve(name="at once", points=((0.0, 0.9), (0.8, 0.0)), dashed=True),
        ),
    }
    return CurveFigure(**{**facts, **changes})


def test_lines_hold_the_curves(shown) -> None:
    plot = shown(CurvePlot("Accuracy"))
    plot.show_figure(figure())
    assert plot.title.text() == "Certified accuracy"
    x, y = plot.lines[0].getOriginalDataset()
    assert (x.tolist(), y.tolist()) == ([0.0, 0.5, 1.0], [1.0, 0.5, 0.0])
    assert plot.lines[1].opts["pen"].style() == Qt.PenStyle.DashLine
    entries = [(entry.text, entry.mark) for entry in plot.legend.entries]
    assert entries == [("each row", "line"), ("at once", "dash")]
    assert plot.legend.isVisible()


def test_counts_are_drawn_logarithmically_with_their_mark(shown) -> None:
    plot = shown(CurvePlot("Plan"))
    curve = Curve(name="expected", points=((100, 0.1), (10_000, 0.4)))
    plot.show_figure(figure(curves=(curve,), log_x=True, mark=1000, mark_name="n = 1,000"))
    assert plot.lines[0].getOriginalDataset()[0].tolist() == [2.0, 4.0]
    assert plot.marked.isVisible() and plot.marked.value() == 3.0
    assert plot.view.viewRange()[0] == [2.0, 4.0]


def test_a_curve_that_went_away_leaves_nothing(shown) -> None:
    plot = shown(CurvePlot("Plan"))
    plot.show_figure(figure())
    plot.show_figure(figure(curves=figure().curves[:1]))
    assert plot.lines[1].getOriginalDataset() == (None, None)
    assert len(plot.legend.entries) == 1


def test_a_curve_whose_colour_is_there_already_has_another_dash_in_the_legend_too(shown) -> None:
    plot = shown(CurvePlot("Logs"))
    plot.show_figure(figure(curves=figure().curves[:1] * 7))
    first, *_, fifth, sixth, last = plot.legend.entries
    assert first.color == last.color and (first.mark, last.mark) == ("line", "dash-dot")
    assert (fifth.mark, sixth.mark) == ("line", "dash-dot")  # both are white in high contrast


def test_it_waits_without_a_legend_and_tells_where_curves_end(shown) -> None:
    plot = shown(CurvePlot("Plan"))
    plot.show_figure(figure())
    assert plot.summary() == ("share of rows over radius: each row ends at 0; at once ends at 0.")
    plot.wait("Later.")
    assert not plot.legend.isVisible()
    assert plot.summary() == "Nothing is shown yet."


def test_it_is_saved_like_every_other(shown, tmp_path) -> None:
    plot = shown(CurvePlot("Plan"))
    plot.show_figure(figure())
    plot.save(tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text().splitlines()[1] == "each row,0.0,1.0"


def test_a_band_lies_under_its_line_and_goes_with_it(shown) -> None:
    plot = shown(CurvePlot("Accuracy"))
    plot.show_figure(figure())
    assert not plot.bands
    curve = figure().curves[0].model_copy(update={"band": ((0.0, 0.8, 1.0), (1.0, 0.0, 0.2))})
    plot.show_figure(figure(curves=(curve,)))
    assert plot.bands[0].high.getOriginalDataset()[1].tolist() == [1.0, 0.2]
    assert plot.bands[0].fill.zValue() < plot.lines[0].zValue()
    plot.show_figure(figure())
    assert plot.bands[0].high.getOriginalDataset() == (None, None)


def test_what_is_under_the_mouse_is_said_of_every_curve(shown) -> None:
    plot = shown(CurvePlot("Accuracy"))
    plot.show_figure(figure())
    at = plot.mapFrom(plot.canvas, plot.canvas.mapFromScene(plot.spot(0.5, 0.2)))
    name, first, second = plot.under(at).splitlines()
    assert name.startswith("radius 0.") and first.startswith("each row: 0.")
    assert second.startswith("at once: 0.") and plot.under(plot.rect().topLeft()) == ""


def test_epochs_are_whole(shown) -> None:
    plot = shown(CurvePlot("Loss"))
    plot.show_figure(figure(x_name="epoch", whole_x=True))
    assert plot.plot.getAxis("bottom").whole
    plot.show_figure(figure())
    assert not plot.plot.getAxis("bottom").whole


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_the_last_of_few_epochs_is_named(shown, epochs) -> None:
    plot = shown(CurvePlot("Loss"))
    points = tuple((float(x), 1.0 / x) for x in range(1, epochs + 1))
    plot.show_figure(figure(curves=(Curve(name="loss", points=points),), whole_x=True))
    QApplication.processEvents()
    image, axis = QPixmap(10, 10), plot.plot.getAxis("bottom")
    painter = QPainter(image)
    _, _, texts = axis.generateDrawSpecs(painter)
    painter.end()
    assert {str(x) for x in range(epochs + 1)} == {text for _, _, text in texts}


def test_a_curve_of_one_point_is_seen(shown) -> None:
    plot = shown(CurvePlot("Accuracy"))
    one = Curve(name="certified", points=((1.0, 0.5),))
    many = Curve(name="each row", points=((0.0, 1.0), (1.0, 0.0)))
    plot.show_figure(figure(curves=(one, many)))
    assert [line.opts["symbol"] for line in plot.lines] == ["o", None]
    assert plot.lines[0].scatter.isVisible() and plot.lines[0].opts["symbolSize"] >= 6
    plot.show_figure(figure(curves=(many, many)))
    assert plot.lines[0].opts["symbol"] is None


@pytest.mark.parametrize(("width", "height"), [(330, 300), (700, 260)])
def test_axes_that_measure_the_same_have_one_scale_and_both_have_their_names(
    shown, width, height
) -> None:
    plot = shown(CurvePlot("Regions"), width, height)
    half = Curve(name="a", points=((-2.0, 0.0), (0.0, 2.0), (2.0, 0.0)))
    facts = {"x_name": "l1 distance, pixels", "y_name": "l1 distance across, pixels"}
    plot.show_figure(figure(curves=(half,), one_scale=True, **facts))
    QApplication.processEvents()
    across, up = (
        plot.spot(1.0, 0.0) - plot.spot(0.0, 0.0),
        plot.spot(0.0, 0.0) - plot.spot(0.0, 1.0),
    )
    assert across.x() == pytest.approx(up.y(), rel=0.01)
    (left, right), (bottom, top) = plot.view.viewRange()
    assert bottom == pytest.approx(0.0, abs=1e-6) and top >= 2.0 and -left == pytest.approx(right)
    assert plot.plot.getAxis("left").labelText.startswith("l1 distance across")
    plot.show_figure(figure())
    assert plot.view.viewRange()[0] == pytest.approx([0.0, 1.0])
