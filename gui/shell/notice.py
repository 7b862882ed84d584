"""Sentences inside the window: errors, warnings, news and questions. Nothing here is modal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.style.theme import set_role
from gui.widgets.elided import ElidedLabel
from gui.widgets.flag_names import in_the_window
from gui.widgets.page import WRITTEN
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import words

INFO_MS = 8000
LIMIT = 6
"""Sentences that are kept; a question is never pushed out."""
PART = 4
"""The area takes at most one fourth of the window's height; the rest is scrolled to."""
_LEAST = 90
"""Pixels it may always take."""
_ROLES = {"error": "error", "warning": "notice", "info": "notice"}
_HEADS = {"error": "Error", "warning": "Note", "info": ""}
_BRIEF = ("warning", "info")
"""Kinds that make do with one line in a low window, until somebody wants to read all of it."""
_ABOVE = 3
"""Pixels above and below a notice's words."""


class Notice(QFrame):
    """One sentence with a way to dismiss it.

    Attributes:
        kind: ``error``, ``warning``, ``info`` or ``question``.
        sentence: what it says.
        about: what it goes with, such as ``model`` or ``input``; empty for nothing of these.
        on_stage: it was asked while other notices are kept back: what was just done waits for it.
    """

    def __init__(self, kind: str, sentence: str, *, about: str = "") -> None:
        super().__init__()
        self.kind, self.sentence, self.about = kind, sentence, about
        self.on_stage = False
        set_role(self, _ROLES.get(kind, "notice"))
        self.setAccessibleName(sentence)
        row = QHBoxLayout(self)
        if head := _HEADS.get(kind):
            label = QLabel(head)
            set_role(label, "provisional" if kind == "warning" else "abstained")
            row.addWidget(label)
        self._whole, self._brief = words(sentence), ElidedLabel(sentence)
        for label in (self._whole, self._brief):
            row.addWidget(label, 1)
        self.buttons = row
        self._first = row.count()
        self._offered: list[QPushButton] = []
        self._last: QPushButton | None = None
        self.be_low(on=False)

    def add_button(self, title: str, answer: Callable[[], None]) -> QPushButton:
        """A button that answers; the caller dismisses."""
        button = QPushButton(title)
        button.clicked.connect(lambda: answer())
        self.buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._dress(button)
        self._last = button
        return button

    def offer(self, title: str, answer: Callable[[], None]) -> None:
        """A way on, once: the button before the others."""
        button = QPushButton(title)
        button.clicked.connect(lambda: answer())
        self._offered.append(button)
        self._dress(button)
        self.put_first(button)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives a question's last answer, which changes nothing."""
        if event.key() == Qt.Key.Key_Escape and self.kind == "question" and self._last is not None:
            self._last.click()
        else:
            super().keyPressEvent(event)

    def be_low(self, *, on: bool) -> None:
        """Take one line, and as little above and below it as a line of text does.

        A question keeps its buttons, and an error all its words, however many lines they take.
        """
        brief, self._low = on and self.kind in _BRIEF, on and self.kind != "question"
        self._whole.setVisible(not brief)
        self._brief.setVisible(brief)
        above = 0 if on else _ABOVE
        self.buttons.setContentsMargins(12, above, 8, above)
        for button in self.findChildren(QPushButton):
            self._dress(button)

    def _dress(self, button: QPushButton) -> None:
        role = "primary" if button in self._offered else ""
        set_role(button, "quiet" if self._low else role)

    @property
    def is_cut(self) -> bool:
        """Whether its one line has no room for the sentence."""
        return not self._brief.isHidden() and self._brief.shown() != self._brief.text()

    def put_first(self, button: QPushButton) -> None:
        """A button of the area's, before the notice's own."""
        self.buttons.insertWidget(self._first, button, 0, Qt.AlignmentFlag.AlignTop)


