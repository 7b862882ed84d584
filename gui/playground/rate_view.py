"""Shares of false claims over the number of runs, beside alpha."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from engine.playground.false_claims import ALPHA, RUNS, Tally
from gui.playground.drawing import Drawing
from gui.playground.marks import tag
from gui.style import theme as themes
from gui.style.theme import Theme

_LEAST_TOP = 0.25
"""The axis of shares goes to this at least."""


class RateView(Drawing):
    """Two curves over the runs: of a way to claim that keeps alpha, and of one that does not.

    Attributes:
        tallies: what is drawn, in order.
    """

    stem: ClassVar[str] = "false-claims"

    def __init__(self, careless: str, careful: str) -> None:
        super().__init__()
        self._names = careless, careful
        self.tallies: list[Tally] = []
        self.setAccessibleName("Share of false claims over the runs")
        policy = QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)
        themes.registry.follow(self.retheme)

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(640, 360)

    def minimumSizeHint(self) -> QSize:
        """Readable."""
        return QSize(320, 140)

    def retheme(self) -> None:
        """Other colours."""
        self.update()

    def show_tallies(self, tallies: Sequence[Tally]) -> None:
        """Draw these."""
        self.tallies = list(tallies)
        if self.tallies:
            last = self.tallies[-1]
            self.setAccessibleDescription(
                f"{last.runs:,} runs: {self._names[0]} {last.careless:,}, "
                f"{self._names[1]} {last.careful:,} false claims."
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, alpha, curves with their names at the end."""
        theme, painter = themes.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("body"))
        metrics = painter.fontMetrics()
        left = metrics.horizontalAdvance("100 %") + 10.0
        foot = metrics.height() + 8.0
        top_room = metrics.height() * 1.5
        area = QRectF(left, top_room, self.width() - left - 12, self.height() - foot - top_room)
        shares = [(one.careless / one.runs, one.careful / one.runs) for one in self.tallies]
        late = shares[len(shares) // 20 :]
        top = max(_LEAST_TOP, *(1.25 * max(pair) for pair in late)) if late else _LEAST_TOP
        self._draw_axes(painter, theme, area, top)
        alpha = area.bottom() - area.height() * ALPHA / top
        inks = (theme.danger, theme.certified)
        styles = (Qt.PenStyle.SolidLine, Qt.PenStyle.SolidLine)
        for way, (ink, style) in enumerate(zip(inks, styles, strict=True)):
            spots = [
                QPointF(
                    area.left() + area.width() * one.runs / RUNS,
                    area.bottom() - area.height() * min(1.0, pair[way] / top),
                )
                for one, pair in zip(self.tallies, shares, strict=True)
            ]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(ink), theme.px(3.2), style))
            painter.drawPolyline(QPolygonF(spots))
            if spots:
                self._name(painter, area, spots, way, alpha)
        tag(painter, theme, QPointF(area.center().x(), alpha), f"alpha = {ALPHA:g}", role="body")
        painter.end()

    def _draw_axes(self, painter: QPainter, theme: Theme, area: QRectF, top: float) -> None:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        step = 0.05 if top < 0.5 else 0.1
        for place in range(int(top / step) + 1):
            y = area.bottom() - area.height() * place * step / top
            painter.setPen(QPen(QColor(theme.grid), 1))
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
            painter.setPen(QColor(theme.muted))
            label = QRectF(0, y - 12, area.left() - 6, 24)
            painter.drawText(label, right, f"{100 * place * step:.0f} %")
        for runs in range(0, RUNS + 1, 500):
            x = area.left() + area.width() * runs / RUNS
            box = QRectF(x - 60, area.bottom() + 4, 120, painter.fontMetrics().height() + 4)
            if runs == RUNS:
                box.moveRight(area.right() + 8)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight, f"{runs:,} runs")
            else:
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, f"{runs:,}")
        y = area.bottom() - area.height() * ALPHA / top
        painter.setPen(QPen(QColor(theme.text), theme.px(1.8), Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(area.left(), y, area.right(), y))

    def _name(
        self, painter: QPainter, area: QRectF, spots: list[QPointF], way: int, alpha: float
    ) -> None:
        """Above the end of the first curve, and below that of the second where there is room."""
        last = self.tallies[-1]
        count = (last.careless, last.careful)[way]
        text = f"{self._names[way]}: {count:,} of {last.runs:,}"
        metrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(text)
        x = max(area.left() + 4, spots[-1].x() - width)
        beside = [spot.y() for spot in spots if spot.x() >= x] or [spots[-1].y()]
        y = max(beside) + metrics.height() + 2
        if way == 0 or y > area.bottom() - 4:  # above its curve, and clear of the dashed line
            y = min(beside if way == 0 else (*beside, alpha)) - 8
        painter.drawText(QPointF(x, max(y, area.top())), text)
