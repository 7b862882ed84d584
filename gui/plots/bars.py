"""Bars painted in pixels: crisp edges, and hatches that keep their pitch at every size."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.graphics import pg
from gui.plots.legend import BarStyle


class Bars(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Vertical bars from 0, one style each; ``set_bars`` replaces their data, not the item.

    Attributes:
        heights: in data units.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heights: tuple[float, ...] = ()
        self._centers: tuple[float, ...] = ()
        self._width = 1.0
        self._styles: tuple[BarStyle, ...] = ()

    def set_bars(
        self,
        centers: Sequence[float],
        heights: Sequence[float],
        *,
        width: float,
        styles: Sequence[BarStyle],
    ) -> None:
        """Show these bars."""
        self.prepareGeometryChange()
        self._centers, self.heights = tuple(centers), tuple(heights)
        self._width, self._styles = width, tuple(styles)
        self.update()

    def boundingRect(self) -> QRectF:
        """All bars, in data units."""
        if not self._centers:
            return QRectF()
        left, right = min(self._centers) - self._width, max(self._centers) + self._width
        return QRectF(left, 0.0, right - left, max(1e-9, *self.heights))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint in device pixels, so that outlines and hatches are not stretched."""
        to_device = painter.worldTransform()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for center, height, style in zip(self._centers, self.heights, self._styles, strict=True):
            if height <= 0:
                continue
            top = to_device.map(QPointF(center - self._width / 2, height))
            foot = to_device.map(QPointF(center + self._width / 2, 0.0))
            self._paint_bar(painter, QRectF(top, foot), style)

    def _paint_bar(self, painter: QPainter, rect: QRectF, style: BarStyle) -> None:
        left, right = round(rect.left()), round(rect.right())
        # a count above zero is never invisible
        top, foot = min(round(rect.top()), round(rect.bottom()) - 1), round(rect.bottom())
        box = QRectF(left, top, max(1, right - left), foot - top)
        if style.pattern is Qt.BrushStyle.SolidPattern:
            painter.fillRect(box, QColor(style.color))
        else:
            faint = QColor(style.color)
            faint.setAlphaF(0.25)
            painter.fillRect(box, faint)
            painter.fillRect(box, QBrush(QColor(style.color), style.pattern))
        if box.height() > 2:
            painter.setPen(QPen(QColor(style.outline), 1))
            painter.drawRect(box.adjusted(0, 0, -1, 0))
