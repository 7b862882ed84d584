"""What an attack on a certified input came to, in words."""

from __future__ import annotations

from engine.core.rounding import exact
from engine.evidence.attack import AttackRecord, size_in_words
from engine.evidence.evidence import Evidence


def attack_in_words(evidence: Evidence) -> str:
    """A sentence or two; empty where there was no attack.

    Args:
        evidence: of a run, with the attack.
    """
    attack, region = evidence.attack, evidence.region
    if attack is None:
        return ""
    if attack.outcome in ("not tried", "not found"):
        return f"{attack.how} {_NO_PROOF}" if attack.outcome == "not found" else attack.how
    if attack.perturbation is None or attack.found_class is None:
        return f"The search found changes, but {_judge(attack)} confirmed none of them. {_NO_PROOF}"
    norm = region.certified_norm if region is not None else None
    said = f" ({norm} norm)" if norm not in (None, "l2") else ""
    effect, by = _effect(evidence, attack, attack.found_class), _confirmation(attack)
    found = f"A change of {size_in_words(attack.perturbation)}{said} {effect}, by {by}"
    if evidence.contradicted:
        why = _BROKEN if attack.computed else f"{_BROKEN}{_CHANCE}"
        return f"CONTRADICTION: {found[0].lower()}{found[1:]}. {why}."
    return f"{found}. {_TIGHTNESS}"


def _effect(evidence: Evidence, attack: AttackRecord, found: int) -> str:
    """What the change does to the class."""
    top, names = evidence.class_name or "", evidence.model.class_names
    if attack.lost == "lead":
        return f"takes the smoothed model from '{top}' to '{names[found]}'"
    return evidence.settings.scheme.effect(top)


def _judge(attack: AttackRecord) -> str:
    """Who confirms, and did not."""
    if attack.computed:
        return "the computed probability"
    return "a count of all samples" if attack.counted else "PREDICT"


def _confirmation(attack: AttackRecord) -> str:
    if attack.votes is None:
        return "its computed probability"
    if attack.counted:
        return f"all {attack.votes.n:,} samples of the noise, counted"
    return f"{attack.votes.n:,} fresh votes at alpha = {exact(attack.alpha)}"


_NO_PROOF = "That shows nothing: a better attack may find one."
_TIGHTNESS = (
    "That is evidence of how tight the certificate is, and no guarantee: a better attack may find "
    "a smaller change."
)
_BROKEN = (
    "That lies inside the certified region, where there can be none: the certificate is not to be "
    "used. Model or program is broken"
)
_CHANCE = (
    ", or chance was against it, which happens to one of the two statements with probability at "
    "most the sum of their alphas"
)
