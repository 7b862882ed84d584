"""A page on which one thing at a time is worked out, row by row, and may be stopped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from gui.controllers.keeping import Ways
from gui.controllers.session import Session
from gui.jobs.worker import Lane
from gui.style import theme as themes
from gui.widgets.layouts import filled
from gui.widgets.page import Page
from gui.widgets.section import words

_STEPS = 1000


class WorkPage(Page):
    """A bar says how far the work is; Escape stops it, else goes back.

    Whatever else somebody waits for comes first: the worker does one thing at a time.

    Attributes:
        setup: what is described; hidden in talk mode.
        bar, doing: how far the work is, and at what.
        complaint: why there is none.
        start, end: the buttons.
    """

    beside_form = beside_statement = False
    setup: QWidget

    def __init__(
        self, title: str, session: Session, *, work: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, parent=parent)
        self._session, self._work = session, work
        self.lane = Lane(session.worker)
        self.complaint, self.doing = words(role="abstained"), words(role="small")
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(f"Progress of the {work}")
        self.progress = filled(QHBoxLayout(), (self.bar, 2), (self.doing, 3))

    def add_start(self, title: str) -> None:
        """The buttons that start and stop the work."""
        self.start: QPushButton = self.add_button(title, self.begin, role="primary")
        tip = "Stop and keep what is done (Esc)"
        self.end: QPushButton = self.add_button("&Stop", self.stop, tip=tip)

    def watch(self) -> None:
        """Follow the worker and the theme, once everything is laid out."""
        self._session.worker.urgent.connect(self._give_way)
        self._session.worker.activity_changed.connect(self._refresh)
        themes.registry.follow(self._make_room)

    @property
    def going(self) -> bool:
        """Whether something is at work."""
        return self.lane.busy

    @property
    def asks(self) -> str:
        """What whoever closes the window meanwhile is asked: the work is saved nowhere yet."""
        return f"Stop the {self._work} and close? What it has come to so far is lost."

    def hold(self, table: object | None) -> None:
        """What the work came to is saved nowhere yet; None for nothing."""
        ways = Ways(partial(self.to_front.emit, self), partial(self.ask_where_to_save, "json"))
        self._session.keeping.hold(self._work, table, ways)

    def write(self, table: object, path: Path, work: Callable[[], Path]) -> None:
        """Write a table, which whoever closes the window is asked about no more."""

        def wrote(path: Path) -> None:
            self._session.keeping.let_go(table)
            self._session.exports.exported.emit(path)

        title = f"writing {path.name}"
        self._session.worker.submit(lambda stop: work(), title, owed=True, on_done=wrote)

    def ask_where_to_save(self, fmt: str) -> None:
        """Where to write what the work came to, as CSV or as JSON."""
        raise NotImplementedError

    def begin(self) -> None:
        """Start what is described."""
        raise NotImplementedError

    @Slot()
    def stop(self) -> None:
        """End the work; what is done stays."""
        self.lane.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape stops work that goes on, else goes back."""
        if event.key() == Qt.Key.Key_Escape and self.going:
            self.stop()
        else:
            super().keyPressEvent(event)

    def show_progress(self, share: float, doing: str) -> None:
        """How much is done, from 0 to 1, and what is being done."""
        self.bar.setValue(round(_STEPS * share))
        self.doing.setText(doing)

    @Slot()
    def _refresh(self) -> None:
        """Buttons as the worker allows; pages add to it."""
        going, session = self.going, self._session
        self.start.setEnabled(session.worker.is_warm and not going and not session.runs.running)
        self.end.setEnabled(going)
        self.bar.setVisible(going)
        self.setup.setEnabled(not going)

    @Slot()
    def _give_way(self) -> None:
        if self.going:
            self.stop()
            said = f"The {self._work} was stopped by another request; what is done is shown."
            self.notice.emit("info", said)

    @Slot()
    def _make_room(self) -> None:
        """In talk mode the results are all there is."""
        self.setup.setVisible(not themes.current().on_stage)
