"""Files and pages made of a result."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.evidence.evidence import Evidence
from gui.jobs.engine_jobs import EngineJobs, ExportFormat
from gui.jobs.worker import Lane, Worker

if TYPE_CHECKING:
    from engine.figures.images import Illustrations


class Exports(QObject):
    """Writes results.

    Signals:
        exported: the path of a file that was written, by pages too.
        saved: a result that was written into one.
        preview_ready: the report's pages as PNG.
    """

    exported = Signal(object)
    saved = Signal(object)
    preview_ready = Signal(object)

    def __init__(self, worker: Worker, engine: EngineJobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker, self._engine = worker, engine
        self._previews = Lane(worker)

    def preview(self, evidence: Evidence, illustrations: Illustrations) -> None:
        """Make the report's pages."""
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
        self._worker.submit(
            lambda stop: self._engine.export(evidence, drawn, fmt, path),
            f"writing {path.name}",
            on_done=partial(self._on_exported, evidence),
        )

    def _on_exported(self, evidence: Evidence, path: Path) -> None:
        self.exported.emit(path)
        self.saved.emit(evidence)
