"""Histogram of votes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF

from engine.core.text import visible
from engine.figures.axes import short_count
from engine.schemes.ranked import threshold_mark
from gui.plots.chart import Chart, dress_text
from gui.plots.graphics import pg
from gui.plots.labels import Box, Steady, place
from gui.plots.legend import BarStyle
from gui.style import theme as themes
from gui.style.theme import Theme
from gui.widgets.elided import broken

if TYPE_CHECKING:
    from engine.figures.votes import Bar, VotesFigure

_HEADROOM = 1.16
_ABOVE, _STEP = 0.12, 0.05
"""The threshold's line stays in sight, so far below the top, while the votes are spread thin."""
_BAR, _THIN = 0.56, 0.16
_ROTATED_ROOM = 64.0
_NAME_DROP = 8.0
_NAME_LINES = 3
"""Lines of a name below its bar, where it is not turned."""
_LINES = 3
"""So many lines above its bar may a count stand in."""
_DASHED = 3.0
"""Pixels around the dashed line that no count lies on."""
_KEPT = 2.0
"""Pixels by which a bar or a count may grow before counts are placed anew."""
_USUAL = 10
"""Bars; a model of more classes has one more, for all others."""
_TEXT_MARGINS = 8.0
"""A text document keeps 4 pixels on each side."""


