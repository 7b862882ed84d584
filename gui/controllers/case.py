"""The open case: its list of runs, notes and pins, and the result that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.evidence.evidence import Evidence
from engine.models.request import ModelRequest
from gui.jobs import case_jobs
from gui.jobs.case_jobs import Kept, Listing
from gui.jobs.worker import Lane, Worker

if TYPE_CHECKING:
    from engine.case import Case, RunRow
    from engine.inputs.base import Pixels


class CaseController(QObject):
    """One case at a time; everything that touches its file is done by the worker.

    Attributes:
        file: the open case; None without one.
        own: the path of ``file`` where nobody gave it a name: the session keeps it for itself.
        listing: its runs as they were read last.

    Signals:
        copied: the open case is about to be replaced by a copy that holds all of it.
        opened: another case is open, or none.
        listed: ``listing`` changed.
        notice: kind and sentence.
        warned: a sentence; the one signal that may be emitted in the worker thread.
    """

    copied = Signal()
    opened = Signal()
    listed = Signal()
    notice = Signal(str, str)
    warned = Signal(str)

    def __init__(self, worker: Worker, counting: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.file: Case | None = None
        self.own: Path | None = None
        self.listing = Listing()
        self._worker, self._counting = worker, counting
        self._openings, self._listings = Lane(worker), Lane(worker)
        self._unwritten: list[Callable[[], None]] = []
        self.warned.connect(self._on_warned)

    @property
    def title(self) -> str:
        """The name of the open case; empty without one, or where it is the session's own."""
        return self.file.path.stem if self.file and self.own is None else ""

    @property
    def waits(self) -> bool:
        """Whether the worker is counting votes: a case is read when it is done."""
        return self._counting.busy

    def create(self, path: Path) -> None:
        """A new case."""
        self._write_anew(f"creating {path.name}", lambda: case_jobs.save_as(None, path, None, None))

    def open(self, path: Path) -> None:
        """A case that exists."""
        self._openings.submit(
            lambda stop: case_jobs.open_case(path),
            f"opening {path.name}",
            on_done=partial(self._on_opened, None),
            urgent=True,
        )

    def save_as(self, path: Path, evidence: Evidence | None, request: ModelRequest | None) -> None:
        """A copy under another name; without an open case, a new one with the shown run."""
        self.saver(evidence, request)(path)

    def saver(
        self, evidence: Evidence | None, request: ModelRequest | None
    ) -> Callable[[Path], None]:
        """What saves, as :meth:`save_as`, the case that is open now, whatever is open by then."""
        case = self.file

        def save(path: Path) -> None:
            self._write_anew(
                f"writing {path.name}",
                lambda: case_jobs.save_as(case, path, evidence, request),
                copies=case,
            )

        return save

    @Slot()
    def refresh(self) -> None:
        """Read the list again."""
        if (case := self.file) is not None:
            self._listings.submit(
                lambda stop: case_jobs.listing(case),
                "listing the runs",
                on_done=self._show,
                quiet=True,
            )

    def read(self, row: RunRow, on_done: Callable[[RunRow, Kept | str | None], object]) -> None:
        """Read what a run ended in, as one of the tries known now, or the damage as a sentence.

        One that does not follow from its votes is warned of.
        """
        if (case := self.file) is not None:
            self._worker.submit(
                lambda stop: row.damage or case_jobs.result(case, row.id, self.warned.emit),
                f"reading run {row.id}",
                on_done=partial(on_done, row),
                quiet=True,
            )

    def read_images(
        self, runs: Mapping[str, Evidence], on_done: Callable[[Mapping[str, Pixels]], object]
    ) -> None:
        """Read the images that some runs, by the digest of their input, were about."""
        self._worker.submit(
            lambda stop: case_jobs.pictures(runs), "reading the inputs", on_done=on_done, quiet=True
        )

    def find(self, row: RunRow, on_done: Callable[[RunRow, ModelRequest, str], object]) -> None:
        """Find out how the model and the input of a run are opened again."""
        if (case := self.file) is not None:
            self._openings.submit(
                lambda stop: case.configuration(row.id),
                f"reading run {row.id}",
                on_done=lambda known: on_done(row, known.request, known.input_spec),
            )

    def note(self, row: RunRow, text: str) -> None:
        """Attach a text to a run."""
        if (case := self.file) is not None:
            self._write(case, lambda: case.note(row.id, text))

    def pin(self, row: RunRow) -> None:
        """Mark a run for comparison, or take its mark off."""
        if (case := self.file) is not None:
            self._write(case, lambda: case.unpin(row.id) if row.pinned else case.pin(row.id))

    def flush(self) -> None:
        """Write what was still waiting for the worker when it was ended.

        Raises:
            UserError: the file cannot be written.
        """
        while self._unwritten:
            self._unwritten.pop(0)()

    def _write(self, case: Case, work: Callable[[], None]) -> None:
        """Queue a change; none replaces another."""
        self._unwritten.append(work)

        def carry_out() -> Listing:
            if work in self._unwritten:
                self._unwritten.remove(work)
                work()
            return case_jobs.listing(case)

        self._worker.submit(
            lambda stop: carry_out(), "writing the case", on_done=self._show, quiet=True
        )

    def _write_anew(self, title: str, work: Callable[[], Case], copies: Case | None = None) -> None:
        """A file that was asked for is written, whatever is opened after it."""
        opened = partial(self._on_opened, copies)
        self._worker.submit(lambda stop: work(), title, on_done=opened, urgent=True, owed=True)

    def _on_opened(self, copies: Case | None, case: Case) -> None:
        if copies is not None and copies is not self.file:  # that stays open which came meanwhile
            self.notice.emit("info", f"Saved {case.path}.")
            return
        if copies is not None:
            self.copied.emit()
        self.file, self.own, self.listing = case, None, Listing()
        self.opened.emit()
        self.refresh()

    @Slot(str)
    def _on_warned(self, sentence: str) -> None:
        self.notice.emit("warning", sentence)

    def _show(self, listing: Listing) -> None:
        for complaint in listing.complaints:
            if complaint not in self.listing.complaints:
                self.notice.emit("error", complaint)
        self.listing = listing
        self.listed.emit()
