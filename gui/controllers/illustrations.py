"""The images beside a result: a slice through the input, and examples."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.evidence.evidence import Evidence
from engine.figures import ExamplesFigure, Illustrations, SliceFigure, has_slice
from gui.jobs.engine_jobs import AxesChoice, Backend, Subject
from gui.jobs.worker import Job, Worker

SLICE, EXAMPLES = "slice", "examples"


class Images(QObject):
    """Draws for one result at a time; whatever belongs to an older one is dropped."""

    changed = Signal()

    def __init__(self, worker: Worker, backend: Backend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.axes = AxesChoice()
        self.slice: SliceFigure | None = None
        self.examples: ExamplesFigure | None = None
        self._worker, self._backend = worker, backend
        self._result: tuple[Subject, Evidence] | None = None
        worker.snapshot.connect(self._take)
        worker.done.connect(self._take)

    @property
    def illustrations(self) -> Illustrations:
        """All of them, as far as they are drawn."""
        return Illustrations(region=self.slice, examples=self.examples)

    def draw(self, subject: Subject, evidence: Evidence) -> None:
        """Draw for a new result."""
        self._result = (subject, evidence)
        self._worker.submit(
            Job(
                EXAMPLES,
                "drawing noisy samples",
                lambda stop: self._backend.examples(subject, evidence),
            )
        )
        self._draw_slice()

    def choose_axes(self, axes: AxesChoice) -> None:
        """Draw the slice along other axes, now and for later results."""
        self.axes = axes
        self._draw_slice()

    def clear(self) -> None:
        """Forget the result and what was drawn for it."""
        self._worker.drop(SLICE)
        self._worker.drop(EXAMPLES)
        self.slice = self.examples = self._result = None
        self.changed.emit()

    def _draw_slice(self) -> None:
        if self._result is None or not has_slice(self._result[1]):
            return
        (subject, evidence), axes = self._result, self.axes
        self._worker.submit(
            Job(
                SLICE,
                "drawing the region",
                lambda stop: self._backend.explore(subject, evidence, axes, stop),
            )
        )

    @Slot(str, object)
    def _take(self, kind: str, figure: Any) -> None:
        if kind == SLICE:
            self.slice = figure
        elif kind == EXAMPLES:
            self.examples = figure
        else:
            return
        self.changed.emit()
