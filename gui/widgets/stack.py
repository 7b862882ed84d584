"""Pages one at a time; only the one that is shown asks for room."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget


class PageStack(QStackedWidget):
    """Qt's own stack is as wide as its widest page, shown or not."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(self._make_room)

    def addWidget(self, page: QWidget) -> int:
        """Add a page; the first one is shown."""
        index = super().addWidget(page)
        self._make_room(self.currentIndex())
        return index

    @Slot(int)
    def _make_room(self, current: int) -> None:
        preferred, ignored = QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored
        for index in range(self.count()):
            policy = preferred if index == current else ignored
            if (page := self.widget(index)) is not None:
                page.setSizePolicy(policy, policy)
        self.updateGeometry()
