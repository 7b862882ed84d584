"""For a set: what robustness costs, accuracy against certified accuracy, a mark per scheme."""

from __future__ import annotations

from typing import ClassVar

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Slot
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from engine.figures.comparison import AccuracyFigure
from gui.plots import candidate_key as key
from gui.plots.axes import style_axis
from gui.plots.chart import Chart, text_size, tinted
from gui.plots.labels import Box, place
from gui.style import theme as themes
from gui.style.theme import Theme

_NEAR = 18.0
_PERCENT = [(t / 100, f"{t} %") for t in range(0, 101, 20)]


class AccuracyPlot(Chart[AccuracyFigure]):
    """Up and to the right is better; the dashed diagonal is where robustness costs nothing."""

    stem: ClassVar[str] = "trade-off"

    def __init__(self) -> None:
        super().__init__("What robustness costs")

    def build(self) -> None:
        """Marks are made as candidates come."""
        self.limit = pg.PlotCurveItem([0.0, 1.0], [0.0, 1.0])
        self.plot.addItem(self.limit, ignoreBounds=True)
        self.marks: list[pg.ScatterPlotItem] = []
        self.names: list[pg.TextItem] = []
        for side in ("left", "bottom"):
            self.plot.getAxis(side).setTicks([_PERCENT])
            self.plot.getAxis(side).setStyle(hideOverlappingLabels=False)
        self.name_axis("left", "also certified")
        self.view.setRange(xRange=(-0.03, 1.06), yRange=(-0.03, 1.05), padding=0)

    def draw(self, figure: AccuracyFigure) -> None:
        """Put the marks in their places."""
        self._make_marks(figure)
        for marks, clean, certified in zip(
            self.marks, figure.clean, figure.certified, strict=False
        ):
            marks.setData(*([], []) if clean is None else ([clean], [certified or 0.0]))
        self.name_axis("bottom", figure.x_name)
        done, planned = figure.inputs
        self.set_subtitle(f"{done:,} of {planned:,} inputs · {figure.note}")

    def dress(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        self.limit.setPen(self.pen(theme.border, 1.2, Qt.PenStyle.DashLine))
        for i, (marks, name) in enumerate(zip(self.marks, self.names, strict=True)):
            color = key.ink(i, theme)
            marks.setSymbol(key.mark(i))
            marks.setSize(theme.px(16))
            marks.setPen(self.pen(theme.surface, 1.2))
            marks.setBrush(color)
            name.setColor(color)
            name.setFont(theme.font("small", bold=True))
            name.fill = pg.mkBrush(tinted(theme.surface, 0.85))

    @Slot()
    def retheme(self) -> None:
        """Take up the theme in force; the left axis holds percentages."""
        super().retheme()
        style_axis(self.plot.getAxis("left"), themes.current(), widest="100 % 00")

    def label(self) -> None:
        """A name beside every mark, none over another."""
        figure, frame = self.figure, self.pixel_frame()
        if figure is None or frame.w < 10:
            return
        known = [i for i, clean in enumerate(figure.clean) if clean is not None]
        spots = [self._spot(figure, i) for i in known]
        obstacles = [Box(spot.x() - 9, spot.y() - 9, 18, 18) for spot in spots]
        wishes = [self._wish(i, spot) for i, spot in zip(known, spots, strict=True)]
        boxes = dict(
            zip(known, place(wishes, frame, obstacles=obstacles, slide=frame.h / 2), strict=True)
        )
        for i, text in enumerate(self.names):
            box = boxes.get(i)
            text.setVisible(box is not None)
            if box is not None:
                text.setPos(self.view.mapSceneToView(QPointF(box.x, box.y)))

    def summary(self) -> str:
        """Every candidate's two shares."""
        if self.figure is None:
            return ""
        told = "; ".join(self.told(i) for i in range(len(self.figure.names)))
        return f"The attacker {self.figure.attacker.words()}. {told}."

    def told(self, index: int) -> str:
        """The two shares of a candidate."""
        assert self.figure is not None
        return f"{self.figure.names[index]}: {self.figure.results[index]}"

    def event(self, event: QEvent) -> bool:
        """Tooltips with the values of the mark under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self.canvas.mapToScene(self.canvas.mapFrom(self, event.pos()))
            near = self._near(QPointF(at))
            if near:
                QToolTip.showText(event.globalPos(), "\n".join(map(self.told, near)), self)
                return True
        return super().event(event)

    def _near(self, at: QPointF) -> list[int]:
        figure = self.figure
        if figure is None:
            return []
        known = [i for i, clean in enumerate(figure.clean) if clean is not None]
        away = {i: self._spot(figure, i) - at for i in known}
        return [i for i, gap in away.items() if abs(gap.x()) < _NEAR and abs(gap.y()) < _NEAR]

    def _make_marks(self, figure: AccuracyFigure) -> None:
        while len(self.marks) < len(figure.names):
            marks, name = pg.ScatterPlotItem(pxMode=True), pg.TextItem("")
            for depth, item in ((6, marks), (5, name)):
                item.setZValue(depth)
                self.plot.addItem(item, ignoreBounds=True)
            self.marks.append(marks)
            self.names.append(name)
            self.dress(themes.current())
        for marks, name in zip(self.marks, self.names, strict=True):
            marks.setData([], [])
            name.setVisible(False)
        for name, text in zip(self.names, figure.names, strict=False):
            name.setText(text)

    def _spot(self, figure: AccuracyFigure, index: int) -> QPointF:
        place = QPointF(figure.clean[index] or 0.0, figure.certified[index] or 0.0)
        return QPointF(self.view.mapViewToScene(place))

    def _wish(self, index: int, spot: QPointF) -> list[Box]:
        wide, tall = text_size(self.names[index])
        return [
            Box(spot.x() - wide - 12, spot.y() - tall / 2, wide, tall),
            Box(spot.x() + 12, spot.y() - tall / 2, wide, tall),
            Box(spot.x() - wide / 2, spot.y() - tall - 12, wide, tall),
            Box(spot.x() - wide / 2, spot.y() + 12, wide, tall),
        ]
