"""The open case: its list of runs, notes and pins, and the result that is looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.evidence.evidence import Evidence
from engine.models.request import ModelRequest
from gui.jobs.case_jobs import Listing
from gui.jobs.engine_jobs import Backend
from gui.jobs.worker import Job, Worker

if TYPE_CHECKING:
    from engine.case import Case, RunRow

CASE, LIST, RESULT, WRITE, RESUME = "case", "case-list", "case-result", "case-write", "case-resume"


class CaseBook(QObject):
    """One case at a time; everything that touches its file is done by the worker.

    Attributes:
        case: the open case; None without one.
        listing: its runs as they were read last.
        awaited: a run to be counted on as soon as its model and image are there.

    Signals:
        opened: another case is open, or none.
        listed: ``listing`` changed.
        result_read: a row and its evidence, None if it has none.
        resumable: a row with the requests that open its model and image again.
        notice: kind and sentence.
    """

    opened = Signal()
    listed = Signal()
    result_read = Signal(object, object)
    resumable = Signal(object, object)
    notice = Signal(str, str)
    warned = Signal(str)
    """May be emitted in the worker thread; it is heard in the UI thread."""

    def __init__(self, worker: Worker, backend: Backend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.case: Case | None = None
        self.listing = Listing()
        self.awaited: RunRow | None = None
        self._worker, self._backend = worker, backend
        self._unwritten: list[Callable[[], None]] = []
        worker.done.connect(self._take)
        self.warned.connect(self._on_warned)

    @property
    def title(self) -> str:
        """The name of the open case; empty without one."""
        return self.case.path.stem if self.case else ""

    @property
    def counting(self) -> bool:
        """Whether the worker is counting votes; a case is read when it is done."""
        return self._worker.busy("run")

    def create(self, path: Path) -> None:
        """A new case."""
        self._submit(CASE, f"creating {path.name}", lambda: self._backend.create_case(path))

    def open(self, path: Path) -> None:
        """A case that exists."""
        self._submit(CASE, f"opening {path.name}", lambda: self._backend.open_case(path))

    def save_as(self, path: Path, evidence: Evidence | None, request: ModelRequest | None) -> None:
        """A copy under another name; without an open case, a new one with the shown run."""
        case = self.case
        self._submit(
            CASE,
            f"writing {path.name}",
            lambda: self._backend.save_case(case, path, evidence, request),
        )

    def refresh(self) -> None:
        """Read the list again."""
        if (case := self.case) is not None:
            self._submit(LIST, "listing the runs", lambda: self._backend.list_runs(case))

    def read_result(self, row: RunRow) -> None:
        """Read what a run ended in."""
        if (case := self.case) is not None:
            self._submit(
                f"{RESULT}-{row.id}",
                f"reading run {row.id}",
                lambda: (row, self._backend.read_run(case, row)),
            )

    def ask_resume(self, row: RunRow) -> None:
        """Find out how the model and image of an unfinished run are opened again."""
        if (case := self.case) is not None:
            title = f"reading run {row.id}"
            self._submit(RESUME, title, lambda: (row, self._backend.find_again(case, row)))

    def note(self, row: RunRow, text: str) -> None:
        """Attach a text to a run."""
        if (case := self.case) is not None:
            self._write(lambda: self._backend.note_run(case, row, text))

    def pin(self, row: RunRow) -> None:
        """Mark a run for comparison, or take its mark off."""
        if (case := self.case) is not None:
            self._write(lambda: self._backend.pin_run(case, row))

    def flush(self) -> None:
        """Write what was still waiting for the worker when it was ended.

        Raises:
            UserError: the file cannot be written.
        """
        while self._unwritten:
            self._unwritten.pop(0)()

    def _write(self, work: Callable[[], None]) -> None:
        """Queue a change; each has a kind of its own, so that none drops another."""
        self._unwritten.append(work)
        case = self.case

        def carry_out() -> Listing:
            if work in self._unwritten:
                self._unwritten.remove(work)
                work()
            return self._backend.list_runs(case)

        self._submit(f"{WRITE}-{id(work)}", "writing the case", carry_out)

    def _submit(self, kind: str, title: str, work: Callable[[], Any]) -> None:
        def job(stop: threading.Event) -> Any:
            return work()

        self._worker.submit(Job(kind, title, job))

    @Slot(str, object)
    def _take(self, kind: str, outcome: Any) -> None:
        if kind == CASE:
            self.case = outcome
            self.listing, self.awaited = Listing(), None
            self.opened.emit()
            self.refresh()
        elif kind == LIST or kind.startswith(WRITE):
            self._show(outcome)
        elif kind.startswith(RESULT):
            self.result_read.emit(*outcome)
        elif kind == RESUME:
            self.resumable.emit(*outcome)

    @Slot(str)
    def _on_warned(self, sentence: str) -> None:
        self.notice.emit("warning", sentence)

    def _show(self, listing: Listing) -> None:
        for complaint in listing.complaints:
            if complaint not in self.listing.complaints:
                self.notice.emit("error", complaint)
        self.listing = listing
        self.listed.emit()
