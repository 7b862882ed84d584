"""A square map with its legend beside or below, whichever leaves the map larger."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.plots.legend import Legend

_GAP = 10


class MapStage(QWidget):
    """Lays out a plot whose area is square, so that equal distances look equal and no room is lost.

    The axes ask for room of their own: the canvas is as much larger than the square as they need.
    """

    def __init__(self, canvas: pg.PlotWidget, legend: Legend) -> None:
        super().__init__()
        self._canvas, self._legend = canvas, legend
        for widget in (canvas, legend):
            widget.setParent(self)
        legend.resized.connect(self.arrange)

    def sizeHint(self) -> QSize:
        """A map of readable size."""
        return QSize(320, 220)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room."""
        super().resizeEvent(event)
        self.arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another legend."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.arrange()

    def arrange(self) -> None:
        """Place canvas and legend."""
        axes = self._axes_room()
        side_width = self._legend.sizeHint().width()
        beside = min(self.width() - side_width - _GAP - axes.width(), self.height() - axes.height())
        self._legend.flowing = True
        strip = self._legend.height_for(self.width())
        below = min(self.width() - axes.width(), self.height() - strip - _GAP - axes.height())
        side = max(40, beside, below)
        canvas = QRect(0, 0, side + axes.width(), side + axes.height())
        self._legend.flowing = below > beside
        if beside >= below:
            left = canvas.width() + _GAP
            self._legend.setGeometry(left, 0, self.width() - left, self.height())
        else:
            top = canvas.height() + _GAP
            self._legend.setGeometry(0, top, self.width(), self.height() - top)
            canvas.moveLeft((self.width() - canvas.width()) // 2)
        self._canvas.setGeometry(canvas)

    def _axes_room(self) -> QSize:
        plot = self._canvas.getPlotItem()
        plot.layout.activate()
        view = plot.getViewBox().size()
        whole = plot.size()
        return QSize(
            round(whole.width() - view.width()) + 1, round(whole.height() - view.height()) + 1
        )
