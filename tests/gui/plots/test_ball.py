"""The certified region: disc, map, dots, words and names hold the slice's data."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QApplication

from engine.regions import Ball
from gui.plots.ball import BallPlot
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme

EMPTY = np.zeros((4, 4, 4), dtype=np.uint8)


def test_the_disc_has_the_certified_radius(shown, slices) -> None:
    plot = shown(BallPlot())
    plot.show_figure(slices())
    rect = plot.ball.path().boundingRect()
    assert rect.width() == rect.height() == pytest.approx(2 * 0.63299)
    assert rect.center() == QPointF(0, 0)
    end = plot.radius_line.path().currentPosition()
    assert np.hypot(end.x(), end.y()) == pytest.approx(0.63299)


def test_the_radius_is_rounded_down(shown, slices) -> None:
    plot = shown(BallPlot())
    plot.show_figure(slices(radius=0.63299))
    assert plot.radius_label.toPlainText() == "R = 0.632"
    assert plot.summary().startswith("R = 0.632 around class 7; predictions on the slice: 7, ")


def test_without_a_certificate_there_is_a_map_but_no_disc(shown, slices) -> None:
    plot = shown(BallPlot())
    plot.show_figure(slices(radius=None, center_class=None))
    for item in (plot.ball, plot.ball_casing, plot.radius_line):
        assert not item.isVisible()
    assert plot.radius_label.isVisible()
    assert plot.radius_label.toPlainText() == "nothing certified"
    assert plot.image.image is not None
    assert plot.summary().startswith("nothing certified; ")
    assert "certified ball" not in [entry.text for entry in plot.legend.entries]


def test_a_disc_comes_back(shown, slices) -> None:
    plot = shown(BallPlot())
    plot.show_figure(slices(radius=None))
    plot.show_figure(slices(radius=0.5))
    assert plot.ball.isVisible() and plot.radius_label.isVisible()


def test_a_growing_disc_does_not_paint_the_map_again(shown, slices, monkeypatch) -> None:
    plot, figure = shown(BallPlot()), slices()
    painted = []

    def paint(cells, theme, *, chosen):
        painted.append(cells is figure.base)  # other plots follow the theme too
        return EMPTY

    monkeypatch.setattr("gui.plots.ball.map_image", paint)
    for radius in (0.125, 0.25, 0.375):
        region = Ball(norm="l2", radius=radius, unit="pixels in [0,1]")
        plot.show_figure(figure.growing_to(region))
        assert plot.ball.path().boundingRect().width() == pytest.approx(2 * radius)
        assert plot.radius_label.toPlainText() == f"R = {radius:.3f}"
    assert sum(painted) == 1
    apply_theme(QApplication.instance(), "dark")
    assert sum(painted) == 2
    apply_theme(QApplication.instance(), "light")


def test_what_is_under_the_pointer_is_told(shown, slices) -> None:
    plot = shown(BallPlot())
    plot.show_figure(slices())
    told = {
        spot: plot.under(plot.mapFromGlobal(plot.canvas.mapToGlobal(
            plot.canvas.mapFromScene(plot.spot(*spot)))))
        for spot in ((0.0, 0.3), (-1.2, 1.2))
    }  # fmt: skip
    inside, outside = told.values()
    assert "l2 distance 0.29" in inside and inside.endswith("inside the certified ball")
    assert "base model: 7" in inside and "inside" not in outside


def test_cells_not_computed_yet_are_transparent(shown, slices) -> None:
    base = slices().base.copy()
    base[24:] = -2
    plot = shown(BallPlot())
    plot.show_figure(slices(base=base, smoothed=np.full((3, 3), -2, dtype=np.int16)))
    alpha = plot.image.image[..., 3]
    half = alpha.shape[0] // 2
    assert (alpha[:half] == 255).all() and (alpha[half:] == 0).all()
    assert len(plot.outline.getOriginalDataset()[0] or ()) == 0


def test_the_radius_stays_on_a_ball_that_looks_the_same_in_other_units(shown, slices) -> None:
    plot = shown(BallPlot())
    places = []
    for extent in (1.5, 15.0):
        plot.show_figure(slices(extent=extent, radius=extent / 2))
        QApplication.processEvents()
        plot.label()
        places.append(plot.radius_label.mapToScene(0.0, 0.0))
    assert (places[0] - places[1]).manhattanLength() < 8


def test_the_radius_of_a_diamond_stands_clear_of_its_slopes(shown, slices) -> None:
    plot = shown(BallPlot(), 560, 560)
    for extent in (0.75, 0.9, 1.5):
        corners = np.array([[0.5, 0.0], [0.0, 0.5], [-0.5, 0.0], [0.0, -0.5]], dtype=np.float32)
        plot.show_figure(slices(norm="l1", outline=corners, radius=0.5, extent=extent))
        QApplication.processEvents()
        plot.label()
        box = plot._size[1]
        middle, reach = plot.spot(0.0, 0.0), plot.pixel_frame().w / (2 * extent) * 0.5
        beside = max(abs(box.x - middle.x()), abs(box.x + box.w - middle.x()))
        upper = abs(box.y - middle.y())
        inside = beside + upper < reach
        above = box.y + box.h <= middle.y() - reach or box.y >= middle.y() + reach
        assert inside or above or box.x >= middle.x() + reach


def test_the_map_is_where_the_axes_say(shown, slices) -> None:
    plot = shown(BallPlot())
    plot.show_figure(slices())
    rect = plot.image.mapRectToParent(plot.image.boundingRect())
    assert rect.left() == pytest.approx(-1.5) and rect.right() == pytest.approx(1.5)
    assert rect.top() == pytest.approx(-1.5) and rect.bottom() == pytest.approx(1.5)
    assert plot.plot.getAxis("bottom").labelText == "l2 distance, pixel units"
    plot.show_figure(slices(unit="deviations"))
    assert plot.plot.getAxis("bottom").labelText == "l2 distance, deviations"
    assert plot.subtitle.text() == "x: towards digit 2 · y: random, orthogonal"


def test_dots_are_the_input_and_the_samples_in_sight(shown, slices) -> None:
    plot = shown(BallPlot())
    plot.show_figure(slices())
    assert plot.input.data["x"].tolist() == [0] and plot.input.data["y"].tolist() == [0]
    assert plot.samples.data["x"].tolist() == pytest.approx([0.1, -0.5])


def test_no_samples_at_all(shown, slices) -> None:
    plot = shown(BallPlot())
    plot.show_figure(slices(samples=np.zeros((0, 2), dtype=np.float32)))
    assert len(plot.samples.data) == 0


@pytest.mark.parametrize("size", [(330, 330), (600, 300), (300, 500), (230, 210)])
def test_equal_distances_look_equal_and_the_whole_map_is_seen(shown, slices, size) -> None:
    plot = shown(BallPlot(), *size)
    plot.show_figure(slices())
    QApplication.processEvents()
    (left, right), (low, high) = plot.view.viewRange()
    for end in (left, low):
        assert end == pytest.approx(-1.5, abs=0.12)
    for end in (right, high):
        assert end == pytest.approx(1.5, abs=0.12)
    middle, east, north = (
        plot.view.mapViewToScene(QPointF(u, v)) for u, v in ((0, 0), (1, 0), (0, 1))
    )
    assert east.x() - middle.x() == pytest.approx(middle.y() - north.y(), rel=0.01)


def test_the_legend_names_the_classes_present(shown, slices) -> None:
    plot = shown(BallPlot())
    base = slices().base.copy()
    base[0, 0] = -1
    plot.show_figure(slices(base=base))
    texts = [entry.text for entry in plot.legend.entries]
    marks = ["the input", "certified ball", "smoothed: border, no claim", "noisy samples"]
    assert texts[:4] == marks and texts[4] == "base: 7"
    assert set(texts[4:]) == {f"base: {name}" for name in ("7", "2", "5", "no class")}
    assert plot.legend.entries[4].color == themes.current().accent


def test_the_legend_calls_no_class_the_base_models_that_only_the_smoothed_map_has(
    shown, slices
) -> None:
    plot = shown(BallPlot())
    smoothed = slices().smoothed.copy()
    smoothed[0, 0] = 9
    plot.show_figure(slices(smoothed=smoothed))
    texts = [entry.text for entry in plot.legend.entries]
    assert "base: 9" not in texts and "base: 7" in texts and "9" in plot.summary()


@pytest.mark.parametrize("radius", [None, 0.05, 0.4, 0.633, 1.2, 1.49, 4.0])
def test_names_and_radius_never_overlap(shown, slices, radius) -> None:
    plot = shown(BallPlot(), 400, 360)
    plot.show_figure(slices(radius=radius))
    QApplication.processEvents()
    plot.label()
    texts = [text for text in (plot.radius_label, *plot.names) if text.isVisible()]
    frame = plot.view.sceneBoundingRect().adjusted(-1, -1, 1, 1)
    rects = [text.mapRectToScene(text.boundingRect()) for text in texts]
    assert all(frame.contains(rect) for rect in rects)
    for one, other in itertools.combinations(rects, 2):
        both = one.intersected(other)
        assert both.isEmpty() or min(both.width(), both.height()) < 1.5
    if radius is None:
        assert {text.toPlainText() for text in texts} == {"7", "2", "5", "nothing certified"}


def test_another_theme_draws_another_map(shown, slices, qapp) -> None:
    plot = shown(BallPlot())
    plot.show_figure(slices())
    before = plot.image.image.copy()
    theme = apply_theme(qapp, "dark")
    assert not np.array_equal(before, plot.image.image)
    assert plot.ball.pen().color().name().upper() == theme.certified


def test_a_ball_of_another_norm_has_its_own_outline(shown, slices) -> None:
    corners = np.array([[0.8, 0.0], [0.0, 0.5], [-0.8, 0.0], [0.0, -0.5]], dtype=np.float32)
    plot = shown(BallPlot(), 400, 360)
    plot.show_figure(slices(norm="l1", outline=corners, radius=0.5))
    path = plot.ball.path()
    points = [path.elementAt(i) for i in range(len(corners))]
    np.testing.assert_allclose([(point.x, point.y) for point in points], corners)
    assert plot.ball.isVisible() and not plot.radius_line.isVisible()
    assert plot.radius_label.isVisible() and plot.radius_label.toPlainText() == "R = 0.500 (l1)"
    assert "certified ball (l1)" in [entry.text for entry in plot.legend.entries]
    plot.show_figure(slices())
    assert plot.radius_line.isVisible() and plot.radius_label.toPlainText() == "R = 0.632"


@pytest.mark.parametrize("size", [(700, 300), (500, 400), (340, 340), (300, 600), (240, 220)])
@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_map_and_legend_share_the_room(shown, slices, qapp, size, scale) -> None:
    apply_theme(qapp, "light", scale=scale)
    plot = shown(BallPlot(), round(size[0] * scale), round(size[1] * scale))
    plot.show_figure(slices())
    QApplication.processEvents()
    stage, canvas, legend = plot.stage.rect(), plot.canvas.geometry(), plot.legend.geometry()
    assert stage.contains(canvas)
    assert stage.contains(legend)
    assert not canvas.intersects(legend)
    view = plot.view.sceneBoundingRect()
    assert view.width() == pytest.approx(view.height(), abs=3)


def test_the_legend_is_beside_a_wide_map_and_below_a_high_one(shown, slices) -> None:
    plot = shown(BallPlot(), 700, 300)
    plot.show_figure(slices())
    QApplication.processEvents()
    assert plot.legend.geometry().left() > plot.canvas.geometry().right()
    assert not plot.legend.flowing
    plot.resize(300, 600)
    QApplication.processEvents()
    assert plot.legend.geometry().top() > plot.canvas.geometry().bottom()
    assert plot.legend.flowing


def test_a_border_that_is_not_there_is_not_in_the_legend(shown, slices) -> None:
    plot = shown(BallPlot())
    plot.show_figure(slices(smoothed=np.full((3, 3), 7, dtype=np.int16)))
    assert not any(entry.mark == "line" for entry in plot.legend.entries)


@pytest.mark.parametrize("size", [(400, 360), (260, 240)])
def test_a_small_ball_is_in_sight(shown, slices, size) -> None:
    plot = shown(BallPlot(), *size)
    plot.show_figure(slices(radius=0.05))
    QApplication.processEvents()
    reach = plot.spot(0.05, 0.0).x() - plot.spot(0.0, 0.0).x()
    assert plot.input.opts["size"] <= max(3, reach)
    label, middle = plot.radius_label.sceneBoundingRect(), plot.spot(0.0, 0.0)
    assert not label.adjusted(-reach, -reach, reach, reach).contains(middle)
    plot.show_figure(slices(radius=0.9))
    assert plot.input.opts["size"] == 10


@pytest.mark.parametrize("side", [230, 260, 300, 420])
def test_the_radius_hides_no_ball_in_a_small_map(shown, slices, side) -> None:
    plot = shown(BallPlot(), side, side - 40)
    plot.show_figure(slices(radius=0.4))
    QApplication.processEvents()
    middle, frame = plot.spot(0.0, 0.0), plot.pixel_frame()
    reach = plot.spot(0.4, 0.0).x() - middle.x()
    label = plot.radius_label.mapRectToScene(plot.radius_label.boundingRect())
    ball = QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)
    seen = plot.radius_label.isVisible()
    assert not seen or not label.intersects(ball) or label.width() < 2 * reach
    assert seen or frame.w < 2 * label.width() + 2 * reach
