from __future__ import annotations

import threading

import pytest

from engine.case import Case
from engine.case.counting import count_run
from engine.core.errors import UserError
from engine.evidence.settings import Execution, RunSettings
from engine.inputs.base import FittedInput, pixels_sha256
from engine.procedures.certify import certify
from engine.procedures.run import Run
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.cases import DECIDED, PREDICTED, SETTINGS, Slow, begun, counted, partly
from tests.fakes import HalfSpace, finish, fitted


@pytest.mark.walk
@pytest.mark.parametrize("after", [1, 61, 400, 900])
@pytest.mark.parametrize("noise", ["float", "exact"])
def test_a_resumed_run_ends_like_an_uninterrupted_one(case: Case, after: int, noise: str) -> None:
    settings = SETTINGS.model_copy(update={"noise": noise})
    whole = finish(certify(HalfSpace(0.3), fitted(), settings))
    run = begun(case, settings)
    partly(case, run, after)
    again = Case.open(case.path)
    asked = again.resume(run).function_check
    assert begun(again, settings) == run  # the same settings go on with the same run
    found = counted(again, run)
    assert asked is not None and found.function_check is not None
    assert found.function_check.answers > asked.answers > 0  # of both parts
    assert (found.votes, found.chain, found.bounds) == (whole.votes, whole.chain, whole.bounds)
    assert (found.trajectory, found.region) == (whole.trajectory, whole.region)


@pytest.mark.walk
@pytest.mark.parametrize("settings", [SETTINGS, PREDICTED, DECIDED], ids=lambda one: one.kind)
def test_a_run_that_an_older_program_began_goes_on_with_its_chain(
    case: Case, settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hash chain begins without architecture, normalisation and class names."""
    with monkeypatch.context() as then:
        ours = Run.chain_starts
        then.setattr(Run, "chain_starts", lambda run, votes: (ours(run, votes)[1],) * 2)
        run = begun(case, settings)
        partly(case, run, 400)
    again = Case.open(case.path)
    assert again.damaged() == {}
    before = again.resume(run).blocks
    found = counted(again, run)
    assert found.chain is not None and before and found.chain.blocks[0] == before[0]
    assert all(claim.verdict == "holds" for claim in check_counts(recount_of(found)))
    assert Case.open(case.path).damaged() == {}


def test_a_new_run_may_be_asked_for(case: Case) -> None:
    run = begun(case)
    case.release(run)
    assert begun(case) == run
    second = begun(case, new_run=True)
    assert second != run
    assert counted(case, second).run_number == 1  # on the same noise it is the same try
    fresh = SETTINGS.model_copy(update={"seed": None, "bound": "live", "alpha": 0.01})
    third = counted(case, begun(case, fresh))
    assert (third.run_number, third.runs_counted, third.tries_known_to) == (2, 2, "case")
    assert third.statement.endswith("Try 2 of 2 known to this case.")


def test_without_a_seed_the_unfinished_run_is_resumed_with_its_own(case: Case) -> None:
    fresh = SETTINGS.model_copy(update={"seed": None})
    run = begun(case, fresh)
    partly(case, run, 400)
    drawn = case.configuration(run).settings
    assert drawn.seed is not None and drawn.seed_origin == "drawn"
    assert begun(case, fresh) == run
    assert begun(case, fresh.model_copy(update={"n": 5000})) != run
    assert counted(case, run).settings == drawn
    other = case.configuration(begun(case, fresh)).settings
    assert other.seed != drawn.seed
    given = case.configuration(begun(case, SETTINGS)).settings
    assert (given.seed, given.seed_origin) == (0, "given")


def test_a_finished_run_is_not_gone_on_with(case: Case) -> None:
    counted(case, begun(case))
    assert begun(case) == 2


def test_another_device_or_batch_counts_the_same(case: Case) -> None:
    run = begun(case)
    partly(case, run, 500)
    found = counted(case, run, execution=Execution(batch=13))
    assert found.votes == finish(certify(HalfSpace(0.3), fitted(), SETTINGS)).votes
    assert Case.open(case.path).damaged() == {}


def test_questions_are_answered_at_the_end(case: Case) -> None:
    run = begun(case, at=("radius=0.01",))
    assert counted(case, run).certified_at == {"radius=0.01": True}
    second = begun(case, at=("radius=0.01",))
    assert counted(case, second, at=("radius=9",)).certified_at == {"radius=9": False}


def test_another_model_input_or_setting_is_refused(case: Case) -> None:
    run = begun(case)
    model = HalfSpace(0.3)
    model.identity = model.identity.model_copy(update={"sha256": "f" * 64})
    with pytest.raises(UserError, match=r"is not the one of run 1: its sha256 is ffffffffffff"):
        finish(count_run(case, run, model, fitted()))
    pixels = fitted(0.1).pixels
    identity = fitted().identity.model_copy(update={"pixels_sha256": pixels_sha256(pixels)})
    with pytest.raises(UserError, match="The input flat is not the one of run 1"):
        finish(count_run(case, run, HalfSpace(0.3), FittedInput.image(identity, pixels)))
    other = SETTINGS.model_copy(update={"alpha": 0.01})
    with pytest.raises(UserError, match="under other settings"):
        counted(case, run, settings=other)
    changed = Slow(0.3)
    changed.identity = changed.identity.model_copy(update={"normalization": "imagenet"})
    with pytest.raises(UserError, match="another model or under other settings"):
        finish(count_run(case, run, changed, fitted()))
    assert counted(case, run).complete  # none of them kept the run for itself


KEPT = ("observations", "chain", "decision", "test", "bounds", "trajectory", "statement")


@pytest.mark.walk
@pytest.mark.parametrize("settings", [SETTINGS, PREDICTED, DECIDED], ids=lambda one: one.kind)
def test_wherever_a_run_breaks_off_it_is_resumed_to_the_same(
    case: Case, settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.sampling.sampler.SNAPSHOT_SECONDS", 0.0)
    whole = counted(case, begun(case, settings))
    assert whole.chain is not None and whole.complete
    planned = sum(block.n for block in whole.chain.blocks)
    for after in range(1, planned, 130):
        other = case.path.with_name(f"{after}.certiscope")
        broken = Case.create(other)
        run = begun(broken, settings)
        before = partly(broken, run, after, HalfSpace(0.3))
        opened = Case.open(other)
        assert not opened.damaged() and opened.row(run).resumable
        assert opened.row(run).counted == sum(block.n for block in before.blocks)
        assert begun(opened, settings.model_copy(update={"seed": None})) == run
        again = counted(opened, run)
        for name in KEPT:
            assert getattr(again, name) == getattr(whole, name), (name, after)
        closed = Case.open(other)
        assert not closed.damaged() and closed.evidence(run) == again
        assert closed.row(run).state == "finished"


@pytest.mark.parametrize("settings", [PREDICTED, DECIDED], ids=lambda one: one.kind)
def test_a_stopped_test_or_decision_is_resumed_too(case: Case, settings: RunSettings) -> None:
    whole, stop = counted(case, begun(case, settings)), threading.Event()
    run = begun(case, settings, new_run=True)
    procedure = count_run(case, run, Slow(0.3), fitted(), stop=stop, seconds=0.0)
    for snapshot in procedure:
        if snapshot.n_done > 400:
            stop.set()
    assert case.row(run).state == "stopped" and 0 < case.row(run).counted < 1700
    again = counted(case, run)
    assert (again.chain, again.decision) == (whole.chain, whole.decision)
    assert not Case.open(case.path).damaged()
