"""A running snapshot and the evidence that it ends in are read alike."""

from __future__ import annotations

from typing import Any

import pytest

from engine.evidence.evidence import Evidence
from engine.evidence.run_view import RunView
from engine.evidence.settings import CertifySettings, DecideSettings, ExactSettings, PredictSettings
from engine.evidence.snapshot import Snapshot
from engine.figures.bounds import bounds_figure
from engine.figures.standing import standing
from engine.figures.votes import votes_figure
from engine.procedures.adaptive import decide
from engine.procedures.certify import certify
from engine.procedures.predict import predict
from engine.schemes import DssnL1
from tests.fakes import HalfSpace, fitted

NAMES = ("class 0", "class 1")
FACTS = ("run_id", "settings", "selection", "estimation", "bounds", "region", "trajectory")
RUNS: dict[str, Any] = {
    "certify": lambda: certify(HalfSpace(0.3), fitted(), CertifySettings(n0=20, n=300)),
    "exact": lambda: certify(HalfSpace(0.9), fitted(0.2), ExactSettings(scheme=DssnL1(lam=0.1))),
    "predict": lambda: predict(HalfSpace(0.3), fitted(), PredictSettings(n=300)),
    "decide": lambda: decide(
        HalfSpace(0.3), fitted(), DecideSettings(n0=20, n=300, target="radius=0.3", phases=(300,))
    ),
}


def ends(kind: str) -> tuple[Snapshot, Evidence]:
    """The last snapshot of a run, and its evidence."""
    run, last = RUNS[kind](), None
    while True:
        try:
            last = next(run)
        except StopIteration as end:
            assert last is not None
            return last, end.value


@pytest.mark.parametrize("kind", ["certify", "exact", "predict"])
def test_the_last_snapshot_and_the_evidence_are_one_view(kind: str) -> None:
    views: tuple[RunView, RunView] = ends(kind)
    running, ended = views
    for name in FACTS:
        assert getattr(running, name) == getattr(ended, name), name
    assert running.settings.kind == kind and running.n_plan == ended.n_plan
    if kind != "predict":  # whose class is not chosen before its last vote
        assert votes_figure(running, NAMES) == votes_figure(ended, NAMES)
        assert running.top == ended.top
    assert bounds_figure(running, NAMES).points == bounds_figure(ended, NAMES).points
    assert standing(running) == standing(ended)


def test_a_decision_shows_its_phase_at_hand() -> None:
    running, ended = ends("decide")
    assert (running.selection, running.estimation) == (ended.selection, ended.estimation)
    assert running.top == ended.top and ended.n_plan == 300
    assert bounds_figure(running, NAMES).provisional == ()