class NoticeArea(QWidget):
    """Notices at the top of the window: one in full, the others behind a button.

    However many there are and however long, they take a bounded part of the window's height.

    Attributes:
        notices: in the order they came, before them what is asked behind them.
        more: unfolds the others, and a sentence that was cut; hidden where there is nothing more.

    Signals:
        written: the path of a file, of which more is to be said than a sentence.
    """

    written = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._scroll = ScrollColumn("Notices", spacing=4)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.column.setContentsMargins(0, 0, 0, 0)
        self._stack = self._scroll.column
        column.addWidget(self._scroll)
        self.more = QPushButton()
        self.more.setCheckable(True)
        self.more.setAccessibleName("Other notices")
        self.more.hide()
        self.more.toggled.connect(self._arrange)
        self.notices: list[Notice] = []
        self._loose, self._read = frozenset[str](), frozenset[str]()
        self.quiet = self._low = False
        self.hide()

    @property
    def front(self) -> Notice | None:
        """The one in full: a question that waits for its answer, else the newest."""
        if self.quiet:
            return next((one for one in reversed(self.notices) if one.on_stage), None)
        questions = [notice for notice in self.notices if notice.kind == "question"]
        return next(reversed(questions or self.notices), None)

    def minimumSizeHint(self) -> QSize:
        """As high as it is: never more than its bound."""
        return QSize(0, self.height() if self.notices else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width needs another height."""
        super().resizeEvent(event)
        self.fit()

    @Slot(str, str)
    def tell(self, kind: str, sentence: str) -> None:
        """What a page says: a sentence of a kind, or which file it has written."""
        if kind == WRITTEN:
            self.written.emit(Path(sentence))
        else:
            self.show_notice(kind, sentence)

    def show_notice(
        self, kind: str, sentence: str, *, about: str = "", stays: bool = False
    ) -> Notice:
        """Show a sentence in the window's words; the same one is not shown twice.

        News go by themselves, unless they are something to act on that ``stays``.
        """
        sentence = in_the_window(sentence)
        if old := self._shown(sentence):
            old.about = about or old.about
            self.notices.append(self.notices.pop(self.notices.index(old)))
            self._arrange()
            return old
        notice = Notice(kind, sentence, about=about)
        notice.add_button("Dismiss", partial(self._put_away, notice))
        self._add(notice)
        if kind == "info" and not stays:
            QTimer.singleShot(INFO_MS, notice, partial(self.dismiss, notice))
        return notice

    def ask(
        self,
        sentence: str,
        answers: dict[str, Callable[[], None]],
        *,
        about: str = "",
        behind: bool = False,
    ) -> Notice:
        """Ask a question once; every answer dismisses it, the last one has the focus.

        One that stands ``behind`` waits for the others: nobody has just done what it is about.
        """
        if old := self._shown(sentence):
            old.on_stage = old.on_stage or self.quiet
            self._arrange()
            return old
        notice = Notice("question", sentence, about=about)
        notice.on_stage = self.quiet
        button = None
        for title, answer in answers.items():
            button = notice.add_button(title, partial(self._answer, notice, answer))
        self._add(notice, behind=behind)
        if button is not None and notice is self.front:
            button.setFocus()
        return notice

    def dismiss(self, notice: Notice) -> None:
        """Take a notice away."""
        if notice in self.notices:
            self.notices.remove(notice)
            self._stack.removeWidget(notice)
            if self.more.parent() is notice:
                self.more.setParent(self)
            notice.hide()
            notice.deleteLater()
            self._arrange()

    def clear(self, *kinds: str) -> None:
        """Dismiss all notices of some kinds."""
        for notice in [n for n in self.notices if n.kind in kinds]:
            self.dismiss(notice)

    def keep_loose(self, kind: str, sentences: Sequence[str], *, known: bool = True) -> None:
        """Have these notices of a kind that go with nothing in particular, and no others.

        One that is there keeps its place: what came after it is newer. One that somebody dismissed
        stays away as long as it would be said; where that is not ``known`` now, it is remembered.
        """
        wanted = [in_the_window(sentence) for sentence in sentences]
        if known:
            self._loose = frozenset(wanted)
            self._read &= self._loose
        for notice in [n for n in self.notices if n.kind == kind and not n.about]:
            if notice.sentence not in wanted:
                self.dismiss(notice)
        for sentence in wanted:
            if self._shown(sentence) is None and not self.was_read(sentence):
                self.show_notice(kind, sentence)

    def was_read(self, sentence: str) -> bool:
        """Whether somebody dismissed what is said of the form, and it would be said still."""
        return in_the_window(sentence) in self._read

    def forget_read(self) -> None:
        """What is said from now on is of something else, even if in the same words."""
        self._read = frozenset()

    def clear_about(self, *topics: str) -> None:
        """Dismiss all notices that go with what is there no more."""
        for notice in [n for n in self.notices if n.about in topics]:
            self.dismiss(notice)

    @Slot()
    def fit(self) -> None:
        """Take the height that is needed, within the bound."""
        if not self.notices:
            return
        self._say_how_many()
        # asked of the layout: a label's own wish is for one word per line
        needed = self._stack.totalHeightForWidth(self.width())
        if needed < 0:  # no words that break their lines
            needed = self._stack.totalSizeHint().height()
        bound = max(_LEAST, self.window().height() // PART)
        self.setFixedHeight(min(needed, bound))

    @Slot()
    def be_quiet(self, *, on: bool) -> None:
        """Keep notices back while something is on stage; they are shown afterwards.

        A question that is asked meanwhile is shown: somebody has just done what it is about.
        """
        self.quiet = on
        self._arrange()

    @Slot()
    def be_low(self, *, on: bool) -> None:
        """In a low window: no higher than a line of text, or what is below it would be covered."""
        self._low = on
        self._arrange()

    def _arrange(self) -> None:
        """One in sight, the rest unfolded where that was asked for."""
        front = self.front
        if len(self.notices) < (1 if self._low else 2):
            self.more.setChecked(False)
        for notice in self.notices:
            notice.setVisible(notice is front or self.more.isChecked())
        if front is not None:
            front.put_first(self.more)
            self._stack.removeWidget(front)
            self._stack.insertWidget(0, front)
        for notice in self.notices:  # with the button that is in one of them now
            notice.be_low(on=self._low and not self.more.isChecked())
        self._say_how_many()
        self._stack.activate()
        self.fit()  # before it is shown: the window makes room at once
        self.setVisible(front is not None)
        self.updateGeometry()

    def _say_how_many(self) -> None:
        """What the button unfolds; it is there where there is something to unfold."""
        rest, front, unfolded = len(self.notices) - 1, self.front, self.more.isChecked()
        cut = front is not None and front.is_cut
        shown = rest > 0 or unfolded or cut
        self.more.setText(
            "Fewer ▴" if unfolded else f"{rest} more ▾" if rest > 0 else "All of it ▾"
        )
        self.more.setVisible(shown and front is not None)

    def _shown(self, sentence: str) -> Notice | None:
        return next((notice for notice in self.notices if notice.sentence == sentence), None)

    def _add(self, notice: Notice, *, behind: bool = False) -> None:
        for old in [n for n in self.notices if n.kind != "question"][: -LIMIT + 1]:
            self.dismiss(old)
        self.notices.insert(0 if behind else len(self.notices), notice)
        self._stack.insertWidget(0, notice)
        self._arrange()

    def _put_away(self, notice: Notice) -> None:
        """Somebody has read it."""
        self._read |= self._loose & {notice.sentence}
        self.dismiss(notice)

    def _answer(self, notice: Notice, answer: Callable[[], None]) -> None:
        self.dismiss(notice)
        answer()
