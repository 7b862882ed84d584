"""Comparisons of schemes, handed to the worker: who may take part, and what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.evidence.settings import USUAL, CertifySettings, Execution
from gui.jobs.case_jobs import PATIENCE
from gui.jobs.worker import Job, Worker

if TYPE_CHECKING:
    from engine.comparison import Attacker, Candidate, TradeOff
    from engine.comparison.landscape import Landscape
    from engine.schemes import Scheme

SHIPPED, ADD, COMPARE, WRITE = "shipped", "candidate", "tradeoff", "write-tradeoff"
_YIELDS_TO = ("run", "model", "input", "verify", "replay", "case")
"""Jobs of a person who does something else meanwhile."""


@dataclass(frozen=True)
class CompareWish:
    """What to compare.

    Attributes:
        candidates: at least one.
        inputs: spec of one input, or of a set.
        limit: so many inputs of a set at most.
        settings: n0, n, alpha and the rest; their scheme is not used.
        execution: of every run.
    """

    candidates: tuple[Candidate, ...]
    inputs: str
    limit: int
    settings: CertifySettings
    execution: Execution = USUAL


@dataclass(frozen=True)
class Compared:
    """A comparison as it stands.

    Attributes:
        land: the comparison with the reach of every region.
        share: how much is done, from 0 to 1.
        runs, total: runs that have ended, and all.
        doing: whose run it is, on which input.
    """

    land: Landscape
    share: float
    runs: int
    total: int
    doing: str = ""


class Comparing(QObject):
    """Hands comparisons to the worker and says what came of them.

    Signals:
        shipped: the shipped candidates.
        added: one more candidate.
        grown: a comparison that goes on.
        ended: one that has ended, whole or stopped.
        written: the path of a file.
        failed: a kind and a sentence.
        yielded: a comparison was stopped because something else was asked for.
    """

    shipped = Signal(object)
    added = Signal(object)
    grown = Signal(object)
    ended = Signal(object)
    written = Signal(object)
    failed = Signal(str, str)
    yielded = Signal()

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._signals = {
            SHIPPED: self.shipped,
            ADD: self.added,
            COMPARE: self.ended,
            WRITE: self.written,
        }
        worker.done.connect(self._take)
        worker.failed.connect(self._complain)
        worker.snapshot.connect(self._grow)
        worker.began.connect(self._give_way)

    @property
    def going(self) -> bool:
        """Whether a comparison is at work."""
        return self._worker.busy(COMPARE)

    def look(self) -> None:
        """Find the shipped candidates."""
        self._submit(SHIPPED, "looking for models to compare", lambda stop: shipped())

    def add(self, spec: str, otherwise: Scheme) -> None:
        """Read a model; ``otherwise`` is its noise if its file does not say."""
        self._submit(ADD, f"opening {spec}", lambda stop: candidate_of(spec, otherwise))

    def compare(self, wish: CompareWish) -> None:
        """Start a comparison."""
        self._submit(COMPARE, "comparing schemes", lambda stop: compared(wish, stop))

    def stop(self) -> None:
        """End it; what was compared is kept."""
        self._worker.stop(COMPARE)

    def write(self, result: TradeOff, attacker: Attacker, path: Path) -> None:
        """Write a comparison as its suffix says: .json or .csv."""
        self._submit(WRITE, f"writing {path.name}", lambda stop: written(result, attacker, path))

    def _submit(self, kind: str, title: str, work: Callable[[threading.Event], Any]) -> None:
        self._worker.submit(Job(kind, title, work))

    @Slot(str, object)
    def _take(self, kind: str, outcome: Any) -> None:
        if kind in self._signals:
            self._signals[kind].emit(outcome)

    @Slot(str, object)
    def _grow(self, kind: str, snapshot: Any) -> None:
        if kind == COMPARE:
            self.grown.emit(snapshot)

    @Slot(str, object)
    def _complain(self, kind: str, failure: Any) -> None:
        if kind in self._signals:
            self.failed.emit(kind, failure.sentence)

    @Slot(str)
    def _give_way(self, kind: str) -> None:
        """The worker does one thing at a time: whatever else is asked for comes first."""
        if kind in _YIELDS_TO and self.going:
            self.stop()
            self.yielded.emit()


def shipped() -> tuple[Candidate, ...]:
    """The shipped models that answer an attacker of pixels and strength."""
    from engine.comparison.demo_models import shipped_candidates

    return shipped_candidates()


def candidate_of(spec: str, otherwise: Scheme) -> Candidate:
    """A model with the noise it was trained for.

    Raises:
        UserError: it does not open, or cannot take part.
    """
    from engine.comparison.demo_models import candidate
    from engine.models import load_model
    from engine.models.base import ModelRequest
    from engine.schemes.attacker import comparable

    model = load_model(ModelRequest(spec))
    try:
        return candidate(model.identity, otherwise if comparable(type(otherwise)) else None)
    finally:
        model.unload()


def compared(wish: CompareWish, stop: threading.Event) -> Generator[Compared, None, Compared]:
    """Compare, and look at every region as it comes.

    Raises:
        UserError: a model or input does not open, or they do not fit.
    """
    from engine.comparison.compare import compare
    from engine.comparison.landscape import Surveyor
    from engine.inputs import expand

    inputs = expand(wish.inputs)[: wish.limit]
    surveyor = Surveyor()
    run = compare(
        wish.candidates,
        inputs,
        wish.settings,
        execution=wish.execution,
        stop=stop,
        patience=PATIENCE,
    )
    now: Compared | None = None
    for step in run:
        known = now is not None and now.land.result is step.result
        land = now.land if known and now is not None else surveyor.survey(step.result)
        now = Compared(land, step.share, step.runs, step.total, step.doing)
        yield now
    assert now is not None
    return now


def written(result: TradeOff, attacker: Attacker, path: Path) -> Path:
    """Write a comparison as its suffix says: CSV, else JSON.

    Raises:
        UserError: the file cannot be written.
    """
    from engine.comparison.export import write_tradeoff

    return write_tradeoff(result, path, [attacker])
