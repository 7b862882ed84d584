"""What is drawn of a run while it goes on, by the worker, in the pauses between its batches."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.evidence.snapshot import Snapshot
    from engine.explain.directions import SliceAxes
    from engine.figures.examples import ExamplesFigure
    from engine.figures.images import SliceFigure
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier
    from engine.regions import Region

AxesKind = Literal["random", "towards", "adversarial", "pixels"]


@dataclass(frozen=True)
class AxesChoice:
    """Which plane through the input to draw; ``towards`` names an image for that kind."""

    kind: AxesKind = "adversarial"
    towards: str = ""


@dataclass
class Sketch:
    """The pictures of one run. The worker sets them, the window reads them with each snapshot."""

    axes: AxesChoice = field(default_factory=AxesChoice)
    slice: SliceFigure | None = None
    examples: ExamplesFigure | None = None


def slice_axes(classifier: Classifier, axes: AxesChoice, seed: int) -> SliceAxes:
    """The plane that was chosen; an image to point to is opened.

    Raises:
        UserError: that image cannot be read, or does not fit the model.
    """
    from engine.explain.directions import SliceAxes
    from engine.inputs import load_input
    from engine.models import fitted as fit

    towards = fit(classifier, load_input(axes.towards)) if axes.kind == "towards" else None
    return SliceAxes(kind=axes.kind, towards=towards, seed=seed)


def sketched(
    procedure: Generator[Snapshot, None, Evidence],
    classifier: Classifier,
    fitted: FittedInput,
    device: str,
    sketch: Sketch,
    stop: threading.Event,
) -> Generator[Snapshot, None, Evidence]:
    """A run whose pauses are used to draw; the run goes on where a picture fails."""
    from engine.explain.live import LiveFigures

    figures = LiveFigures(
        classifier, fitted, lambda seed: slice_axes(classifier, sketch.axes, seed), device, stop
    )
    draws = True
    while True:
        try:
            snapshot = next(procedure)
        except StopIteration as end:
            evidence: Evidence = end.value
            _work_out(evidence.region)
            return evidence
        _work_out(snapshot.region)
        yield snapshot
        if draws and not stop.is_set():
            try:
                figures.follow(snapshot)
            except Exception:  # no claim rests on a picture
                draws = False
            sketch.slice, sketch.examples = figures.slice, figures.examples


def _work_out(region: Region | None) -> None:
    """Ends that take quadratures are kept: the window need not work them out in its turn."""
    if region is not None:
        region.sizes()
