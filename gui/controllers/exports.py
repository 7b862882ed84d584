"""What the worker is asked for besides runs: reports, files, and looks at the machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.evidence.evidence import Evidence
from engine.figures import Illustrations
from gui.controllers.illustrations import Images
from gui.controllers.preferences import data_folder
from gui.jobs.engine_jobs import Backend, ExportFormat
from gui.jobs.worker import Job, Worker


class Errands(QObject):
    """The worker, the images beside a result, and errands about that result.

    Attributes:
        evidence: the result that is shown; None without one.
    """

    preview_ready = Signal(object)
    examined = Signal(str)
    exported = Signal(object)
    architectures_found = Signal(object)
    notice = Signal(str, str)

    def __init__(self, backend: Backend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.backend = backend
        self.evidence: Evidence | None = None
        folder = data_folder()
        self.worker = Worker(warm_up=backend.warm_up, log_folder=folder, parent=self)
        self.images = Images(self.worker, backend, parent=self)

    def request_preview(self) -> None:
        """Make the report's pages."""
        evidence, illustrations = self.evidence, self.images.illustrations
        if evidence is not None:
            self._submit(
                "preview",
                "making the report",
                lambda stop: self.backend.preview(evidence, illustrations),
            )

    def export(self, fmt: ExportFormat, path: Path) -> None:
        """Write the shown result to a file."""
        evidence, illustrations = self.evidence, self.images.illustrations
        if evidence is not None:
            self._submit(
                f"export-{fmt}",
                f"writing {path.name}",
                lambda stop: self.backend.export(evidence, illustrations, fmt, path),
            )

    def export_record(self, evidence: Evidence, fmt: ExportFormat, path: Path) -> None:
        """Write a result that is looked at, without images: those belong to the shown run."""
        self._submit(
            f"export-{fmt}",
            f"writing {path.name}",
            lambda stop: self.backend.export(evidence, Illustrations(), fmt, path),
        )

    def find_architectures(self) -> None:
        """Names of the networks that weights can be loaded into."""
        self._submit(
            "architectures", "listing architectures", lambda stop: self.backend.architectures()
        )

    def request_examination(self) -> None:
        """Look at versions and devices."""
        self._submit("doctor", "looking at this machine", lambda stop: self.backend.examine())

    def take_errand(self, kind: str, outcome: Any) -> None:
        """Pass on what came of an errand; other jobs are not its business."""
        if kind.startswith("export-"):
            self.exported.emit(outcome)
            self.notice.emit("info", f"Wrote {outcome}.")
        elif kind == "preview":
            self.preview_ready.emit(outcome)
        elif kind == "doctor":
            self.examined.emit(outcome)
        elif kind == "architectures":
            self.architectures_found.emit(outcome)

    def _submit(self, kind: str, title: str, work: Callable[[threading.Event], Any]) -> None:
        self.worker.submit(Job(kind, title, work))
