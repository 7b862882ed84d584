"""What the worker does for a comparison of schemes: who may take part, and what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.evidence.settings import USUAL, CertifySettings, Execution, seeded
from engine.regions import Norm
from gui.jobs.engine_jobs import PATIENCE

if TYPE_CHECKING:
    from engine.comparison import Attacker, Candidate, TradeOff
    from engine.comparison.landscape import Landscape
    from engine.models.request import ModelRequest
    from engine.schemes import Scheme


@dataclass(frozen=True)
class CompareWish:
    """What to compare.

    Attributes:
        candidates: at least one.
        inputs: spec of one input, or of a set.
        limit: so many inputs of a set at most, drawn by lot.
        settings: n0, n, alpha and the rest; their scheme is not used.
        execution: of every run.
        norm: of the attackers.
    """

    candidates: tuple[Candidate, ...]
    inputs: str
    limit: int
    settings: CertifySettings
    execution: Execution = USUAL
    norm: Norm = "l2"


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


def shipped() -> tuple[Candidate, ...]:
    """The shipped models that answer an attacker of pixels and strength."""
    from engine.comparison.demo_models import shipped_candidates

    return shipped_candidates()


def candidate_of(request: ModelRequest, otherwise: Scheme) -> Candidate:
    """A model with the noise it was trained for.

    Args:
        request: names it.
        otherwise: the noise where the model does not say, if that answers such attackers.

    Raises:
        UserError: it does not open, or cannot take part.
    """
    from engine.comparison.demo_models import candidate
    from engine.models import load_model
    from engine.schemes.attacker import comparable

    model = load_model(request)
    try:
        known = otherwise if comparable(type(otherwise)) else None
        return candidate((request, model.identity), known)
    finally:
        model.unload()


def compared(wish: CompareWish, stop: threading.Event) -> Generator[Compared, None, Compared]:
    """Compare, and look at every region as it comes.

    Raises:
        UserError: a model or input does not open, or they do not fit.
    """
    from engine.comparison.compare import compare
    from engine.comparison.landscape import Surveyor
    from engine.inputs import drawn, expand

    settings, found = seeded(wish.settings), expand(wish.inputs)
    assert settings.seed is not None
    surveyor = Surveyor(wish.norm)
    run = compare(
        wish.candidates,
        drawn(found, wish.limit, settings.seed),
        settings,
        available=len(found),
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
