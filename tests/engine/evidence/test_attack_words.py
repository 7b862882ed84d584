"""An attack in words: away from zero, and never as a guarantee."""

from __future__ import annotations

from typing import Any

from engine.core.records import Votes
from engine.evidence.attack import AttackRecord
from engine.evidence.attack_words import attack_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.regions import Ball
from engine.schemes import Gaussian
from tests.factories import make_evidence

FOUND = AttackRecord(
    outcome="found",
    how="bisection.",
    perturbation={"radius": 0.50001},
    votes=Votes(counts=(10, 90)),
    n=100,
    alpha=0.001,
    found_class=1,
)


def certified(attack: AttackRecord, radius: float = 0.4, norm: Any = "l2") -> Evidence:
    """Of class 7."""
    ball = Ball(norm=norm, radius=radius, unit="u")
    return make_evidence(region=ball, radius=radius, attack=attack)


def test_what_was_found_is_no_guarantee_and_a_contradiction_is_said_first() -> None:
    said = attack_in_words(certified(FOUND))
    assert said.startswith("A change of radius 0.5001 takes the smoothed model from '7' to '1', by")
    assert "by 100 fresh votes at alpha = 0.001" in said and "no guarantee" in said
    square = attack_in_words(certified(FOUND, norm="linf"))
    assert square.startswith("A change of radius 0.5001 (linf norm) takes")
    for broken in (certified(FOUND.model_copy(update={"contradicts": True})),
                   certified(FOUND, radius=0.6)):  # fmt: skip
        why = attack_in_words(broken)
        assert why.startswith("CONTRADICTION: a change") and "chance was against it" in why
        assert why.endswith("the sum of their alphas.")


def test_what_is_counted_or_computed_leaves_nothing_to_chance() -> None:
    counted = FOUND.model_copy(update={"alpha": 0.0})
    assert "by all 100 samples of the noise, counted" in attack_in_words(certified(counted))
    computed = FOUND.model_copy(update={"alpha": 0.0, "n": 0, "votes": None, "outside": 0.3})
    assert "to '1', by its computed probability. That is" in attack_in_words(certified(computed))
    broken = attack_in_words(certified(computed, radius=0.6))
    assert broken.endswith("Model or program is broken.")


def test_a_place_among_the_first_is_not_a_lead() -> None:
    ranked = CertifySettings(scheme=Gaussian(top_k=2))
    evidence = certified(FOUND.model_copy(update={"lost": "rank"}))
    said = attack_in_words(evidence.model_copy(update={"settings": ranked}))
    assert "takes '7' from among the 2 most probable classes of the smoothed model, by" in said


def test_nothing_found_shows_nothing() -> None:
    none = AttackRecord(outcome="not found", how="No change was found.", n=100, alpha=0.001)
    assert attack_in_words(certified(none)) == (
        "No change was found. That shows nothing: a better attack may find one."
    )
    open_ = none.model_copy(update={"outcome": "not confirmed"})
    assert "but PREDICT confirmed none" in attack_in_words(certified(open_))
    bare = open_.model_copy(update={"n": 0, "alpha": 0.0})
    assert "but the computed probability confirmed none" in attack_in_words(certified(bare))
    refused = AttackRecord(outcome="not tried", how="No attack is built for x.")
    assert attack_in_words(certified(refused)) == "No attack is built for x."
    assert attack_in_words(make_evidence()) == ""
