import pytest

from engine.errors import UserError
from engine.procedures.certify import certify
from engine.settings import RunSettings
from tests.fakes import HalfSpace, finish, fitted


def run(threshold: float, target: float, bound: str = "anytime"):
    settings = RunSettings(n0=50, n=100_000, bound=bound, target_radius=target, batch=500)
    return finish(certify(HalfSpace(threshold), fitted(), settings))


@pytest.mark.parametrize("bound", ["live", "anytime"])
def test_stops_as_soon_as_the_target_is_certified(bound: str):
    found = run(0.3, 0.2, bound)
    assert found.stop_reason == "target certified"
    assert found.radius > 0.2 and found.outcome == "certified"
    assert sum(found.votes.estimation) < 20_000


def test_gives_up_when_the_target_is_out_of_reach():
    found = run(0.1, 0.4)
    assert found.stop_reason == "target out of reach"
    assert found.radius < 0.1 and sum(found.votes.estimation) < 20_000


def test_the_decision_does_not_depend_on_the_batch():
    one = run(0.3, 0.25)
    other = finish(
        certify(
            HalfSpace(0.3),
            fitted(),
            RunSettings(n0=50, n=100_000, bound="anytime", target_radius=0.25, batch=64),
        )
    )
    assert one.stop_reason == other.stop_reason


def test_a_fixed_bound_is_refused():
    with pytest.raises(UserError) as caught:
        run(0.3, 0.2, "clopper-pearson")
    assert str(caught.value) == (
        "--target-radius stops early, and the clopper-pearson bound may not be stopped; "
        "choose --bound live or anytime."
    )
