"""What is drawn beside a result: a slice through the input, and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.evidence.evidence import Evidence
from gui.controllers.loading import Loading
from gui.jobs.engine_jobs import EngineJobs, Subject
from gui.jobs.sketches import AxesChoice, Sketch
from gui.jobs.worker import Lane, Worker

if TYPE_CHECKING:
    from engine.figures.examples import ExamplesFigure
    from engine.figures.images import Illustrations, SliceFigure


class Illustrator(QObject):
    """Draws for one result at a time; whatever belongs to an older one is dropped.

    Attributes:
        axes: the plane to draw.
        slice, examples: of the shown result, as far as they are drawn.
        sketch: of the run that is going, or of the last one.
    """

    changed = Signal()

    def __init__(
        self, worker: Worker, engine: EngineJobs, loading: Loading, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.axes = AxesChoice()
        self.slice: SliceFigure | None = None
        self.examples: ExamplesFigure | None = None
        self.sketch = Sketch()
        self._engine, self._loading = engine, loading
        self._slices, self._exampless = Lane(worker), Lane(worker)
        self._result: tuple[Subject, Evidence] | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being drawn."""
        return self._slices.busy or self._exampless.busy

    @property
    def illustrations(self) -> Illustrations:
        """All of them, as far as they are drawn."""
        from engine.figures.images import Illustrations

        return Illustrations(region=self.slice, examples=self.examples)

    def begin(self) -> Sketch:
        """What the run that starts now is to be drawn in."""
        self.sketch = Sketch(self.axes)
        return self.sketch

    @Slot(object)
    def draw(self, evidence: Evidence) -> None:
        """Draw for a new result."""
        subject = self._loading.subject
        if subject is None:
            return
        self._result = (subject, evidence)
        self._exampless.submit(
            lambda stop: self._engine.examples(subject, evidence),
            "drawing noisy samples",
            on_done=self._show_examples,
        )
        self._draw_slice()

    def choose_axes(self, axes: AxesChoice) -> None:
        """Draw the slice along other axes, now and for later results."""
        self.axes = axes
        if self._result is not None:
            self.sketch = Sketch(axes, examples=self.sketch.examples)
        self._draw_slice()

    @Slot()
    def clear(self) -> None:
        """Forget the result and what was drawn for it."""
        self._slices.drop()
        self._exampless.drop()
        self.slice = self.examples = self._result = None
        self.sketch = Sketch(self.axes)
        self.changed.emit()

    def _draw_slice(self) -> None:
        from engine.figures.images import has_slice

        if self._result is None or not has_slice(self._result[1]):
            return
        (subject, evidence), axes = self._result, self.axes
        self._slices.submit(
            lambda stop: self._engine.explore(subject, evidence, axes, stop),
            "drawing the region",
            on_done=self._show_slice,
            on_snapshot=self._show_slice,
        )

    def _show_slice(self, figure: SliceFigure) -> None:
        self.slice = figure
        self.changed.emit()

    def _show_examples(self, figure: ExamplesFigure | None) -> None:
        self.examples = figure
        self.changed.emit()
