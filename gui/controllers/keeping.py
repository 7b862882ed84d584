"""What is saved nowhere yet: a case of the session's own keeps it, even past a crash.

Every window has one, in the data folder, from its first moment on. It goes when everything in it
was saved or discarded; else the next start offers it. So it does what an earlier session left
unfinished and this one opened, and did not go on with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.evidence.evidence import Evidence
from gui.controllers.case import CaseController
from gui.controllers.exports import Exports
from gui.controllers.preferences import Preferences, data_folder
from gui.controllers.runs import Runs
from gui.jobs import session_file
from gui.jobs.session_file import Left, OwnCase
from gui.jobs.worker import Worker

if TYPE_CHECKING:
    from PySide6.QtCore import QLockFile


_TAKEN = "What an earlier session left was opened or thrown away by another window meanwhile."
_UNREAD = "What an earlier session left could not be read, and stays where it is: {why}"


@dataclass(frozen=True)
class Ways:
    """What whoever closes the window may do with a table first.

    Attributes:
        show: brings its page into sight.
        save: asks where to write it.
    """

    show: Callable[[], None]
    save: Callable[[], object]


class Keeping(QObject):
    """The session's own case, and which results are in no other file.

    Attributes:
        unsaved: ids of runs whose results were neither exported nor kept in a case with a name.
        unkept: those of them that no file holds, so that the next start cannot offer them: where a
            session has no case of its own, or where a case could not be written.
        tables: what else was worked out and is in no file, by the work; no case keeps it.
        ways: what may be done with these, by the work, where a page has them.

    Signals:
        changed: ``unsaved`` or ``tables`` did.
        freed: a table that is in a file now, or is not wanted.
        found: a :class:`Left` of an earlier session.
        unread: a sentence about what an earlier session left and nobody can read; once for each.
        notice: kind and sentence.
    """

    changed = Signal()
    freed = Signal(object)
    found = Signal(object)
    unread = Signal(str)
    notice = Signal(str, str)

    def __init__(
        self,
        worker: Worker,
        case: CaseController,
        runs: Runs,
        exports: Exports,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker, self._case, self._runs = worker, case, runs
        self._preferences = preferences
        self._own: Path | None = None
        self._lock: QLockFile | None = None
        self._left: tuple[Left, QLockFile] | None = None
        self._answered: set[Path] = set()
        self._saved: frozenset[str] = frozenset()
        self._resumes = False
        self._unfinished = set[str]()  # ids of runs without a result, in the own file alone
        self.unsaved: set[str] = set()
        self.tables: dict[str, object] = {}
        self.ways: dict[str, Ways] = {}
        self.unkept: set[str] = set()
        for signal in (runs.ended, runs.added):
            signal.connect(self._on_ended)
        exports.saved.connect(self._on_saved)
        case.copied.connect(self._on_copied)
        case.opened.connect(self._on_opened)
        case.listed.connect(self._on_listed)

    def begin(self) -> None:
        """Open a case of the session's own, and look for one that an earlier session left."""
        self._look()
        folder = data_folder() / "sessions"
        self._worker.submit(
            lambda stop: session_file.begun(folder),
            "opening a file for this session",
            on_done=self._take,
            quiet=True,
        )

    def _look(self) -> None:
        """For the newest of what earlier sessions left and nobody was asked about yet."""
        folder, unread = data_folder() / "sessions", list[tuple[Path, str]]()
        answered = frozenset(self._answered)
        self._worker.submit(
            lambda stop: session_file.left_in(folder, lambda *one: unread.append(one), answered),
            "looking for what earlier sessions left",
            on_done=partial(self._on_left, unread),
            quiet=True,
        )

    def open_left(self, left: Left, *, resume: bool = False) -> None:
        """Open what an earlier session left, as this session's own; resume its unfinished run."""
        if (lock := self._claimed(left)) is not None:
            self._left, self._resumes = (left, lock), resume
            self._case.open(left.path)
        self.put_off(left)

    def discard_left(self, left: Left) -> None:
        """Throw away what an earlier session left."""
        if (lock := self._claimed(left)) is not None:
            session_file.remove(left.path)
            lock.unlock()
        self.put_off(left)

    def put_off(self, left: Left) -> None:
        """Ask no more about it until the next start, but about what another session left."""
        self._answered.add(left.path)
        self._look()

    def _claimed(self, left: Left) -> QLockFile | None:
        """The lock of what was left; None, and a sentence, where another window was faster."""
        lock = session_file.claimed(left.path)
        if lock is None:
            self.notice.emit("warning", _TAKEN)
        return lock

    def discard(self) -> None:
        """Throw away what is saved nowhere."""
        self._remember(self._saved | self.unsaved)
        self.unsaved.clear()
        self.unkept.clear()
        self.changed.emit()

    def hold(self, work: str, table: object | None, ways: Ways | None = None) -> None:
        """A page has worked out a table, or None: that of an earlier work is gone from it."""
        self.ways.pop(work, None)
        if ways is not None and table is not None:
            self.ways[work] = ways
        if table is not None:
            self.tables[work] = table
        elif self.tables.pop(work, None) is None:
            return
        self.changed.emit()

    def let_go(self, table: object) -> None:
        """A table is in a file now, or is not wanted."""
        for work in [work for work, held in self.tables.items() if held is table]:
            self.hold(work, None)
            self.freed.emit(table)

    def end(self, *, interrupted: bool) -> None:
        """The window closes: the file stays if something in it is nowhere else."""
        self._release(keep=interrupted or bool(self.unsaved))

    @Slot(object)
    def note(self, run_ids: Sequence[str]) -> None:
        """Results that are in the open case, and saved nowhere if nobody gave that a name."""
        if not self._case.title:
            self.unsaved.update(run_ids)
            self._remember(self._saved - set(run_ids))
            if self._case.file is None:
                self.unkept.update(run_ids)
            self.changed.emit()

    def _take(self, own: OwnCase) -> None:
        if self._case.file is None:
            self._own, self._lock, self._saved = own.case.path, own.lock, frozenset()
            self._case.file, self._case.own = own.case, own.case.path
        else:
            own.lock.unlock()
            session_file.remove(own.case.path)

    def _release(self, *, keep: bool) -> None:
        """Let go of the file that was the session's own until now."""
        path, self._own = self._own, None
        if self._lock is not None:
            self._lock.unlock()
        self._lock = None
        if path is not None and not (keep or self._unfinished):
            session_file.remove(path)
        self._unfinished.clear()

    def _on_left(self, unread: Sequence[tuple[Path, str]], left: Left | None) -> None:
        for path, why in unread:
            sentence = _UNREAD.format(why=why if str(path) in why else f"{path}: {why}")
            if self._preferences.tell_once(sentence):
                self.unread.emit(sentence)
        if left is not None:
            self.found.emit(left)

    @Slot()
    def _on_copied(self) -> None:
        """Everything in the open case is in another file too."""
        self._unfinished.clear()
        self.unsaved &= self.unkept
        self.changed.emit()

    @Slot()
    def _on_opened(self) -> None:
        """Another case is open: an own one that is not in it waits for the next start."""
        case, claimed = self._case.file, self._left
        if case is None or case.path == self._own:
            return
        self._release(keep=bool(self.unsaved))
        self.unsaved &= self.unkept
        self._left = None
        if claimed is not None:
            left, lock = claimed
            if case.path == left.path:
                self._own, self._lock = left.path, lock
                self._saved = session_file.saved_of(left.path)
                self._unfinished.update(left.without)
                self._case.own = left.path
                self.unsaved.update(left.results)
            else:  # it did not open, and waits for the next start, as does its run
                self._resumes = False
                lock.unlock()
        self.changed.emit()

    @Slot()
    def _on_listed(self) -> None:
        """What a case with a name has; the run that was going when the session before ended."""
        if self._case.title:
            self._save({row.run_id for row in self._case.listing.rows if row.outcome})
        row = next((row for row in self._case.listing.rows if row.resumable), None)
        if self._resumes and row is not None:
            self._resumes = False
            self._runs.resume_recorded(row)

    @Slot(object)
    def _on_ended(self, evidence: Evidence) -> None:
        from engine.case.recording import NOT_KEPT  # there is evidence: it is loaded

        run = {evidence.run_id}
        self.unkept -= run  # it may have been counted on since
        if any(said.startswith(NOT_KEPT) for said in evidence.warnings):
            self.unkept |= run
            self.unsaved |= run
            self.changed.emit()
        else:
            self._unfinished -= run  # it has a result, of which somebody is asked
            self.note([evidence.run_id])

    @Slot(object)
    def _on_saved(self, evidence: Evidence) -> None:
        self._save({evidence.run_id})

    def _remember(self, saved: frozenset[str]) -> None:
        """Which results are elsewhere: the next start offers the others, even after a crash."""
        if saved != self._saved and self._own is not None:
            self._saved = saved
            session_file.note_saved(self._own, saved)

    def _save(self, run_ids: set[str]) -> None:
        """They are in a file with a name."""
        self._remember(self._saved | run_ids)
        news = bool(self.unsaved & run_ids)
        self.unsaved -= run_ids
        self.unkept -= run_ids
        if news:
            self.changed.emit()
