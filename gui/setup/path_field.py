"""A line to name a model or image in, hidden until it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QToolButton

from gui.widgets.buttons import quiet_button


class SpecEdit(QLineEdit):
    """Return gives what was typed, Esc hides the line again."""

    given = Signal(str)
    closed = Signal()

    def __init__(self, name: str, example: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(example)
        self.setToolTip(f"{example}; Return opens it, Esc closes this line")
        self.returnPressed.connect(self._give)
        self.hide()

    def spec(self) -> str:
        """What was typed."""
        return self.text().strip()

    def ask(self, text: str = "") -> None:
        """Show the line, ready to type."""
        self.setText(text)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()
        QTimer.singleShot(0, self, self._come_into_sight)  # once there is room for it

    def leave(self) -> None:
        """Hide the line."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the line; everything else is typing."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _come_into_sight(self) -> None:
        """Whoever types sees what: a focus that is set scrolls nothing."""
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None and not self.isHidden():
            around.ensureWidgetVisible(self)

    @Slot()
    def _give(self) -> None:
        if self.spec():
            self.given.emit(self.spec())


def back_button(leave: Callable[[], object]) -> QToolButton:
    """The way back from a name that did not open; hidden until :func:`show_way_back`."""
    button = quiet_button("", "Go back", "Stay with what was open before")
    button.clicked.connect(leave)
    button.hide()
    return button


def show_way_back(button: QToolButton, name: str) -> None:
    """Offer to stay with ``name``; empty offers nothing."""
    button.setText(f"Back to {name}")
    button.setVisible(bool(name))
