"""Files and pages made of a result."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.evidence.assignment import Assignment
from engine.evidence.evidence import Evidence
from engine.slides.film import Film
from gui.jobs import document_jobs, signing_jobs
from gui.jobs.engine_jobs import EngineJobs, ExportFormat
from gui.jobs.worker import Lane, Worker

if TYPE_CHECKING:
    from engine.figures.images import Illustrations, SliceFigure
    from engine.signing.keys import SigningKey

_SIGNED = ("pdf", "json")
"""Formats that hold the whole evidence, so that a signature covers it."""
_KEEPING = (*_SIGNED, "html")
"""Formats with the votes inside; a table of numbers keeps no result."""


class Exports(QObject):
    """Writes results.

    Attributes:
        assignment: what is written into them of client, purpose, auditor and remarks.
        signer: the open private key; None without one.
        signs: reports and evidence are signed when they are saved.
        signatures: of the files that were signed, by whom and where, in words.

    Signals:
        exported: the path of a file that was written, by pages too.
        saved: a result that was written into one whole, with its votes.
        preview_ready: the report's pages as PNG.
        signing_changed: ``signer`` or ``signs`` did.
    """

    exported = Signal(object)
    saved = Signal(object)
    preview_ready = Signal(object)
    signing_changed = Signal()

    def __init__(self, worker: Worker, engine: EngineJobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker, self._engine = worker, engine
        self._previews = Lane(worker)
        self.assignment: Assignment | None = None
        self.signer: SigningKey | None = None
        self.signs = False
        self.signatures: dict[Path, str] = {}

    def set_signer(self, signer: SigningKey | None, *, signs: bool) -> None:
        """Sign with a key from now on, or no more."""
        self.signer, self.signs = signer, signs and signer is not None
        self.signing_changed.emit()

    def assigned(self, evidence: Evidence) -> Evidence:
        """A result with what was written of client, purpose, auditor and remarks."""
        if self.assignment is None:
            return evidence
        return evidence.model_copy(update={"assignment": self.assignment})

    def preview(self, evidence: Evidence, illustrations: Illustrations) -> None:
        """Make the report's pages, as they would be saved."""
        evidence = self.assigned(evidence)
        self._previews.submit(
            lambda stop: self._engine.preview(evidence, illustrations),
            "making the report",
            on_done=self.preview_ready.emit,
        )

    @Slot()
    def drop_preview(self) -> None:
        """The pages that are being made are of an earlier result."""
        self._previews.drop()

    def export(
        self,
        evidence: Evidence,
        fmt: ExportFormat,
        path: Path,
        illustrations: Illustrations | None = None,
    ) -> None:
        """Write a result; without illustrations where they belong to another one."""
        from engine.figures.images import Illustrations

        drawn = illustrations or Illustrations()
        signer = self.signer if self.signs and fmt in _SIGNED else None

        def write() -> tuple[Path, str]:
            self._engine.export(evidence, drawn, fmt, path)
            return path, signing_jobs.signed(path, signer) if signer is not None else ""

        self._worker.submit(
            lambda stop: write(),
            f"writing {path.name}",
            owed=True,
            on_done=partial(self._on_exported, evidence if fmt in _KEEPING else None),
        )

    def slides(self, evidence: Evidence, path: Path, image: SliceFigure | None, film: Film) -> None:
        """Write a result for a talk; drawing the frames of a replay takes a while."""
        self._worker.submit(
            lambda stop: document_jobs.slides(evidence, path, image, film, stop),
            f"drawing {path.name}",
            asks=f"Stop drawing {path.name} and close? The file is not written then.",
            on_done=self._on_slides,
        )

    def _on_slides(self, path: Path | None) -> None:
        if path is not None:
            self.exported.emit(path)

    def _on_exported(self, kept: Evidence | None, written: tuple[Path, str]) -> None:
        path, signature = written
        self.signatures.pop(path, None)
        if signature:
            self.signatures[path] = signature
        self.exported.emit(path)
        if kept is not None:
            self.saved.emit(kept)
