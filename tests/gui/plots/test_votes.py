"""The histogram shows the counts, to scale, told apart by phase, and its texts fit."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from engine.figures.votes import OTHER, Bar, VotesFigure
from gui.plots.votes import VotesPlot, estimation_shares, selection_shares
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme

LONG = (
    "tench, Tinca tinca",
    "goldfish",
    "great white shark, man-eater, Carcharodon",
    *(f"very long class name number {i}" for i in range(7)),
)


def scene_rects(plot: VotesPlot, texts) -> list:
    return [t.mapRectToScene(t.boundingRect()) for t in texts if t.isVisible()]


def test_bars_are_shares_of_their_own_phase(shown, votes) -> None:
    plot, figure = shown(VotesPlot()), votes()
    plot.show_figure(figure)
    assert plot.estimation.heights[7] == pytest.approx(98_403 / 100_000)
    assert plot.selection.heights[7] == pytest.approx(0.97)
    assert sum(plot.estimation.heights) == pytest.approx(1)
    assert sum(plot.selection.heights) == pytest.approx(1)


def test_failures_count_in_n(votes) -> None:
    figure = votes(n_estimation=200_000, failures=100_000)
    assert sum(estimation_shares(figure)) == pytest.approx(0.5)
    assert sum(selection_shares(votes(selection=(0,) * 10))) == 0


def test_counts_stand_above_their_bars(shown, votes) -> None:
    plot = shown(VotesPlot())
    plot.show_figure(votes())
    assert plot.counts[7].toPlainText() == "98,403"
    assert plot.counts[2].toPlainText() == "620"
    assert plot.counts[7].isVisible()


def test_every_class_with_votes_has_its_count(shown, votes) -> None:
    plot = shown(VotesPlot(), 298, 260)
    spread = (3_406, 4_100, 7_001, 5_420, 18_034, 7_885, 834, 37_925, 8_190, 7_205)
    plot.show_figure(votes(estimation=spread))
    texts = [text.toPlainText() if text.isVisible() else "" for text in plot.counts]
    assert texts[7] == "37,925" and len(texts) == 10
    for text, count in zip(texts, spread, strict=True):
        value = float(text.replace(",", "").rstrip("k")) * (1000 if text.endswith("k") else 1)
        assert value == pytest.approx(count, rel=0.03)
    rects = scene_rects(plot, plot.counts)
    for one, other in itertools.combinations(rects, 2):
        both = one.intersected(other)
        assert both.width() <= 8 or both.height() <= 8


def test_while_choosing_the_selection_votes_are_shown(shown, votes) -> None:
    plot = shown(VotesPlot())
    plot.show_figure(votes(top=None, estimation=(0,) * 10, n_estimation=0))
    assert plot.counts[7].toPlainText() == "97"
    assert plot.subtitle.text() == "choosing the class: 100 votes"
    assert len(plot.marker.data) == 0


def test_the_chosen_class_has_accent_and_marker(shown, votes) -> None:
    plot = shown(VotesPlot())
    plot.show_figure(votes(top=2))
    styles = plot.estimation._styles
    assert styles[2].color == themes.current().accent
    assert [style.color for style in styles].count(themes.current().accent) == 1
    assert plot.marker.data["x"].tolist() == [2]
    assert plot.names[2].textItem.font().bold() and not plot.names[7].textItem.font().bold()


@pytest.mark.parametrize("scale", [1.0, 1.6])
@pytest.mark.parametrize("names", [tuple("0123456789"), LONG])
def test_no_text_overlaps_another_or_leaves_the_plot(shown, votes, qapp, names, scale) -> None:
    apply_theme(qapp, "light", scale=scale)
    plot = shown(VotesPlot(), round(330 * scale), round(300 * scale))
    plot.show_figure(votes(names=names, estimation=(9_000, 11_000, 8_000) + (10_000,) * 7))
    QApplication.processEvents()
    frame = plot.view.sceneBoundingRect().adjusted(-1, -1, 1, 1)
    for texts in (plot.counts, plot.names):
        rects = scene_rects(plot, texts)
        outside = [(rect, frame) for rect in rects if not frame.contains(rect)]
        assert not outside
        for one, other in itertools.pairwise(sorted(rects, key=lambda r: r.left())):
            both = one.intersected(other)
            # text documents have a margin of 4 pixels that may overlap
            assert both.width() <= 8 or both.height() <= 8


def test_long_names_are_turned_and_shortened(shown, votes) -> None:
    plot = shown(VotesPlot())
    plot.show_figure(votes(names=LONG))
    assert plot.names[2].angle == 90
    assert plot.names[2].toPlainText().endswith("…")
    plot.show_figure(votes())
    assert plot.names[2].angle == 0


def test_long_names_of_few_classes_take_lines_and_are_not_turned(shown, votes) -> None:
    plot, long = shown(VotesPlot(), 300, 240), "the number within 25 of the reference"
    plot.show_figure(votes((9_000, 1_000), (90, 10), (long, f"not {long}"), top=0))
    QApplication.processEvents()
    assert plot.names[0].angle == 0 and "…" not in plot.names[0].toPlainText()
    assert plot.names[0].toPlainText().replace("\n", " ") == long
    boxes = [text.sceneBoundingRect() for text in plot.names[:2]]
    frame = plot.view.sceneBoundingRect().adjusted(-1, -1, 1, 1)
    assert all(map(frame.contains, boxes)) and boxes[0].right() <= boxes[1].left() + 8


def test_the_whole_name_is_in_the_tooltip(shown, votes) -> None:
    plot = shown(VotesPlot())
    plot.show_figure(votes(names=LONG))
    center = plot.view.viewRect().center()
    bar = plot.figure.bars[round(center.x())]
    at = plot.view.mapViewToScene(center)
    where = plot.canvas.mapTo(plot, QPoint(int(at.x()), 100))
    QApplication.sendEvent(plot, QHelpEvent(QEvent.Type.ToolTip, where, plot.mapToGlobal(where)))
    assert QToolTip.text().startswith(f"{bar.name}: {bar.estimation:,} votes")
    QToolTip.hideText()
    assert plot.under(QPoint(-500, 100)) == ""


def test_other_classes_are_one_bar_of_their_own_look(shown, votes) -> None:
    figure = votes()
    rest = Bar(index=OTHER, name="990 others", selection=1, estimation=50)
    plot = shown(VotesPlot())
    plot.show_figure(figure.model_copy(update={"bars": (*figure.bars, rest)}))
    assert len(plot.estimation.heights) == 11
    assert plot.estimation._styles[-1].pattern is Qt.BrushStyle.Dense4Pattern
    assert "990 others" in plot.names[10].toPlainText() or plot.names[10].angle == 90


def test_fewer_classes_leave_no_text_behind(shown, votes) -> None:
    plot = shown(VotesPlot())
    plot.show_figure(votes())
    plot.show_figure(votes(names=("cat", "dog"), estimation=(30, 70), selection=(4, 6), top=1))
    assert [text.isVisible() for text in plot.names] == [True, True] + [False] * 8
    assert not any(text.isVisible() for text in plot.counts[2:])


@pytest.mark.parametrize(("top", "anchor"), [(1, (0, 1)), (0, (1, 1))])
def test_the_name_of_the_half_line_keeps_clear_of_the_bars(shown, top, anchor) -> None:
    bars = tuple(
        Bar(index=i, name=f"class {i}", selection=90 * (i == top), estimation=900 * (i == top))
        for i in range(2)
    )
    plot = shown(VotesPlot(), 190, 220)
    plot.show_figure(VotesFigure(bars=bars, n_selection=90, n_estimation=900, n_plan=900, top=top))
    QApplication.processEvents()
    assert plot.half_label.anchor.toTuple() == anchor
    label = plot.half_label.mapRectToScene(plot.half_label.boundingRect())
    bar = plot.estimation.mapRectToScene(plot.estimation.boundingRect())
    assert label.right() < bar.center().x() if top else label.left() > bar.center().x()


def test_a_count_stands_at_its_bar_where_the_name_of_the_half_line_can_give_way(shown) -> None:
    """As of two classes that share the votes, the last of them just below one half."""
    counts = (11, 770, 0, 1, 626, 0)
    bars = tuple(
        Bar(index=i, name=f"c{i}", selection=n // 10, estimation=n) for i, n in enumerate(counts)
    )
    plot = shown(VotesPlot(), 300, 260)
    for last in (4, 5):
        moved = [*bars]
        moved[4], moved[last] = moved[last], moved[4]
        n = sum(counts)
        plot.show_figure(
            VotesFigure(bars=tuple(moved), n_selection=n // 10, n_estimation=n, n_plan=n, top=1)
        )
        QApplication.processEvents()
        texts = [text for text in plot.counts if text.isVisible() and text.toPlainText() == "626"]
        box = texts[0].mapRectToScene(texts[0].boundingRect())
        tip = plot.spot(last + 0.1, 626 / n).y()
        line = plot.spot(0.0, 0.5).y()
        assert 0 < tip - box.bottom() < 2 * box.height()
        assert not box.top() < line < box.bottom()  # nothing is struck through


def test_the_half_line_is_at_one_half_and_in_sight(shown, votes) -> None:
    plot = shown(VotesPlot())
    plot.show_figure(votes(estimation=(10_000,) * 10))
    assert plot.half.value() == 0.5 and plot.half_label.toPlainText() == "1/2"
    assert plot.view.viewRange()[1][1] > 0.5
    plot.show_figure(votes(estimation=(10_000,) * 10).model_copy(update={"threshold": 0.9}))
    QApplication.processEvents()
    assert plot.half.value() == 0.9 and plot.half_label.toPlainText() == "tau"
    assert plot.view.viewRange()[1][1] > 0.9


def test_the_subtitle_tells_the_phases_apart(shown, votes) -> None:
    plot = shown(VotesPlot())
    plot.show_figure(votes(failures=3))
    words = plot.subtitle.text()
    assert words == "100,000 of 200,000 · 3 without a class · hatched: first 100"
    plot.show_figure(votes(selection=(0,) * 10))
    assert plot.subtitle.text() == "100,000 of 200,000"
    none = (0,) * 10  # of a map, whose cells come first, or of a prediction
    plot.show_figure(votes(selection=none, estimation=none, n_estimation=0))
    assert plot.subtitle.text() == "nothing is counted yet"


def test_circles_stand_where_the_members_of_an_ensemble_voted(shown, votes) -> None:
    plot, figure = shown(VotesPlot()), votes()
    shares = {7: (0.9, 1.0, 0.95), 3: (0.1, 0.0, 0.05)}
    bars = tuple(
        bar.model_copy(update={"members": shares.get(bar.index, (0.0, 0.0, 0.0))})
        for bar in figure.bars
    )
    plot.show_figure(figure.model_copy(update={"bars": bars}))
    x, y = plot.members.getData()
    assert sorted(y) == [0.05, 0.1, 0.9, 0.95, 1.0]
    assert sorted(round(each) for each in x) == [3, 3, 7, 7, 7]
    assert "circles: members" in plot.summary()
    plot.show_figure(figure)
    assert not len(plot.members.getData()[0])
