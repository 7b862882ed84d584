from __future__ import annotations

import pytest

from engine.case import Case
from engine.case.certifying import certify_run
from engine.core.errors import UserError
from engine.evidence.settings import Execution
from engine.inputs.base import FittedInput, pixels_sha256
from engine.procedures.certify import certify
from tests.cases import SETTINGS, Slow, begun, counted, partly
from tests.fakes import HalfSpace, finish, fitted


@pytest.mark.parametrize("after", [1, 61, 400, 900])
@pytest.mark.parametrize("noise", ["float", "exact"])
def test_a_resumed_run_ends_like_an_uninterrupted_one(case: Case, after: int, noise: str) -> None:
    settings = SETTINGS.model_copy(update={"noise": noise})
    whole = finish(certify(HalfSpace(0.3), fitted(), settings))
    run = begun(case, settings)
    partly(case, run, after)
    again = Case.open(case.path)
    assert begun(again, settings) == run  # the same settings go on with the same run
    found = counted(again, run)
    assert (found.votes, found.chain, found.bounds) == (whole.votes, whole.chain, whole.bounds)
    assert (found.trajectory, found.region) == (whole.trajectory, whole.region)


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
        finish(certify_run(case, run, model, fitted()))
    pixels = fitted(0.1).pixels
    identity = fitted().identity.model_copy(update={"pixels_sha256": pixels_sha256(pixels)})
    with pytest.raises(UserError, match="The input flat is not the one of run 1"):
        finish(certify_run(case, run, HalfSpace(0.3), FittedInput.image(identity, pixels)))
    other = SETTINGS.model_copy(update={"alpha": 0.01})
    with pytest.raises(UserError, match="under other settings"):
        counted(case, run, settings=other)
    changed = Slow(0.3)
    changed.identity = changed.identity.model_copy(update={"normalization": "imagenet"})
    with pytest.raises(UserError, match="another model or under other settings"):
        finish(certify_run(case, run, changed, fitted()))
    assert counted(case, run).complete  # none of them kept the run for itself
