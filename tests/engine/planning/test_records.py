"""What the planner takes and gives."""

import pytest

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import Votes
from engine.planning import Pilot, PlanResult
from engine.planning.planner import plan
from engine.schemes import Gaussian
from tests.test_architecture import loads


def test_a_pilot_of_votes_knows_how_the_others_split():
    pilot = Pilot.of(Votes(counts=(5, 80, 10), failures=5))
    assert (pilot.k, pilot.n0, pilot.estimate) == (80, 100, 0.8)
    assert pilot.runner_up == 0.5
    assert Pilot.of(Votes(counts=(0, 9))).runner_up == 1.0


@pytest.mark.parametrize("k, n0", [(11, 10), (-1, 10), (0, 0)])
def test_impossible_pilots_are_refused(k, n0):
    with pytest.raises(UserError):
        checked(Pilot, k=k, n0=n0)


def test_the_sentence_of_too_many_votes():
    with pytest.raises(UserError, match=r"11 votes are more than the 10 drawn"):
        checked(Pilot, k=11, n0=10)


def test_a_plan_round_trips():
    made = plan(
        scheme=Gaussian(sigma=0.5),
        alpha=0.001,
        bound="live",
        n=1000,
        pilot=Pilot(k=97, n0=100),
        target="radius=0.25",
    )
    assert PlanResult.model_validate_json(made.model_dump_json()) == made


def test_the_types_need_neither_torch_nor_scipy():
    assert not loads("import engine.planning, engine.replay") & {"torch", "scipy", "PySide6"}
