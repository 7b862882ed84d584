"""A label that never runs out of its box: shortened between words, or in several lines."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from engine.core.text import visible
from gui.widgets.tips import set_tip

_MORE = " …"
_SOME = "x"
"""What Qt's label is told to hold in place of any text: it has the whole window laid out anew for
every other one, though only a change of its height, or of none to some, moves anything."""
_KEPT = 0.6
"""Part of the room that whole words are to fill; else the next one is cut, as in long names."""


def shortened(text: str, metrics: QFontMetrics, width: int) -> str:
    """A text with an ellipsis where it is too wide.

    It is cut between its parts, else between words, if that leaves most of it.
    """
    if metrics.horizontalAdvance(text) <= width:
        return text
    for between in (" · ", " "):
        kept = text.split(between)
        while kept and metrics.horizontalAdvance(between.join(kept) + _MORE) > width:
            kept.pop()
        words = between.join(kept).rstrip(" ·,;:(")
        if metrics.horizontalAdvance(words) >= _KEPT * width:
            return words + _MORE
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def broken(text: str, metrics: QFontMetrics, width: int, most: int) -> str:
    """A text in as many lines as it needs, at most ``most``, the last one shortened."""
    lines: list[str] = []
    words = text.split(" ")
    while words and len(lines) < most - 1:
        taken = 1
        while taken < len(words) and (
            metrics.horizontalAdvance(" ".join(words[: taken + 1])) <= width
        ):
            taken += 1
        lines.append(" ".join(words[:taken]))
        words = words[taken:]
    lines += [" ".join(words)] if words else []
    return "\n".join(shortened(line, metrics, width) for line in lines)


class ElidedLabel(QLabel):
    """Shortens its text with an ellipsis to the width it has; the whole text is the tooltip.

    Screen readers get the whole text: ``text()`` is never shortened.

    Attributes:
        whole: what the text is short for, always the tooltip; empty if it is short for nothing.
        lines: it may take, where one has no room for the text.
    """

    def __init__(self, text: str = "", *, lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._text, self.whole, self.lines = "", "", lines
        self._taken = 0
        self._hold(visible(text))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def shown(self) -> str:
        """The text as it is painted now."""
        room = self.contentsRect().width()
        return broken(self._text, self.fontMetrics(), room, self.lines)

    def minimumSizeHint(self) -> QSize:
        """As high as its lines, no width of its own."""
        return QSize(0, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """The lines at the width it has."""
        one, metrics = super().sizeHint(), self.fontMetrics()
        self._taken = self._more()  # in the type in force
        width = one.width() + metrics.horizontalAdvance(self._text)
        width -= metrics.horizontalAdvance(_SOME) if self._text else 0
        return QSize(width, one.height() + self._taken * metrics.lineSpacing())

    def setText(self, text: str) -> None:
        """Show another text; keeps the tooltip in step."""
        text = visible(text)
        if text != self._text:
            self._hold(text)
            self.set_whole("")
            self._update_tooltip()

    def set_whole(self, whole: str) -> None:
        """Say what the text is short for."""
        whole = visible(whole, lines=True)
        if whole != self.whole:
            self.whole = whole
            self.setAccessibleDescription(whole)
            self._update_tooltip()

    def set_lines(self, most: int) -> None:
        """Let it take so many lines from now on."""
        if most != self.lines:
            self.lines = most
            self._update_tooltip()
            self._take_lines()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A new width may need, or no longer need, the tooltip."""
        super().resizeEvent(event)
        self._update_tooltip()
        self._take_lines()

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

    def _hold(self, text: str) -> None:
        if self.accessibleName() == self._text:  # else it has a name of its own
            self.setAccessibleName(text)
        self._text = text
        super().setText(_SOME if text else "")
        self._take_lines()
        self.update()

    def _take_lines(self) -> None:
        """Ask for another height where the text needs one, not with every text."""
        if self._more() != self._taken:
            self.updateGeometry()

    def _more(self) -> int:
        """Lines after the first."""
        return self.shown().count("\n") if self.lines > 1 else 0

    def _update_tooltip(self) -> None:
        cut = self._text if self.shown().replace("\n", " ") != self._text else ""
        set_tip(self, self.whole or cut)
