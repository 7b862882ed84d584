"""For one input: what every scheme certifies over pixels and strength, and the attacker."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent

from engine.core.rounding import round_down
from engine.figures.comparison import ReachFigure
from gui.plots import candidate_key as key
from gui.plots.chart import dress_text, text_size
from gui.plots.graphics import pg
from gui.plots.labels import Box, around, place
from gui.style.theme import Theme

_TICKS = 16
_DIGITS = 3


class ReachPlot(key.CandidateChart[ReachFigure]):
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
        """Lines are made as candidates come; the attacker is there from the start."""
        super().build()
        self.lines: list[pg.PlotCurveItem] = []
        self.guides = pg.PlotCurveItem(connect="pairs")
        self.casing = pg.ScatterPlotItem(pxMode=True, symbol="x")
        self.attacker = pg.ScatterPlotItem(pxMode=True, symbol="x")
        self.attacker_name = pg.TextItem("the attacker")
        for depth, item in enumerate(
            (self.guides, self.casing, self.attacker, self.attacker_name), start=20
        ):
            item.setZValue(depth)
            self.add(item)
        for side in ("left", "bottom"):
            self.plot.getAxis(side).setZValue(1)
        self.name_axis("bottom", "changed pixels, at most")

    def draw(self, figure: ReachFigure) -> None:
        """Give the lines their data."""
        self.name_axis("left", f"epsilon ({figure.attacker.norm} norm of the whole change)")
        while len(self.lines) < len(figure.names):
            self.lines.append(pg.PlotCurveItem(antialias=True))
            self.lines[-1].setZValue(5)
            self.add(self.lines[-1])
        super().draw(figure)
        columns, top = len(figure.entities), figure.top
        for line in self.lines:
            line.setData([], [])
        for i in range(len(figure.names)):
            heights = figure.heights(i)
            self.lines[i].setData(*np.array(figure.outline(i), dtype=float).reshape(-1, 2).T)
            self.marks[i].setData(np.arange(1, len(heights) + 1), heights)
        every = -(-columns // _TICKS)
        self.plot.getAxis("bottom").setTicks([[(r, str(r)) for r in figure.entities[::every]]])
        # a line along the top of the image stays in sight
        self.view.setRange(xRange=(0.5, columns + 0.5), yRange=(0, 1.005 * top), padding=0)
        r, epsilon = figure.attacker.entities, figure.attacker.epsilon
        self.guides.setData([0.5, r, r, r], [epsilon, epsilon, epsilon, 0.0])
        for item in (self.casing, self.attacker):
            item.setData([r], [epsilon])
        self.set_subtitle(f"{figure.input} · {figure.note}" if figure.input else figure.note)

    def dress(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        super().dress(theme)
        for i, line in enumerate(self.lines):
            line.setPen(self.pen(key.ink(i, theme), theme.line + 0.4, key.dash(i)))
        self.guides.setPen(self.pen(theme.muted, 1.2, Qt.PenStyle.DotLine))
        for item, color, width in (
            (self.casing, theme.surface, 6.0),
            (self.attacker, theme.text, 3.0),
        ):
            item.setPen(self.pen(color, width))
            item.setBrush(color)
            item.setSize(theme.px(13))
        dress_text(self.attacker_name, theme.text, bold=True)

    def label(self) -> None:
        """A name beside every line, and the attacker's, none over another."""
        figure, frame = self.figure, self.pixel_frame()
        if figure is None or frame.w < 10:
            return
        known = [i for i in range(len(figure.names)) if figure.heights(i)]
        wishes = [self._attacker_wish(figure), *(self._name_wish(figure, i) for i in known)]
        boxes = place(wishes, frame, avoid=self._lines_in_the_way(figure), slide=frame.h / 3)
        self.put_all([self.attacker_name, *(self.names[i] for i in known)], boxes)

    def name_of(self, figure: ReachFigure, index: int) -> str:
        """A region without a limit says so."""
        name = figure.names[index]
        return f"{name}: any strength" if figure.unbounded[index] else name

    def told(self, entities: int, epsilon: float) -> str:
        """Who certifies what there."""
        assert self.figure is not None
        figure = self.figure
        lines = [f"{entities} pixel{'s' * (entities != 1)}, epsilon {epsilon:.{_DIGITS}g}"]
        for name, line, unbounded in zip(
            figure.names, figure.reaches, figure.unbounded, strict=True
        ):
            norm = line[entities - 1]
            lines.append(f"{name}: {_reach_words(norm, epsilon, unbounded=unbounded)}")
        return "\n".join(lines)

    def under(self, at: QPoint) -> str:
        """Who certifies what there."""
        found = self._attacker_at(at)
        return "" if found is None else self.told(*found)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the attacker there."""
        found = self._attacker_at(event.position().toPoint())
        if found is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.pointed.emit(*found)

    def _attacker_at(self, at: QPoint) -> tuple[int, float] | None:
        spot = self.place_under(at)
        if spot is None or self.figure is None:
            return None
        entities = min(max(1, round(spot.x())), len(self.figure.entities))
        return entities, round(max(0.001, spot.y()), _DIGITS)

    def _lines_in_the_way(self, figure: ReachFigure) -> list[Box]:
        """The steps of all lines, and the attacker."""
        spot = self.spot(figure.attacker.entities, min(figure.attacker.epsilon, figure.top))
        found = [Box(spot.x() - 8, spot.y() - 8, 16, 16)]
        for i in range(len(figure.names)):
            heights = figure.heights(i)
            for column, norm in enumerate(heights):
                following = heights[column + 1] if column + 1 < len(heights) else 0.0
                left, right = self.spot(column + 0.5, norm), self.spot(column + 1.5, norm)
                below = self.spot(column + 1.5, following)
                found.append(Box(left.x(), left.y() - 4, right.x() - left.x(), 8))
                found.append(Box(right.x() - 3, right.y(), 6, below.y() - right.y()))
        return found

    def _attacker_wish(self, figure: ReachFigure) -> list[Box]:
        spot = self.spot(figure.attacker.entities, min(figure.attacker.epsilon, figure.top))
        return around(spot.x(), spot.y(), *text_size(self.attacker_name), gap=(10, 5))

    def _name_wish(self, figure: ReachFigure, index: int) -> list[Box]:
        """Above the end of the line, else below it, else above its beginning."""
        heights = figure.heights(index)
        wide, tall = text_size(self.names[index])
        last = self.spot(len(heights) + 0.5, heights[-1])
        first = self.spot(0.5, heights[0])
        return [
            Box(last.x() - wide - 6, last.y() - tall - 5, wide, tall),
            Box(last.x() - wide - 6, last.y() + 6, wide, tall),
            Box(first.x() + 6, first.y() - tall - 5, wide, tall),
            Box(first.x() + 6, first.y() + 6, wide, tall),
            Box(last.x() + 8, last.y() + 4, wide, tall),
        ]


def _reach_words(norm: float | None, epsilon: float, *, unbounded: bool) -> str:
    if norm is None:
        return "nothing certified"
    reach = "any strength" if unbounded else f"up to {round_down(norm, _DIGITS)}"
    return f"certified, {reach}" if norm >= epsilon else f"only {reach}"
