"""The bounds plot claims what is valid, rounds the safe way, and its labels stay apart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from engine.evidence.evidence import TrajectoryPoint
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.figures.bounds import BoundsFigure, ProvisionalPoint
from engine.schemes import ExactMap
from gui.plots.bounds import BoundsPlot, no_bounds
from gui.plots.labels import Box
from gui.style.stylesheet import apply_theme


def one_point(p_lower: float, p_upper: float, *, n: int = 500, valid: bool = True) -> BoundsFigure:
    point = TrajectoryPoint(n=n, k=n // 2, p_lower=p_lower, p_upper=p_upper, valid=valid)
    return BoundsFigure(points=(point,), n_plan=1000, method="live", top_name="7")


def test_curves_hold_the_bounds(shown, bounds) -> None:
    plot, figure = shown(BoundsPlot()), bounds()
    plot.show_figure(figure)
    x, y = plot.claimed.getData()
    assert x == pytest.approx(np.log10([point.n for point in figure.points]))
    assert y.tolist() == [point.p_lower for point in figure.points]
    assert plot.upper.getData()[1].tolist() == [p.p_upper for p in figure.points]
    assert np.isnan(plot.provisional.getData()[1]).all()


def test_a_provisional_bound_is_dashed_until_it_may_be_claimed(shown, bounds) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(bounds(n=40_000, valid=False))
    assert np.isnan(plot.claimed.getData()[1]).all()
    assert not np.isnan(plot.provisional.getData()[1]).any()
    assert "provisional, no claim yet" in plot.lower_label.toPlainText()
    plot.show_figure(bounds(n=100_000, valid=False))
    solid = plot.claimed.getData()[1]
    assert np.isfinite(solid).sum() == 1 and np.isfinite(solid[-1])
    assert "valid at the planned n" in plot.lower_label.toPlainText()
    plot.show_figure(bounds(n=100_000).model_copy(update={"extendable": True}))
    assert "valid at any stop" in plot.lower_label.toPlainText()
    plot.show_figure(bounds(n=100_000).model_copy(update={"method": "computed"}))
    assert "computed, not counted" in plot.lower_label.toPlainText()


def test_the_fill_lies_between_the_valid_bound_and_one_half(shown, bounds) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(bounds(p=0.9))
    assert plot.floor.getData()[1][-1] == 0.5
    plot.show_figure(bounds(p=0.4))
    floor, lower = plot.floor.getData()[1], plot.claimed.getData()[1]
    assert np.array_equal(floor, lower)
    plot.show_figure(bounds(p=0.4).model_copy(update={"threshold": 0.3}))
    assert plot.floor.getData()[1][-1] == plot.half.value() == 0.3
    assert plot.half_label.toPlainText() == "tau"


def test_labels_round_the_claim_down_and_the_others_up(shown) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(one_point(0.89759999, 0.10240001))
    assert plot.lower_label.toPlainText() == "p_lower = 0.8975\nvalid at any stop"
    assert plot.upper_label.toPlainText() == "p_upper of all others = 0.1025"
    assert plot.summary() == (
        "After 500 of 1,000 votes: p_lower = 0.8975, valid at any stop; "
        "p_upper of all others = 0.1025."
    )


def test_a_narrow_plot_in_large_type_cuts_no_number(shown, bounds, qapp) -> None:
    apply_theme(qapp, "light", scale=1.6)
    plot = shown(BoundsPlot(), 290, 380)
    plot.show_figure(bounds(n=99_000, valid=False))
    assert plot.upper_label.toPlainText().startswith("p_upper = ")
    assert plot.lower_label.toPlainText().endswith("\nprovisional")
    for text in (plot.lower_label, plot.upper_label):
        width = text.mapRectToScene(text.boundingRect()).width()
        assert width <= plot.view.sceneBoundingRect().width() + 1


@pytest.mark.walk
@pytest.mark.parametrize("scale", [1.0, 1.6])
@pytest.mark.parametrize("p", [0.02, 0.45, 0.501, 0.56, 0.9, 0.9999])
def test_labels_never_overlap_and_stay_inside(shown, bounds, qapp, p, scale) -> None:
    apply_theme(qapp, "light", scale=scale)
    plot = shown(BoundsPlot(), round(330 * scale), round(300 * scale))
    for n in (60, 3_000, 40_000, 99_000, 100_000):
        for _ in range(10):
            plot.show_figure(bounds(n=n, p=p))
        QApplication.processEvents()
        plot.label()
        frame = plot.view.sceneBoundingRect().adjusted(-2, -2, 2, 2)
        texts = [text for text in plot._texts() if text.isVisible()]
        rects = [text.mapRectToScene(text.boundingRect()) for text in texts]
        assert plot.lower_label in texts and plot.upper_label in texts
        assert all(frame.contains(rect) for rect in rects)
        for one, other in itertools.combinations(rects, 2):
            both = one.intersected(other)
            assert both.isEmpty() or min(both.width(), both.height()) < 1.5


def test_the_range_eases_and_settles_with_everything_in_sight(shown, bounds) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(bounds(n=20_000, p=0.55))
    first = plot.view.viewRange()[1]
    plot.show_figure(bounds(n=20_000, p=0.55))
    second = plot.view.viewRange()[1]
    assert second[1] - second[0] < first[1] - first[0]
    figure = bounds(n=100_000, p=0.55)
    plot.show_figure(figure)
    low, high = plot.view.viewRange()[1]
    last = figure.points[-1]
    assert low <= last.p_upper <= last.p_lower <= high
    assert high - low < 0.5


def test_logarithmic_n(shown, bounds) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(bounds())
    assert plot.log_action.isChecked()
    x, _ = plot.claimed.getData()
    assert x[-1] == pytest.approx(np.log10(40_000))
    assert plot.planned.value() == pytest.approx(5)
    plot.log_action.setChecked(False)
    assert plot.planned.value() == 100_000


def test_before_the_first_vote_there_are_only_the_lines(shown) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(BoundsFigure(points=(), n_plan=1000, method="", top_name=""))
    assert plot.planned.value() == 3
    assert plot.half.value() == 0.5
    assert plot.subtitle.text() == ""
    assert not plot.lower_label.toPlainText()
    assert plot.summary() == "No estimation votes yet."


def test_the_end_is_hollow_while_nothing_may_be_claimed(shown, bounds) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(bounds(valid=False))
    hollow = plot.ends[0].opts["brush"].color().name()
    plot.show_figure(bounds(valid=True))
    assert plot.ends[0].opts["brush"].color().name() != hollow


def test_the_fixed_n_value_is_dashed_and_called_provisional(shown, bounds) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(bounds())
    assert not plot.fixed_label.isVisible()
    fixed = tuple(ProvisionalPoint(n=n, p_lower=0.8) for n in (1000, 20_000))
    plot.show_figure(bounds(provisional=fixed, noise="float noise"))
    x, y = plot.fixed.getData()
    assert (x.tolist(), y.tolist()) == (np.log10([1000, 20_000]).tolist(), [0.8, 0.8])
    assert plot.fixed.opts["pen"].style() == Qt.PenStyle.DashLine
    assert "provisional" in plot.fixed_label.toPlainText()
    shares = np.linspace(0.05, 0.95, 19)
    for share in shares:
        plot.show_figure(bounds(p=share, provisional=fixed))
        if plot.fixed_label.isVisible():
            rect = plot.fixed_label.mapRectToScene(plot.fixed_label.boundingRect())
            label = Box(rect.x(), rect.y(), rect.width(), rect.height())
            assert not any(label.overlaps(box) for box in plot._curve_boxes())
    plot.resize(170, 200)
    QApplication.processEvents()
    assert not plot.fixed_label.isVisible()  # its words would be cut
    plot.show_figure(bounds(provisional=fixed, noise="float noise"))
    assert plot.subtitle.text() == "live bound · class 7 · float noise"


def test_the_bounds_under_the_pointer(shown, bounds) -> None:
    plot, figure = shown(BoundsPlot()), bounds()
    plot.show_figure(figure)
    QApplication.processEvents()
    for point in figure.points[:: len(figure.points) // 5]:
        at = plot.view.mapViewToScene(QPointF(np.log10(point.n), 0.75))
        said = plot.under(plot.canvas.mapTo(plot, at.toPoint()))
        n = int(said.split(":")[0].removeprefix("n = ").replace(",", ""))
        near = next(p for p in figure.points if p.n == n)
        assert n == pytest.approx(point.n, rel=0.05)
        assert float(said.split("p_lower = ")[1].split(";")[0].split(" ")[0]) <= near.p_lower
    assert plot.under(QPoint(-9, -9)) == ""


def test_anchors_of_a_sweep_have_bounds_of_their_own(shown) -> None:
    """No n is planned, and the dashed line is what each of them needs."""
    points = [TrajectoryPoint(n=n, k=n, p_lower=p, p_upper=1 - p, valid=True)
              for n, p in ((40, 0.7), (90, 0.62), (130, 0.66))]  # fmt: skip
    needed = [ProvisionalPoint(n=point.n, p_lower=0.55) for point in points]
    plot = shown(BoundsPlot(), 420, 300)
    plot.show_figure(BoundsFigure(
        points=tuple(points), n_plan=500, method="anytime", top_name="7", anchored=True,
        provisional=tuple(needed), dashed="what the anchor needs", extendable=True))  # fmt: skip
    QApplication.processEvents()
    assert not plot.planned.isVisible() and plot.planned_label.toPlainText() == ""
    assert plot.lower_label.toPlainText() == "p_lower = 0.6600\nat the last anchor"
    assert not plot.upper.isVisible() and plot.upper_label.toPlainText() == ""
    assert plot.subtitle.text() == "anytime bound at each anchor · class 7"
    assert "p_upper" not in plot.under(plot.rect().center())
    assert "what the anchor needs: 0.5500" in plot.under(plot.rect().center())
    label = plot.fixed_label.mapRectToScene(plot.fixed_label.boundingRect())
    half = plot.spot(0.0, 0.5).y()  # 1/2 is dashed as well, and not what is meant
    assert not plot.fixed_label.isVisible() or not label.top() <= half <= label.bottom()


def test_a_map_says_why_it_has_no_bound_over_n() -> None:
    assert "no probability" in no_bounds(ExactSettings(scheme=ExactMap()))
    assert no_bounds(CertifySettings()) == no_bounds(None) == ""


def test_the_axis_of_a_recorded_run_is_of_what_was_recorded(shown, bounds) -> None:
    """A run that ended early leaves no empty plan in its replay."""
    plot, figure = shown(BoundsPlot()), bounds(n=2_000)
    planned = figure.model_copy(update={"n_plan": 10_000_000})
    plot.show_from_to((figure.points[0].n, 2_000))
    for until in (0, 1, len(figure.points)):
        plot.show_figure(planned.model_copy(update={"points": figure.points[:until]}))
        low, high = plot.view.viewRange()[0]
        assert low == pytest.approx(np.log10(figure.points[0].n), abs=0.05)
        assert high == pytest.approx(np.log10(2_000), abs=0.05)
        assert not plot.planned_label.toPlainText()
    plot.show_from_to(None)
    plot.show_figure(planned)
    assert plot.view.viewRange()[0][1] > 7 and plot.planned_label.toPlainText()


def test_the_first_point_is_seen_whole(shown) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(one_point(0.4, 0.6).model_copy(update={"n_plan": 1_000_000}))
    QApplication.processEvents()
    end, frame = plot.ends[0], plot.pixel_frame()
    assert plot.spot(end.pos().x(), 0.5).x() - frame.x >= end.opts["size"] / 2 - 1


def test_the_first_point_after_another_run_is_seen_whole(shown, bounds) -> None:
    """The range of n eases from that of the run before, and a run may be stopped there."""
    plot = shown(BoundsPlot())
    plot.show_figure(bounds(n=100_000, p=0.3))
    plot.show_figure(one_point(0.93, 0.07).model_copy(update={"n_plan": 1_000_000}))
    QApplication.processEvents()
    frame = plot.pixel_frame()
    for end in plot.ends:
        y, half = plot.spot(end.pos().x(), end.pos().y()).y(), end.opts["size"] / 2
        assert frame.y <= y - half and y + half <= frame.y + frame.h
