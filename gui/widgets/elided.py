"""A one-line label that never runs out of its box."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from engine.core.text import visible
from gui.widgets.tips import set_tip


class ElidedLabel(QLabel):
    """Shortens its text with an ellipsis to the width it has; the whole text is the tooltip.

    Screen readers get the whole text: ``text()`` is never shortened.

    Attributes:
        whole: what the text is short for, always the tooltip; empty if it is short for nothing.
    """

    def __init__(self, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(visible(text), parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def shown(self) -> str:
        """The text as it is painted now."""
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def minimumSizeHint(self) -> QSize:
        """One line high, no width of its own."""
        return QSize(0, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        """Show another text; keeps the tooltip in step."""
        text = visible(text)
        if text != self.text():
            super().setText(text)
            self.set_whole("")
            self._update_tooltip()

    def set_whole(self, whole: str) -> None:
        """Say what the text is short for."""
        whole = visible(whole, lines=True)
        if whole != self.whole:
            self.whole = whole
            self.setAccessibleDescription(whole)
            self._update_tooltip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A new width may need, or no longer need, the tooltip."""
        super().resizeEvent(event)
        self._update_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shortened text in the style sheet's colour."""
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        style = self.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        style.drawItemText(
            painter,
            self.contentsRect(),
            self.alignment(),
            option.palette,
            self.isEnabled(),
            self.shown(),
            self.foregroundRole(),
        )

    def _update_tooltip(self) -> None:
        cut = self.text() if self.shown() != self.text() else ""
        set_tip(self, self.whole or cut)
