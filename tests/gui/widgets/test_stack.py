from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from gui.widgets.stack import PageStack


class Wide(QWidget):
    def __init__(self, width: int) -> None:
        super().__init__()
        self._width = width

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width, 10)

    def sizeHint(self) -> QSize:
        return QSize(self._width, 10)


def test_only_the_shown_page_asks_for_room(qtbot):
    stack = PageStack()
    qtbot.addWidget(stack)
    narrow, wide = Wide(100), Wide(900)
    stack.addWidget(narrow)
    stack.addWidget(wide)
    assert stack.minimumSizeHint().width() == 100
    stack.setCurrentWidget(wide)
    assert stack.minimumSizeHint().width() == 900
    stack.setCurrentWidget(narrow)
    assert stack.minimumSizeHint().width() == 100
