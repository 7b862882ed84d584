"""A column that scrolls up and down only, and is as high as its words need at their width."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class ScrollColumn(QScrollArea):
    """A vertical layout inside a scroll area.

    Qt asks labels with several lines for their height at their smallest width, which would leave
    an empty stretch to scroll through; here it is asked at the width they have. It is never
    narrower than what it holds: that would be cut, as nothing scrolls sideways.

    Attributes:
        column: where the content goes.
    """

    def __init__(self, name: str, *, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._least = 0
        self._inside = inside = QWidget()
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(0, 0, 8, 0)
        self.column.setSpacing(spacing)
        self.setWidget(inside)
        inside.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest thing in it, and the bar."""
        inside, bar = self._inside.minimumSizeHint(), self.verticalScrollBar().sizeHint()
        return QSize(inside.width() + bar.width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width needs another height."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Other content needs another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        # of a part that is being deleted Python may know something else at the same address
        return isinstance(watched, QObject) and super().eventFilter(watched, event)

    def _fit(self) -> None:
        width = self.viewport().width()
        # -1 where nothing in it breaks its lines
        self._inside.setMinimumHeight(max(0, self.column.totalHeightForWidth(width)))
        least = self._inside.minimumSizeHint().width()
        if least != self._least:
            self._least = least
            self.updateGeometry()
