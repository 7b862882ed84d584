"""For a set: what robustness costs, accuracy against certified accuracy, a mark per scheme."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF, Qt, Slot
from PySide6.QtGui import QFontMetricsF

from engine.figures.comparison import AccuracyFigure, Share
from gui.plots import candidate_key as key
from gui.plots.axes import style_axis
from gui.plots.chart import text_size
from gui.plots.graphics import pg
from gui.plots.labels import Box, place
from gui.style import theme as themes
from gui.style.theme import Theme

_NEAR = 18.0
_BESIDE, _LEAST = 26.0, 60.0
"""Pixels between mark, name and edge; of the shortest name."""
_PERCENT = [(t / 100, f"{t} %") for t in range(0, 101, 20)]


class AccuracyPlot(key.CandidateChart[AccuracyFigure]):
    """Up and to the right is better; the dashed diagonal is where robustness costs nothing."""

    stem: ClassVar[str] = "trade-off"
    mark_size = 16.0

    def __init__(self) -> None:
        super().__init__("What robustness costs")

    def build(self) -> None:
        """Axes of percentages, and the diagonal."""
        super().build()
        self.limit = pg.PlotCurveItem([0.0, 1.0], [0.0, 1.0])
        self.add(self.limit)
        for side in ("left", "bottom"):
            self.plot.getAxis(side).setTicks([_PERCENT])
            self.plot.getAxis(side).setStyle(hideOverlappingLabels=False)
        self.name_axis("left", "also certified")
        self.view.setRange(xRange=(-0.03, 1.06), yRange=(-0.03, 1.05), padding=0)

    def draw(self, figure: AccuracyFigure) -> None:
        """Put the marks in their places."""
        super().draw(figure)
        for i in self._known(figure):
            marks, clean, certified = self.marks[i], figure.clean[i], figure.certified[i]
            marks.setData([_value(clean)], [_value(certified)])
        self.name_axis("bottom", figure.x_name)
        done, planned = figure.inputs
        self.set_subtitle(f"{done:,} of {planned:,} inputs · {figure.note}")

    def dress(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        self.limit.setPen(self.pen(theme.border, 1.2, Qt.PenStyle.DashLine))
        super().dress(theme)

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
        spots = {i: self._spot(figure, i) for i in self._known(figure)}
        for i, spot in spots.items():
            self._fit(i, max(spot.x() - frame.x, frame.x + frame.w - spot.x()) - _BESIDE)
        obstacles = [Box(spot.x() - 9, spot.y() - 9, 18, 18) for spot in spots.values()]
        wishes = [self._wish(i, spot) for i, spot in spots.items()]
        boxes = place(wishes, frame, obstacles=obstacles, slide=frame.h / 2)
        self.put_all([self.names[i] for i in spots], boxes)

    def _fit(self, index: int, room: float) -> None:
        """Cut a name that has no room beside its mark: elsewhere it would name another's."""
        assert self.figure is not None
        text = self.names[index]
        metrics = QFontMetricsF(text.textItem.font())
        name = self.name_of(self.figure, index)
        text.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(room, _LEAST)))

    def told(self, index: int) -> str:
        """The two shares of a candidate."""
        assert self.figure is not None
        return f"{self.figure.names[index]}: {self.figure.results[index]}"

    def under(self, at: QPoint) -> str:
        """The values of the marks there."""
        near = self._near(self.canvas.mapToScene(self.canvas.mapFrom(self, at)))
        return "\n".join(map(self.told, near))

    def _near(self, at: QPointF) -> list[int]:
        figure = self.figure
        if figure is None:
            return []
        away = {i: self._spot(figure, i) - at for i in self._known(figure)}
        return [i for i, gap in away.items() if abs(gap.x()) < _NEAR and abs(gap.y()) < _NEAR]

    @staticmethod
    def _known(figure: AccuracyFigure) -> list[int]:
        """Candidates that were asked already."""
        return [i for i, clean in enumerate(figure.clean) if clean is not None]

    def _spot(self, figure: AccuracyFigure, index: int) -> QPointF:
        return self.spot(_value(figure.clean[index]), _value(figure.certified[index]))

    def _wish(self, index: int, spot: QPointF) -> list[Box]:
        wide, tall = text_size(self.names[index])
        return [
            Box(spot.x() - wide - 12, spot.y() - tall / 2, wide, tall),
            Box(spot.x() + 12, spot.y() - tall / 2, wide, tall),
            Box(spot.x() - wide / 2, spot.y() - tall - 12, wide, tall),
            Box(spot.x() - wide / 2, spot.y() + 12, wide, tall),
        ]


def _value(share: Share | None) -> float:
    return 0.0 if share is None else share.value
