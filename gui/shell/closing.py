"""What whoever closes a window is asked first, and what becomes of the answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Slot

from gui.controllers.session import Session
from gui.shell.consent import ask_about_work, ask_to_keep
from gui.shell.notice import NoticeArea
from gui.shell.opening import Opening
from gui.widgets.file_dialogs import FileAsker


class Closing(QObject):
    """The questions between a wish to close and the end.

    An answer about results is none about other results, or about work that was begun, after it was
    asked for: whoever gives it closes the window again, and is asked about that. Whoever stays is
    asked again the next time; whoever closes the window while the question stands has read it.

    Args:
        session: of the window.
        notices: where to ask.
        asker: its dialogs.
        opening: saves.
        close: closes the window, unless there is something to ask.
        leave: closes it without asking.
        keeps: the session keeps what is saved nowhere.
    """

    def __init__(
        self,
        session: Session,
        notices: NoticeArea,
        asker: FileAsker,
        opening: Opening,
        *,
        close: Callable[[], object],
        leave: Callable[[], None],
        keeps: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._notices = session, notices
        self._asker, self._opening = asker, opening
        self._close, self._leave, self._keeps = close, leave, keeps
        self._asked = frozenset[str]()  # about these results
        self._closes_when_saved = False
        self._awaited: object | None = None  # the table after which to close
        session.keeping.freed.connect(self._close_when_freed)
        for signal in (session.case.opened, session.case.listed, session.exports.saved):
            signal.connect(self._close_when_saved)
        session.worker.failed.connect(self._ask_again)  # it may not have been written
        session.runs.began.connect(self._ask_again)

    def asks(self) -> bool:
        """Ask before leaving, where there is something to ask."""
        session, unsaved = self._session, self._session.keeping.unsaved
        lost = len(session.keeping.unkept & unsaved)
        if ask_about_work(
            self._notices,
            session,
            leave=self._leave,
            close=self._close,
            save=self._save_table,
            stay=self._ask_again,
        ):
            return True
        if not self._keeps or unsaved <= self._asked:
            return False
        self._asked = frozenset(unsaved)
        report, shown = None, self._opening.shown()
        if shown is not None and unsaved == {shown[0].run_id}:
            # this one, whatever is shown when the answer comes
            report = partial(self._wait_for, partial(self._opening.save, "pdf", shown))
        keep = partial(self._wait_for, self._opening.ask_where_to_save_case)
        # a copy of the open case lacks what that lacks, and a new one has the shown result alone
        copied = session.case.file is not None or report is None
        ask_to_keep(
            self._notices,
            len(unsaved),
            lost=lost,
            report=report,
            keep=None if lost and copied else keep,
            discard=self._discard,
            stay=self._ask_again,
        )
        return True

    def _wait_for(self, ask: Callable[[], object]) -> None:
        """Close once a file is written; not if the dialog is cancelled."""
        self._closes_when_saved = True
        self._await(ask)

    def _save_table(self, table: object, ask: Callable[[], object]) -> None:
        """Close once a table is in a file."""
        self._awaited = table
        self._await(ask)

    def _await(self, ask: Callable[[], object]) -> None:
        ask()
        if self._asker.current is not None:
            self._asker.current.rejected.connect(self._ask_again)

    def _discard(self) -> None:
        self._session.keeping.discard()
        self._close()

    @Slot()
    def _close_when_saved(self) -> None:
        """Not for a file that leaves something unsaved, such as one that was asked for before."""
        if self._closes_when_saved and not self._session.keeping.unsaved:
            self._closes_when_saved = False
            self._close()

    @Slot(object)
    def _close_when_freed(self, table: object) -> None:
        """What else there is to ask about is asked then."""
        if table is self._awaited:
            self._awaited = None
            self._close()

    @Slot()
    def _ask_again(self) -> None:
        """Somebody stayed, there is another result, or a file was not written after all."""
        self._asked, self._closes_when_saved, self._awaited = frozenset(), False, None
