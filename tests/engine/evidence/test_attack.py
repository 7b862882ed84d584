"""What is recorded of an attack, and when it refutes what is certified."""

from __future__ import annotations

from engine.core.records import Votes
from engine.evidence.attack import (
    AttackRecord,
    attacked_radius,
    contradicted,
    inside,
    size_in_words,
)
from engine.regions import Ball, Turn

FOUND = AttackRecord(
    outcome="found",
    how="bisection.",
    perturbation={"radius": 0.50001},
    votes=Votes(counts=(10, 90)),
    alpha=0.001,
    found_class=1,
)


def test_sizes_are_rounded_away_from_zero() -> None:
    assert size_in_words({"radius": 0.50001}) == "radius 0.5001"
    assert size_in_words({"entities": 1200.0, "epsilon": 0.1}) == "entities 1,200, epsilon 0.1001"
    assert size_in_words({"brightness": -0.25001}) == "brightness -0.2501"


def test_a_radius_is_that_of_a_ball_alone() -> None:
    assert attacked_radius(FOUND) == 0.50001 and attacked_radius(None) is None


def test_a_contradiction_is_seen_whatever_is_recorded_of_it() -> None:
    ball = Ball(norm="l2", radius=0.6, unit="u")
    assert not FOUND.contradicts and contradicted(ball, FOUND)
    assert not contradicted(None, FOUND) and not contradicted(ball, None)
    assert not contradicted(ball, FOUND.model_copy(update={"perturbation": {"bogus": 0.1}}))


def test_computed_and_counted_attacks_are_told_apart() -> None:
    assert not FOUND.computed and not FOUND.counted
    nothing = {"alpha": 0.0, "votes": None}
    assert FOUND.model_copy(update=nothing).computed
    assert FOUND.model_copy(update={**nothing, "n": 10}).counted
    assert not AttackRecord(outcome="not tried", how="x").computed


def test_what_is_usual_is_not_written() -> None:
    assert not {"lost", "outside"} & FOUND.model_dump().keys()
    other = FOUND.model_copy(update={"lost": "rank", "outside": 0.25})
    assert AttackRecord.model_validate_json(other.model_dump_json()) == other


def test_a_change_at_the_open_edge_is_outside() -> None:
    ball = Ball(norm="l2", radius=0.5, unit="u")
    assert inside(ball, {"radius": 0.4999}) and not inside(ball, {"radius": 0.5})
    assert not inside(None, {"radius": 0.0})


def test_more_terms_than_a_region_speaks_of_are_held_against_it_too() -> None:
    turn = Turn(term="rotation", noun="rotation", unit="degrees", lower=-3, upper=9, low=-9, high=9)
    change = {"rotation": 8.0, "brightness": 0.0, "radius": 0.0}
    assert inside(turn, change) and not inside(turn, {**change, "brightness": 0.1})
    assert not inside(turn, {**change, "rotation": -4.0}) and not inside(turn, {"brightness": 0.0})
    assert size_in_words(change) == "rotation 8"
    turned = FOUND.model_copy(update={"perturbation": change})
    assert attacked_radius(turned) is None and contradicted(turn, turned)
