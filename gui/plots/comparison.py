"""For one input: what every scheme certifies over pixels and strength, and the attacker."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip

from engine.core.rounding import round_down
from engine.figures.comparison import ReachFigure
from gui.plots import candidate_key as key
from gui.plots.chart import Chart, text_size, tinted
from gui.plots.labels import Box, place
from gui.style import theme as themes
from gui.style.theme import Theme

_TICKS = 16
_DIGITS = 3


class ReachPlot(Chart[ReachFigure]):
    """A step line for every candidate; the attacker is a point that can be put anywhere.

    Signals:
        pointed: pixels and norm that were clicked.
    """

    stem: ClassVar[str] = "schemes"
    pointed = Signal(int, float)

    def __init__(self) -> None:
        super().__init__("Certified against pixels and strength")
        self.setToolTip("Hover to see which schemes certify; click to place the attacker there")

    def build(self) -> None:
        """Lines are made as candidates come."""
        self.lines: list[pg.PlotCurveItem] = []
        self.marks: list[pg.ScatterPlotItem] = []
        self.names: list[pg.TextItem] = []
        self.guides = pg.PlotCurveItem(connect="pairs")
        self.casing = pg.ScatterPlotItem(pxMode=True, symbol="x")
        self.attacker = pg.ScatterPlotItem(pxMode=True, symbol="x")
        self.attacker_name = pg.TextItem("the attacker")
        for depth, item in enumerate(
            (self.guides, self.casing, self.attacker, self.attacker_name), start=20
        ):
            item.setZValue(depth)
            self.plot.addItem(item, ignoreBounds=True)
        for side in ("left", "bottom"):
            self.plot.getAxis(side).setZValue(1)
        self.name_axis("bottom", "changed pixels, at most")
        self.name_axis("left", "epsilon (l2 norm of the whole change)")

    def draw(self, figure: ReachFigure) -> None:
        """Give the lines their data."""
        self._make_lines(len(figure.names))
        columns, top = len(figure.entities), figure.top
        for i in range(len(figure.names)):
            heights = _heights(figure, i)
            self.lines[i].setData(*outline(heights, columns))
            self.marks[i].setData(np.arange(1, len(heights) + 1), heights)
        every = -(-columns // _TICKS)
        self.plot.getAxis("bottom").setTicks([[(r, str(r)) for r in figure.entities[::every]]])
        self.view.setRange(xRange=(0.5, columns + 0.5), yRange=(0, top), padding=0)
        r, epsilon = figure.attacker.entities, figure.attacker.epsilon
        self.guides.setData([0.5, r, r, r], [epsilon, epsilon, epsilon, 0.0])
        for item in (self.casing, self.attacker):
            item.setData([r], [epsilon])
        self.set_subtitle(f"{figure.input} · {figure.note}" if figure.input else figure.note)

    def dress(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        for i, (curve, marks, name) in enumerate(
            zip(self.lines, self.marks, self.names, strict=True)
        ):
            color = key.ink(i, theme)
            curve.setPen(self.pen(color, theme.line + 0.4, key.dash(i)))
            marks.setSymbol(key.mark(i))
            marks.setSize(theme.px(10))
            marks.setPen(self.pen(theme.surface, 1.0))
            marks.setBrush(color)
            name.setColor(color)
            name.setFont(theme.font("small", bold=True))
            name.fill = pg.mkBrush(tinted(theme.surface, 0.85))
        self.guides.setPen(self.pen(theme.muted, 1.2, Qt.PenStyle.DotLine))
        for item, color, width in (
            (self.casing, theme.surface, 6.0),
            (self.attacker, theme.text, 3.0),
        ):
            item.setPen(self.pen(color, width))
            item.setBrush(color)
            item.setSize(theme.px(13))
        self.attacker_name.setColor(theme.text)
        self.attacker_name.setFont(theme.font("small", bold=True))
        self.attacker_name.fill = pg.mkBrush(tinted(theme.surface, 0.85))

    def label(self) -> None:
        """A name beside every line, and the attacker's, none over another."""
        figure, frame = self.figure, self.pixel_frame()
        if figure is None or frame.w < 10:
            return
        wishes = [self._attacker_wish(figure)]
        wishes += [self._name_wish(figure, i) for i in range(len(figure.names))]
        spots = place(wishes, frame, avoid=self._lines_in_the_way(figure), slide=frame.h / 3)
        items = (self.attacker_name, *self.names)
        for text, box in zip(items, spots, strict=False):
            text.setVisible(box is not None)
            if box is not None:
                text.setPos(self.view.mapSceneToView(QPointF(box.x, box.y)))
        for i, text in enumerate(self.names):
            known = i < len(figure.names) and bool(len(_heights(figure, i)))
            text.setVisible(text.isVisible() and known)

    def summary(self) -> str:
        """Who withstands."""
        figure = self.figure
        if figure is None:
            return ""
        told = zip(figure.names, figure.verdicts, strict=True)
        who = "; ".join(f"{name}: {verdict}" for name, verdict in told)
        return f"The attacker {figure.attacker.words()}. {who}."

    def told(self, entities: int, epsilon: float) -> str:
        """Who certifies what there."""
        assert self.figure is not None
        figure = self.figure
        lines = [f"{entities} pixels, epsilon {epsilon:.{_DIGITS}g}"]
        for name, line, unbounded in zip(
            figure.names, figure.reaches, figure.unbounded, strict=True
        ):
            norm = line[entities - 1]
            lines.append(f"{name}: {_reach_words(norm, epsilon, unbounded=unbounded)}")
        return "\n".join(lines)

    def event(self, event: QEvent) -> bool:
        """Tooltips with the values under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self._under(event.pos())
            if found is not None:
                QToolTip.showText(event.globalPos(), self.told(*found), self)
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the attacker there."""
        found = self._under(event.position().toPoint())
        if found is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.pointed.emit(*found)

    def _under(self, at: QPoint) -> tuple[int, float] | None:
        if self.figure is None:
            return None
        scene = self.canvas.mapToScene(self.canvas.mapFrom(self, at))
        if not self.view.sceneBoundingRect().contains(scene):
            return None
        spot = self.view.mapSceneToView(scene)
        entities = min(max(1, round(spot.x())), len(self.figure.entities))
        return entities, round(max(0.001, spot.y()), _DIGITS)

    def _make_lines(self, count: int) -> None:
        while len(self.lines) < count:
            curve, marks = pg.PlotCurveItem(antialias=True), pg.ScatterPlotItem(pxMode=True)
            name = pg.TextItem("")
            for depth, item in ((5, curve), (6, marks), (19, name)):
                item.setZValue(depth)
                self.plot.addItem(item, ignoreBounds=True)
            self.lines.append(curve)
            self.marks.append(marks)
            self.names.append(name)
            self.dress(themes.current())
        for i in range(count, len(self.lines)):
            self.lines[i].setData([], [])
            self.marks[i].setData([], [])
            self.names[i].setVisible(False)
        assert self.figure is not None
        figure = self.figure
        for name, text, unbounded in zip(self.names, figure.names, figure.unbounded, strict=False):
            name.setText(f"{text}: any strength" if unbounded else text)

    def _lines_in_the_way(self, figure: ReachFigure) -> list[Box]:
        """The steps of all lines, and the attacker."""
        spot = self._spot(figure.attacker.entities, min(figure.attacker.epsilon, figure.top))
        found = [Box(spot.x() - 8, spot.y() - 8, 16, 16)]
        for i in range(len(figure.names)):
            heights = _heights(figure, i).tolist()
            for column, norm in enumerate(heights):
                following = heights[column + 1] if column + 1 < len(heights) else 0.0
                left, right = self._spot(column + 0.5, norm), self._spot(column + 1.5, norm)
                below = self._spot(column + 1.5, following)
                found.append(Box(left.x(), left.y() - 4, right.x() - left.x(), 8))
                found.append(Box(right.x() - 3, right.y(), 6, below.y() - right.y()))
        return found

    def _spot(self, entities: float, epsilon: float) -> QPointF:
        return QPointF(self.view.mapViewToScene(QPointF(entities, epsilon)))

    def _attacker_wish(self, figure: ReachFigure) -> list[Box]:
        spot = self._spot(figure.attacker.entities, min(figure.attacker.epsilon, figure.top))
        wide, tall = text_size(self.attacker_name)
        return [
            Box(spot.x() + 10, spot.y() + 5, wide, tall),
            Box(spot.x() + 10, spot.y() - tall - 5, wide, tall),
            Box(spot.x() - wide - 10, spot.y() + 5, wide, tall),
            Box(spot.x() - wide - 10, spot.y() - tall - 5, wide, tall),
        ]

    def _name_wish(self, figure: ReachFigure, index: int) -> list[Box]:
        """Above the end of the line, else below it, else above its beginning."""
        heights, text = _heights(figure, index), self.names[index]
        wide, tall = text_size(text)
        if not len(heights):
            return [Box(0, 0, wide, tall)]
        last = self._spot(len(heights) + 0.5, float(heights[-1]))
        first = self._spot(0.5, float(heights[0]))
        return [
            Box(last.x() - wide - 6, last.y() - tall - 5, wide, tall),
            Box(last.x() - wide - 6, last.y() + 6, wide, tall),
            Box(first.x() + 6, first.y() - tall - 5, wide, tall),
            Box(first.x() + 6, first.y() + 6, wide, tall),
            Box(last.x() + 8, last.y() + 4, wide, tall),
        ]


def outline(heights: np.ndarray, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """A staircase over ``columns``, down to the ground where it ends before them."""
    if not len(heights):
        return np.zeros(0), np.zeros(0)
    x = np.repeat(np.arange(len(heights) + 1) + 0.5, 2)[1:-1]
    y = np.repeat(heights, 2)
    if len(heights) < columns:
        x, y = np.append(x, x[-1]), np.append(y, 0.0)
    return x, y


def _heights(figure: ReachFigure, index: int) -> np.ndarray:
    """Certified norms as far as there are any; a line above the image runs along its top."""
    known = [norm for norm in figure.reaches[index] if norm is not None]
    heights: np.ndarray = np.minimum(np.array(known, dtype=float), 0.995 * figure.top)
    return heights


def _reach_words(norm: float | None, epsilon: float, *, unbounded: bool) -> str:
    if norm is None:
        return "nothing certified"
    reach = "any strength" if unbounded else f"up to {round_down(norm, _DIGITS)}"
    return f"certified, {reach}" if norm >= epsilon else f"only {reach}"
