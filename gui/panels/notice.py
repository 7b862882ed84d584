"""Sentences inside the window: errors, warnings, news and questions. Nothing here is modal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.panels.section import words
from gui.theme import set_role

INFO_MS = 8000
LIMIT = 3
_ROLES = {"error": "error", "warning": "notice", "info": "notice"}
_HEADS = {"error": "Error", "warning": "Note", "info": ""}


class Notice(QFrame):
    """One sentence with a way to dismiss it.

    Attributes:
        kind: ``error``, ``warning``, ``info`` or ``question``.
        sentence: what it says.
    """

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__()
        self.kind, self.sentence = kind, sentence
        set_role(self, _ROLES.get(kind, "notice"))
        self.setAccessibleName(sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        if head := _HEADS.get(kind):
            label = QLabel(head)
            set_role(label, "provisional" if kind == "warning" else "abstained")
            row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words(sentence), 1)
        self.buttons = row

    def add_button(self, title: str, answer: Callable[[], None]) -> QPushButton:
        """A button that answers; the caller dismisses."""
        button = QPushButton(title)
        button.clicked.connect(lambda: answer())
        self.buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button


class NoticeArea(QWidget):
    """A short stack of notices at the top of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(4)
        self.notices: list[Notice] = []
        self.hide()

    def minimumSizeHint(self) -> QSize:
        """As high as the notices are at this width; Qt's own is for one word per line."""
        return QSize(0, self._stack.totalHeightForWidth(self.width()) if self.notices else 0)

    def show_notice(self, kind: str, sentence: str) -> Notice:
        """Show a sentence; the same one is not shown twice, and old news goes by itself."""
        if old := self._shown(sentence):
            return old
        notice = Notice(kind, sentence)
        notice.add_button("Dismiss", partial(self.dismiss, notice))
        self._add(notice)
        if kind == "info":
            QTimer.singleShot(INFO_MS, notice, partial(self.dismiss, notice))
        return notice

    def ask(self, sentence: str, answers: dict[str, Callable[[], None]]) -> Notice:
        """Ask a question once; every answer dismisses it, the last one has the focus."""
        if old := self._shown(sentence):
            return old
        notice = Notice("question", sentence)
        button = None
        for title, answer in answers.items():
            button = notice.add_button(title, partial(self._answer, notice, answer))
        self._add(notice)
        if button is not None:
            button.setFocus()
        return notice

    def dismiss(self, notice: Notice) -> None:
        """Take a notice away."""
        if notice in self.notices:
            self.notices.remove(notice)
            self._stack.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
        self.setVisible(bool(self.notices))

    def clear(self, *kinds: str) -> None:
        """Dismiss all notices of some kinds."""
        for notice in [n for n in self.notices if n.kind in kinds]:
            self.dismiss(notice)

    def _shown(self, sentence: str) -> Notice | None:
        return next((notice for notice in self.notices if notice.sentence == sentence), None)

    def _add(self, notice: Notice) -> None:
        for old in [n for n in self.notices if n.kind != "question"][: -LIMIT + 1]:
            self.dismiss(old)
        self.notices.append(notice)
        self._stack.addWidget(notice)
        self.show()

    def _answer(self, notice: Notice, answer: Callable[[], None]) -> None:
        self.dismiss(notice)
        answer()
