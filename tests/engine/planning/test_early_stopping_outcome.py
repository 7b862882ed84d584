"""What the votes of a decision amount to, worked out again from a run's record."""

import pytest

from engine.core.records import Votes
from engine.evidence.settings import DecideSettings
from engine.planning.early_stopping_outcome import decision_facts, phase_points
from engine.planning.early_stopping_rule import Rule
from engine.schemes import Gaussian
from tests.factories import make_input

NAMES = ("cat", "dog")
FIRST = Votes(counts=(1, 99))


def facts(*estimations, radius=0.25, plan=(100, 1000), selection=None, **changes):
    settings = DecideSettings(
        scheme=Gaussian(sigma=0.5),
        n0=100,
        n=1000,
        target=f"radius={radius}",
        phases=plan,
        **changes,
    )
    rule = Rule.of(settings)
    phases = [(FIRST, Votes(counts=counts)) for counts in estimations]
    open_ = selection is not None or not phases
    return decision_facts(
        settings=settings,
        rule=rule,
        phases=phases,
        selection=(selection or Votes(counts=(0, 0))) if open_ else FIRST,
        estimation=Votes(counts=(0, 0)) if open_ else phases[-1][1],
        class_names=NAMES,
        given=make_input(),
    )


def test_certified_in_the_first_phase():
    found = facts((0, 100))
    assert found["outcome"] == "certified" and found["class_name"] == "dog"
    assert found["region"].contains({"radius": 0.25})
    assert found["radius"] == found["region"].radius
    assert found["certified_at"] == {"radius=0.25": True}
    assert found["abstention"] is None and found["complete"]
    assert found["statement"].endswith("changes the smoothed model's prediction 'dog'.")
    decision = found["decision"]
    assert (decision.verdict, decision.samples_used, decision.samples_saved) == (
        "certified",
        200,
        900,
    )


def test_a_smaller_region_is_not_claimed_instead():
    found = facts((10, 90), (150, 850), radius=0.6)
    assert found["decision"].verdict == "undecided"
    assert found["bounds"].p_lower > 0.8  # it would certify a smaller radius
    assert found["region"] is None and found["radius"] is None
    assert found["outcome"] == "abstained" and found["complete"]


def test_given_up():
    found = facts((50, 50), radius=0.6)
    assert found["decision"].verdict == "given up"
    assert found["abstention"].reason == "out-of-reach"
    assert found["statement"].startswith("Nothing is certified: radius=0.6 was given up after")


@pytest.mark.parametrize(
    "estimations, selection, used",
    [
        ((), Votes(counts=(0, 40)), 40),  # while the first class was chosen
        ((), Votes(counts=(0, 100)), 100),  # right after that
        (((0, 60),), None, 160),  # within a phase
        (((10, 90),), Votes(counts=(0, 30)), 230),  # while the next class was chosen
    ],
)
def test_stopped(estimations, selection, used):
    found = facts(*estimations, selection=selection, radius=0.6)
    assert found["decision"].verdict == "stopped" and not found["complete"]
    assert found["decision"].samples_used == used
    assert found["abstention"].reason == "stopped-early"
    assert found["region"] is None


def test_exact_noise_is_said():
    assert "in exact arithmetic" in facts((0, 100), noise="exact")["statement"]


def test_points_are_the_ends_of_phases():
    rule = Rule(Gaussian(), {"radius": 0.1}, 0.001, 0.0001, (100, 1000))
    phases = [(FIRST, Votes(counts=(1, 99))), (FIRST, Votes(counts=(9, 491)))]
    points = phase_points(rule, phases)
    assert [(point.n, point.k, point.valid) for point in points] == [
        (100, 99, True),
        (500, 491, False),
    ]