class VotesPlot(Chart["VotesFigure"]):
    """Share of the votes per class: estimation solid, selection thin and hatched beside it.

    Selection and estimation votes are drawn to their own n: n0 is so much smaller than n that
    raw counts would hide the selection.
    """

    stem: ClassVar[str] = "votes"

    def __init__(self) -> None:
        super().__init__("Votes")

    def build(self) -> None:
        """Bars for both phases, the threshold's line, and texts for as many bars as are usual.

        Made with the first votes they would hold up a run that has just begun.
        """
        from gui.plots.bars import Bars  # it loads pyqtgraph

        self.estimation, self.selection = Bars(), Bars()
        self.half = pg.InfiniteLine(pos=0.5, angle=0)
        self.half.setZValue(-1)
        self.half_label = pg.TextItem("1/2", anchor=(1, 1))
        self.foot = pg.InfiniteLine(pos=0.0, angle=0)
        self.marker = pg.ScatterPlotItem(symbol="t1", size=8, pxMode=True)
        self.members = pg.ScatterPlotItem(symbol="o", size=7, pxMode=True)
        self.members.setZValue(5)
        self.counts: list[pg.TextItem] = []
        self.names: list[pg.TextItem] = []
        self._named: object = None
        self._laid = Steady(_KEPT)
        self._shortened = False
        self.add(
            self.half, self.half_label, self.estimation, self.selection, self.foot, self.marker
        )
        self.add(self.members)
        self._ensure_texts(_USUAL)
        self.plot.hideAxis("left")
        self.plot.hideAxis("bottom")
        self.view.setRange(xRange=(-0.6, 9.6), yRange=(0, _HEADROOM), padding=0)

    def draw(self, figure: VotesFigure) -> None:
        """Heights, colours and texts of all bars."""
        bars, theme = figure.bars, themes.current()
        self.half.setValue(figure.threshold)
        styles = [_style(bar, figure.top, theme) for bar in bars]
        thin = [BarStyle(theme.muted, theme.muted, Qt.BrushStyle.BDiagPattern) for _ in bars]
        shares = estimation_shares(figure)
        first = selection_shares(figure)
        both = bool(figure.n_estimation)
        at = range(len(bars))
        self.estimation.set_bars([i + 0.1 for i in at], shares, width=_BAR, styles=styles)
        self.selection.set_bars(
            [i - 0.3 if both else i for i in at], first, width=_THIN if both else _BAR, styles=thin
        )
        self._show_members(bars)
        self._ensure_texts(len(bars))
        # in steps: an axis that follows every vote trembles, and its labels with it
        voted = [share for bar in bars for share in bar.members]
        highest = max((*shares, *first, *voted, figure.threshold + _ABOVE))
        top = math.ceil(highest * _HEADROOM / _STEP) * _STEP
        below = min(0.0, self.view.viewRange()[1][0])
        self.view.setRange(xRange=(-0.6, len(bars) - 0.4), yRange=(below, top), padding=0)
        self.set_subtitle(_subtitle(figure))

    def dress(self, theme: Theme) -> None:
        """Pens and fonts."""
        self.half.setPen(self.pen(theme.muted, 1.2, Qt.PenStyle.DashLine))
        dress_text(self.half_label, theme.muted, ground=None)
        self.foot.setPen(self.pen(theme.border, 1.0))
        self.marker.setBrush(theme.accent)
        self.marker.setPen(pg.mkPen(theme.surface, width=1))
        self.marker.setSize(theme.px(8))
        self.members.setBrush(theme.surface)
        self.members.setPen(pg.mkPen(theme.text, width=1.4))
        self.members.setSize(theme.px(7))

    def summary(self) -> str:
        """The leading classes in words."""
        figure = self.figure
        if figure is None:
            return ""
        bars = sorted(figure.bars, key=lambda bar: -(bar.estimation or bar.selection))[:3]
        leaders = ", ".join(f"{bar.name}: {bar.estimation or bar.selection:,}" for bar in bars)
        return f"{_subtitle(figure)}. Most votes: {leaders}."

    def label(self) -> None:
        """Names below the bars, counts above them where there is room."""
        figure = self.figure
        frame = self.pixel_frame()
        if figure is None or frame.w < 10:
            return
        self._label_names(figure, frame)
        self.half_label.setText(threshold_mark(figure.threshold))
        if not self._laid.holds(*self._layout(figure, frame)):
            self._place_counts(figure, self._label_half(figure))
        for i in self._counted(figure):
            self.counts[i].setText(_spelled(figure, i, shortened=self._shortened))

    def under(self, at: QPoint) -> str:
        """A class's whole name and both counts."""
        place = self.place_under(at)
        if place is None or self.figure is None:
            return ""
        index = round(place.x())
        return _tooltip(self.figure.bars[index]) if 0 <= index < len(self.figure.bars) else ""

    def _show_members(self, bars: Sequence[Bar]) -> None:
        """A circle for each member of an ensemble at its own share of a class that it voted for."""
        at = [
            (i + 0.1 + _BAR * ((place + 1) / (len(bar.members) + 1) - 0.5), share)
            for i, bar in enumerate(bars)
            for place, share in enumerate(bar.members)
            if share
        ]
        if at or self.members.isVisible():
            self.members.setVisible(bool(at))  # what is hidden is not painted, empty or not
            self.members.setData([x for x, _ in at], [share for _, share in at])

    def _ensure_texts(self, wanted: int) -> None:
        while len(self.names) < wanted:
            for texts in (self.names, self.counts):
                texts.append(pg.TextItem(""))
                texts[-1].setZValue(10)
                self.add(texts[-1])
            self.counts[-1].textItem.document().setDocumentMargin(0)
        for text in (*self.names[wanted:], *self.counts[wanted:]):
            text.setVisible(False)

    def _label_names(self, figure: VotesFigure, frame: Box) -> None:
        theme, names = themes.current(), [bar.name for bar in figure.bars]
        if self._named == (names, figure.top, frame, theme, self.view.viewRange()):
            return
        metrics = QFontMetrics(theme.font("small", bold=True))
        slot = frame.w / (len(figure.bars) + 0.2)
        regular = QFontMetrics(theme.font("small"))
        widest = 2 + max(
            (metrics if bar.index == figure.top else regular).horizontalAdvance(bar.name)
            for bar in figure.bars
        )
        rotated = widest > slot and slot < theme.px(_ROTATED_ROOM)
        limit = int(theme.px(_ROTATED_ROOM) if rotated else slot - _TEXT_MARGINS)
        most = 1 if rotated else _NAME_LINES
        texts = [broken(visible(name), metrics, limit, most) for name in names]
        lines = 1 + max(text.count("\n") for text in texts)
        length = min(widest, limit) if rotated else lines * metrics.height()
        room = length + _TEXT_MARGINS + theme.px(_NAME_DROP)
        self._make_room_below(room, frame)
        per_pixel = self.view.viewRange()[1][1] / (frame.h - room)
        self._named = names, figure.top, frame, theme, self.view.viewRange()
        for i, (bar, text) in enumerate(zip(figure.bars, self.names, strict=False)):
            chosen = bar.index == figure.top
            text.setText(texts[i])
            dress_text(text, theme.accent if chosen else theme.text, bold=chosen, ground=None)
            text.setAnchor((1.0, 0.5) if rotated else (0.5, 0.0))
            text.setAngle(90 if rotated else 0)
            text.setPos(i, -theme.px(_NAME_DROP) * per_pixel)
            text.setVisible(True)
        at = [i for i, bar in enumerate(figure.bars) if bar.index == figure.top]
        self.marker.setData([float(i) for i in at], [-theme.px(5) * per_pixel for _ in at])

    def _make_room_below(self, room: float, frame: Box) -> None:
        top = self.view.viewRange()[1][1]
        below = top * room / max(1.0, frame.h - room)
        self.view.setRange(yRange=(-below, top), padding=0)

    def _label_half(self, figure: VotesFigure) -> Box:
        """At the right end of its line, or at the left one where a bar is in the way there.

        The count on a bar is as much in the way, where it leaves the other end free.
        """
        metrics, bars = QFontMetricsF(themes.current().font("small")), self._bar_boxes(figure)
        right = self._half_box(metrics)
        left = right._replace(x=self.pixel_frame().x)
        counts = [
            self._above(figure, i, _spelled(figure, i, shortened=False))[0]
            for i in self._counted(figure)
        ]
        clear = [
            box
            for taken in ([*bars, *counts], bars)
            for box in (right, left)
            if not any(box.overlaps(one) for one in taken)
        ]
        on_left = clear[:1] == [left]
        self.half_label.setAnchor((0, 1) if on_left else (1, 1))
        self.half_label.setPos(self.view.viewRange()[0][0 if on_left else 1], self.half.value())
        return left if on_left else right

    def _counted(self, figure: VotesFigure) -> list[int]:
        """Bars with a count: the winner first, then from the largest down."""
        bars = figure.bars
        counted = [i for i in range(len(bars)) if _count(figure, i)]
        return sorted(counted, key=lambda i: (bars[i].index != figure.top, -_count(figure, i)))

    def _layout(self, figure: VotesFigure, frame: Box) -> tuple[object, list[float]]:
        """What the places of counts rest on; heights, in pixels, apart.

        Of a count its letters: to measure it takes as long as all else here.
        """
        theme, order = themes.current(), self._counted(figure)
        letters = [
            len(_spelled(figure, i, shortened=shortened))
            for i in order
            for shortened in (False, True)
        ]
        scale = frame.h / (self.view.viewRange()[1][1] - self.view.viewRange()[1][0])
        tops = [height * scale for height in (*self.estimation.heights, *self.selection.heights)]
        phase = (figure.threshold, figure.top, figure.n_estimation > 0)
        return (frame, self.view.viewRange(), theme, phase, order, letters), tops

    def _place_counts(self, figure: VotesFigure, half: Box) -> None:
        """Above each bar, or a line or two higher where another, or the dashed line, is in the way.

        Where that leaves one out, all but the winner's are shortened. What still touches another
        stays out.
        """
        theme, bars, order = themes.current(), figure.bars, self._counted(figure)
        frame = self.pixel_frame()
        line = Box(frame.x, half.y + half.h - _DASHED, frame.w, _DASHED)
        taken = [*self._bar_boxes(figure), half, line]
        for shortened in (False, True):
            texts = [_spelled(figure, i, shortened=shortened) for i in order]
            wishes = [self._above(figure, i, text) for i, text in zip(order, texts, strict=True)]
            boxes = place(wishes, frame, obstacles=taken)
            self._shortened = shortened
            if None not in boxes:
                break
        for text in self.counts:
            text.setVisible(False)
        for i, box, words in zip(order, boxes, texts, strict=True):
            text, chosen = self.counts[i], bars[i].index == figure.top
            if box is None:
                continue
            text.setVisible(True)
            text.setText(words)
            dress_text(text, theme.accent if chosen else theme.text, bold=chosen, ground=None)
            text.setAnchor((0.5, 0.5))
            self.put(text, box.x + box.w / 2, box.y + box.h / 2)

    def _above(self, figure: VotesFigure, i: int, text: str) -> list[Box]:
        """Places for a count, from the one right above its bar on."""
        chosen = figure.bars[i].index == figure.top
        metrics = QFontMetricsF(themes.current().font("small", bold=chosen))
        share = max(self.estimation.heights[i], self.selection.heights[i])  # clear of both bars
        tip = self.spot(i + (0.1 if figure.n_estimation else 0), share)
        width, height = metrics.horizontalAdvance(text) + 2, metrics.height()
        left, lowest = tip.x() - width / 2, tip.y() - height - 3
        return [Box(left, lowest - up * height, width, height) for up in range(_LINES)]

    def _half_box(self, metrics: QFontMetricsF) -> Box:
        corner = self.spot(self.view.viewRange()[0][1], self.half.value())
        width = metrics.horizontalAdvance(self.half_label.toPlainText()) + 8
        return Box(corner.x() - width, corner.y() - metrics.height(), width, metrics.height() + 2)

    def _bar_boxes(self, figure: VotesFigure) -> list[Box]:
        boxes = []
        for item, shift, width in ((self.estimation, 0.1, _BAR), (self.selection, -0.3, _THIN)):
            for i in range(len(figure.bars)):
                tip = self.spot(i + shift - width / 2, item.heights[i])
                foot = self.spot(i + shift + width / 2, 0.0)
                boxes.append(Box(tip.x(), tip.y() + 1, foot.x() - tip.x(), foot.y() - tip.y()))
        return boxes


