"""A titled part of the left column, and the well that holds facts in it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.core.text import visible
from gui.style.theme import set_role

_ZERO_WIDTH = "\u200b"


class Section(QWidget):
    """A small heading with room for a button beside it, and content below.

    Attributes:
        header: row of the heading; buttons go to its end.
        content: where the content goes.
    """

    def __init__(self, title: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel(title.upper())
        heading.setAccessibleName(title)
        set_role(heading, "section")
        self.header = QHBoxLayout()
        self.header.addWidget(heading)
        self.header.addStretch(1)
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(4)
        self.content.addLayout(self.header)


def well() -> tuple[QFrame, QVBoxLayout]:
    """A sunken box and its layout."""
    frame = QFrame()
    set_role(frame, "well")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(10, 8, 10, 8)
    layout.setSpacing(3)
    return frame, layout


def unbroken(text: str) -> str:
    r"""A sentence whose percentages keep number and sign on one line.

    >>> unbroken("confidence 99.9 %, for").split(" ")
    ['confidence', '99.9\xa0%,', 'for']
    """
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


class Words(QLabel):
    """A label that breaks its lines and can be selected."""

    def __init__(self, text: str) -> None:
        super().__init__(visible(text, lines=True))
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.set_selectable(on=True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_selectable(self, *, on: bool) -> None:
        """Let it be selected, which makes Qt lay out and paint it several times for each text."""
        flags = Qt.TextInteractionFlag
        wanted = flags.TextSelectableByMouse if on else flags.NoTextInteraction
        if self.textInteractionFlags() != wanted:
            self.setTextInteractionFlags(wanted)

    def setText(self, text: str) -> None:
        """Show a text from anywhere."""
        super().setText(visible(text, lines=True))

    def set_breakable(self, text: str, *, after: str) -> None:
        """Show a text whose lines may break after a character, as paths do at slashes."""
        super().setText(visible(text, lines=True).replace(after, f"{after}{_ZERO_WIDTH}"))

    def give_way(self) -> None:
        """Ask for no more height than the lines take at their width.

        Else a long text asks for that of a narrow column, and the page it stands on scrolls.
        """
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        """One line, however narrow; Qt's own is the height of one word per line."""
        return QSize(1, self.fontMetrics().height())


def words(text: str = "", role: str = "", *, name: str = "") -> Words:
    """A label of some role of the style sheet; ``name`` is what a screen reader calls it."""
    label = Words(text)
    if name:
        label.setAccessibleName(name)
    if role:
        set_role(label, role)
    return label


def say(label: QLabel, text: str) -> None:
    """Show a sentence; an empty one takes no room."""
    label.setText(text)
    label.setVisible(bool(text))
