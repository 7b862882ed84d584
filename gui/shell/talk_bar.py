"""The speaker's line at the foot of the window, and the dark in which nothing is seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gui.controllers.talk import Talks
from gui.style.theme import set_role
from gui.widgets.layouts import filled
from gui.widgets.section import say, words

_KEYS = "Page Down next · Page Up back · P plays · + and - pace · B dark"


class TalkBar(QFrame):
    """Sentence of the step at hand for the audience; place, pace and keys for the speaker."""

    def __init__(self, talks: Talks, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._talks = talks
        self.sentence = words(name="Sentence of the talk")
        self.sentence.setObjectName("large")
        self.place = words(role="muted", name="Place in the talk")
        self.place.setWordWrap(False)
        row = filled(QHBoxLayout(self), (self.sentence, 1), self.place, spacing=16)
        row.setContentsMargins(14, 6, 14, 6)
        self.setAccessibleName("Talk")
        talks.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Follow the talk, or the record of one."""
        talks = self._talks
        recorded = talks.recorded
        self.setVisible(talks.talk is not None or recorded is not None)
        if recorded is not None:
            set_role(self.place, "danger")
            say(self.sentence, "")
            say(self.place, f"Recording: {len(recorded):,} step{'s' * (len(recorded) != 1)}")
        elif talks.talk is not None:
            set_role(self.place, "muted")
            step, of = talks.step, len(talks.talk.steps)
            say(self.sentence, step.say if step is not None else talks.talk.title)
            pace = f" · plays at {talks.speed:g}x" if talks.playing else ""
            say(self.place, f"{talks.place + 1} of {of}{pace}" + ("" if step else f" · {_KEYS}"))


class Blank(QWidget):
    """Covers the window while the speaker wants nothing seen; any step takes it away."""

    def __init__(self, talks: Talks, over: QWidget) -> None:
        super().__init__(over)
        self._talks, self._over = talks, over
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Nothing is shown; B shows the window again")
        self.hide()
        over.installEventFilter(self)
        talks.changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Cover, or be gone."""
        self.setGeometry(self._over.rect())
        self.setVisible(self._talks.blank)
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Black all over: a style sheet paints no plain widget's ground."""
        QPainter(self).fillRect(event.rect(), Qt.GlobalColor.black)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the window's size."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return super().eventFilter(watched, event)