def estimation_shares(figure: VotesFigure) -> list[float]:
    """Each bar's part of the estimation votes, failures counted in n."""
    n = max(1, figure.n_estimation)
    return [bar.estimation / n for bar in figure.bars]


def selection_shares(figure: VotesFigure) -> list[float]:
    """Each bar's part of the selection votes."""
    n = max(1, figure.n_selection)
    return [bar.selection / n for bar in figure.bars]


def _count(figure: VotesFigure, i: int) -> int:
    bar = figure.bars[i]
    return bar.estimation if figure.n_estimation else bar.selection


def _spelled(figure: VotesFigure, i: int, *, shortened: bool) -> str:
    """A count in full, or, unless it is the winner's, in few characters."""
    count = _count(figure, i)
    if not shortened or count < 1000 or figure.bars[i].index == figure.top:
        return f"{count:,}"
    return short_count(float(f"{count:.2g}"))


def _style(bar: Bar, top: int | None, theme: Theme) -> BarStyle:
    chosen = bar.index == top
    if bar.index < 0:
        return BarStyle(theme.muted, theme.muted, Qt.BrushStyle.Dense4Pattern)
    color = theme.class_color(bar.index, chosen=chosen)
    return BarStyle(color, theme.text, theme.class_pattern(bar.index, chosen=chosen))


def _subtitle(figure: VotesFigure) -> str:
    if not figure.n_estimation and not figure.n_selection and figure.top is not None:
        return "nothing is counted yet"  # the cells of a map come first
    if not figure.n_estimation:
        return f"choosing the class: {figure.n_selection:,} votes"
    words = f"{figure.n_estimation:,} of {figure.n_plan:,}"
    if figure.bars and figure.bars[0].members:
        words += " · circles: members"
    if figure.failures:
        words += f" · {figure.failures:,} without a class"
    return f"{words} · hatched: first {figure.n_selection:,}" if figure.n_selection else words


def _tooltip(bar: Bar) -> str:
    words = f"{bar.name}: {bar.estimation:,} votes (selection: {bar.selection:,})"
    shares = ", ".join(f"{100 * share:.1f} %" for share in bar.members)
    return f"{words}; members: {shares}" if shares else words
