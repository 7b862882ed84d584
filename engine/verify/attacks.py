"""An attack beside a certificate: that it was confirmed, and is not inside what is certified.

The changed input is not in the file: what was measured of it is taken as recorded.
"""

from __future__ import annotations

from engine.attacks.standing import Standing, unranked
from engine.bounds import bound_method
from engine.core.errors import UserError
from engine.core.records import Votes
from engine.evidence.attack import AttackRecord, inside
from engine.evidence.evidence import Evidence
from engine.evidence.settings import PredictSettings
from engine.procedures.bound_trajectory import region_of
from engine.procedures.run_key import run_key
from engine.regions import Region
from engine.verify.compare import differences

ATTACK = "attack on the smoothed model"
"""Name of the claim."""


def check_attack(evidence: Evidence, follows: Region | None = None) -> list[str]:
    """Clauses that say what is wrong; none if all holds.

    A contradiction is wrong even where it is recorded as one: its certificate is not to be used.

    Args:
        evidence: with an attack, or without.
        follows: the region that follows from the votes, whatever the file states.
    """
    attack = evidence.attack
    if attack is None:
        return []
    if attack.outcome != "found":
        extra = (
            attack.perturbation,
            attack.votes,
            attack.found_class,
            attack.p_value,
            attack.outside,
        )
        known = any(one is not None for one in extra) or attack.contradicts
        return ["it states a change that it did not find"] if known else []
    if evidence.predicted_class is None or attack.perturbation is None:
        return ["an attack is held against a certified class and states its change"]
    wrong = _confirmed(evidence, attack)
    regions = (evidence.region, follows)
    if any(inside(one, attack.perturbation) for one in regions) or attack.contradicts:
        wrong.append("a change inside the certified region takes the model to another class")
    return wrong


def _confirmed(evidence: Evidence, attack: AttackRecord) -> list[str]:
    """The votes show that the class has lost its place, by a test that they pass."""
    if set(attack.perturbation or ()) != set(evidence.settings.scheme.terms):
        return ["its change is not in the terms of the scheme"]
    if evidence.settings.scheme.computed:
        return _computed(evidence, attack)
    votes, classes = attack.votes, len(evidence.model.class_names)
    if votes is None or len(votes.counts) != classes or min(*votes.counts, votes.failures) < 0:
        return ["there is not one vote count per class"]
    exact = evidence.settings.kind == "exact"
    if (
        not (0 <= attack.alpha < 1 and exact == attack.counted)
        or attack.tries < 1
        or attack.looks < 0
        or not 0 < votes.n == attack.n
    ):
        return ["its numbers are none of an attack"]
    if exact:
        return _counted(evidence, attack, votes)
    standing = Standing.recorded(evidence.settings.scheme, attack)
    if standing is None or evidence.predicted_class is None:
        return ["what it takes from the class is not what the scheme certifies"]
    leads, p_value = standing.test(votes, evidence.predicted_class)
    wrong = differences(attack.p_value, p_value, "attack.p_value")
    wrong += differences(attack.found_class, leads, "attack.found_class")
    wrong += differences(attack.outside, None, "attack.outside")
    if p_value > attack.alpha / attack.tries:
        wrong.append("its votes do not show that the class has lost what was certified")
    key = f"{_key(evidence, attack):016x}"
    return wrong + differences(attack.key, key, "attack.key")


def _counted(evidence: Evidence, attack: AttackRecord, votes: Votes) -> list[str]:
    """All samples of the noise name another class, which leaves nothing to test."""
    settings = evidence.settings
    bounds = bound_method("enumeration").at(votes, top=votes.top, alpha=0.0, n_plan=settings.n)
    wrong = differences(attack.found_class, votes.top, "attack.found_class")
    wrong += differences(attack.n, settings.n, "attack.n")
    wrong += differences(attack.p_value, None, "attack.p_value")
    wrong += differences(attack.key, "", "attack.key")
    wrong += differences(attack.outside, None, "attack.outside")
    wrong += differences(attack.lost, "lead", "attack.lost")
    if region_of(settings.scheme, bounds) is None or votes.top == evidence.predicted_class:
        wrong.append("its votes do not show another class")
    return wrong


def _computed(evidence: Evidence, attack: AttackRecord) -> list[str]:
    """The other class is the more probable one, and nothing was drawn to show it."""
    wrong = differences(attack.votes, None, "attack.votes")
    wrong += differences(attack.p_value, None, "attack.p_value")
    wrong += differences(attack.key, "", "attack.key")
    wrong += differences(attack.lost, "lead", "attack.lost")
    if not attack.computed or attack.tries != 1 or attack.looks < 0:
        wrong.append("its numbers are none of an attack that computes")
    other = attack.found_class in range(len(evidence.model.class_names))
    if not other or attack.found_class == evidence.predicted_class:
        wrong.append("it leads to no other class")
    if attack.outside is None or not 0 <= attack.outside < 0.5:
        wrong.append("its probability does not show another class")
    return wrong


def _key(evidence: Evidence, attack: AttackRecord) -> int:
    """The noise key of PREDICT at the changed input."""
    settings = evidence.settings
    if settings.kind not in ("certify", "sweep"):
        raise UserError("only votes drawn at random confirm an attack")
    scheme = unranked(settings.scheme)
    asked = PredictSettings(scheme=scheme, noise=settings.noise, seed=settings.seed)
    return run_key(asked, model_sha256=evidence.model.sha256, pixels_sha256=attack.pixels_sha256)
