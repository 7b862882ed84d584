"""A run that a worker counts is the procedure that it would be here."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cluster.crew import Counted, Done, Failed
from engine.cluster.run_elsewhere import RunElsewhere
from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.evidence.settings import CertifySettings, Execution
from engine.evidence.snapshot import Snapshot
from engine.procedures.certify import certify
from engine.procedures.prepared import PreparedModel
from tests.fakes import HalfSpace, fitted

MODEL, GIVEN = HalfSpace(0.4), fitted(0.1)
SETTINGS = CertifySettings(n0=30, n=200, seed=1)
ONE_BY_ONE = Execution(batch=50, device="cpu")


@pytest.fixture
def run() -> RunElsewhere:
    found = RunElsewhere(0, "flat")
    first = found.open(lambda spec, given, begin: begin(MODEL, given, SETTINGS), GIVEN)
    assert isinstance(first, Snapshot) and (first.n_done, first.phase) == (0, "selection")
    return found


def test_the_run_is_the_one_that_certify_makes_here(
    run: RunElsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told in parts, and resumed by another from any of them, as its votes are of a whole one."""
    monkeypatch.setattr("engine.sampling.sampler.SNAPSHOT_SECONDS", 0.0)
    seen, prepared = list[Snapshot](), PreparedModel(MODEL)
    task = run.task
    assert task is not None and task.pixels_sha256 == GIVEN.identity.pixels_sha256
    evidence = result_of(
        certify(
            MODEL,
            GIVEN,
            SETTINGS,
            execution=ONE_BY_ONE,
            resume=task.resume,
            prepared=prepared,
        ),
        seen.append,
    )
    assert len(seen) >= 4
    known = 0
    for snapshot in seen:
        first = max(0, known - 1)
        part = snapshot.model_copy(update={"blocks": snapshot.blocks[first:]})
        assert run.hear(Counted(0, part, first)) == snapshot
        known = len(snapshot.blocks)
        task = run.task
        assert task is not None
        again = result_of(certify(MODEL, GIVEN, SETTINGS, resume=task.resume, prepared=prepared))
        assert (again.observations, again.chain) == (evidence.observations, evidence.chain)
        assert again.run_id == evidence.run_id
    assert run.hear(Done(0, evidence)) is evidence


def test_a_run_fails_in_the_sentence_of_its_worker(run: RunElsewhere) -> None:
    outcome = run.hear(Failed(0, "The model fails on this input."))
    assert isinstance(outcome, UserError) and str(outcome) == "The model fails on this input."

    def refused(*_: object) -> object:
        raise UserError("The case is full.")

    outcome = RunElsewhere(0, str(Path())).open(refused, GIVEN)  # type: ignore[arg-type]
    assert str(outcome) == "The case is full."
