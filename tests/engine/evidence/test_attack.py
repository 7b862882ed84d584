"""An attack in words: away from zero, and never as a guarantee."""

from __future__ import annotations

from engine.core.records import Votes
from engine.evidence.attack import (
    AttackRecord,
    attack_in_words,
    attacked_radius,
    contradicted,
    inside,
    size_in_words,
)
from engine.regions import Ball, Turn

NAMES = ("cat", "dog")
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


def test_what_was_found_is_no_guarantee_and_a_contradiction_is_said_first() -> None:
    said = attack_in_words(FOUND, "cat", NAMES, Ball(norm="l2", radius=0.4, unit="u"))
    assert said.startswith("A change of radius 0.5001 takes the smoothed model from 'cat' to 'dog'")
    square = attack_in_words(FOUND, "cat", NAMES, Ball(norm="linf", radius=0.4, unit="u"))
    assert square.startswith("A change of radius 0.5001 (linf norm) takes")
    assert "no guarantee" in said and attacked_radius(FOUND) == 0.50001
    broken = FOUND.model_copy(update={"contradicts": True})
    assert attack_in_words(broken, "cat", NAMES, None).startswith("CONTRADICTION: a change")
    why = attack_in_words(broken, "", NAMES, None)
    assert "by chance" not in said and "chance was against it" in why


def test_a_contradiction_is_seen_whatever_is_recorded_of_it() -> None:
    ball = Ball(norm="l2", radius=0.6, unit="u")
    assert not FOUND.contradicts and contradicted(ball, FOUND)
    assert attack_in_words(FOUND, "cat", NAMES, ball).startswith("CONTRADICTION")
    assert not contradicted(None, FOUND) and not contradicted(ball, None)
    assert not contradicted(ball, FOUND.model_copy(update={"perturbation": {"bogus": 0.1}}))


def test_nothing_found_shows_nothing() -> None:
    none = AttackRecord(outcome="not found", how="No change was found.")
    assert attack_in_words(none, "cat", NAMES, None) == (
        "No change was found. That shows nothing: a better attack may find one."
    )
    open_ = AttackRecord(outcome="not confirmed", how="x")
    assert "PREDICT confirmed none" in attack_in_words(open_, "cat", NAMES, None)
    refused = AttackRecord(outcome="not tried", how="No attack is built for x.")
    assert attack_in_words(refused, "cat", NAMES, None) == "No attack is built for x."
    assert attacked_radius(None) is None


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
