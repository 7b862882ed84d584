"""What the settings ask of the model: the p_lower that the smallest changes require."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from gui.jobs.plan_tables import HEADING, at_levels, needs, utmost
from gui.style.theme import set_role
from gui.widgets.section import say, well, words

if TYPE_CHECKING:
    from engine.planning import Prospect


_LATER = "These settings are looked at when the engine is free."


class NeedsView(QWidget):
    """A line for no change and each smallest change, one for the most that votes can reach.

    It says which settings its numbers belong to, so that they may stay while a slider is dragged
    and others are worked out. What no number of agreeing votes can reach is marked.

    Attributes:
        heading: what the numbers are, and under which settings.
        sentence: what votes that all agree would certify.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading, self.sentence = words(role="small"), words(role="small")
        self.frame: QFrame
        self.frame, column = well()
        self._lines: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        column.addWidget(self.heading)
        column.addLayout(self._grid)
        column.addWidget(self.sentence)
        outer = QGridLayout(self)
        outer.setContentsMargins(0, 2, 0, 6)
        outer.addWidget(self.frame)
        self.setAccessibleName("What these settings can come to")
        self.clear()

    def clear(self) -> None:
        """Show nothing: what there was belongs to another scheme."""
        self.hide()
        for pair in self._lines:
            for label in pair:
                label.hide()
        say(self.heading, "")
        say(self.sentence, "")
        self.setAccessibleDescription("")

    def wait(self) -> None:
        """Other settings will be looked at: no number stays, and a sentence says why."""
        for _, value in self._lines:
            value.setText("…")
            set_role(value, "")
        say(self.heading, HEADING if self.heading.text() else "")
        set_role(self.sentence, "small")
        self.sentence.setText(_LATER)
        self.setAccessibleDescription(_LATER)

    def show_prospect(self, prospect: Prospect) -> None:
        """Show what a scheme and its votes can come to."""
        lines = needs(prospect)
        sentence, hopeless = utmost(prospect)
        say(self.heading, at_levels(prospect.scheme) if lines else "")
        while len(self._lines) < len(lines):
            self._add()
        for i, (name, value) in enumerate(self._lines):
            shown = i < len(lines)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                name.setText(lines[i].name)
                value.setText(lines[i].value)
                set_role(value, "provisional" if lines[i].hopeless else "")
        set_role(self.sentence, "provisional" if hopeless else "small")
        say(self.sentence, sentence)
        self.setAccessibleDescription(self.text())
        self.show()

    def text(self) -> str:
        """All of it, for those who cannot see it; empty while there is nothing."""
        pairs = (pair for pair in self._lines if not pair[0].isHidden())
        lines = "; ".join(f"{name.text()}: {value.text()}" for name, value in pairs)
        head = self.heading.text()
        sentence = "" if self.sentence.isHidden() else self.sentence.text()
        return " ".join(filter(None, (f"{head}:" if head else "", lines, sentence)))

    def _add(self) -> None:
        name, value = words(), QLabel()
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = len(self._lines)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(value, row, 1)
        self._lines.append((name, value))
