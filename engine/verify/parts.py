"""A model made of several parts, and what the members of an ensemble answered. No torch."""

from __future__ import annotations

from engine.core.records import ModelIdentity
from engine.evidence.evidence import Evidence
from engine.models.members import ensemble_facts, members_of, unlike


def check_parts(model: ModelIdentity) -> list[str]:
    """What is wrong with the digests of a model's parts, and with what follows from them."""
    wrong = [
        f"the digest of the {part.role} is not that of its rules"
        for part in model.parts
        if (part.rules or part.role in ("oracle", "member", "rule"))
        and part.sha256 != part.rules_sha256
    ]
    if model.sha256 != model.composed_sha256():
        wrong.append("the model's digest is not that of its parts")
    if members_of(model.parts):
        facts = ensemble_facts(model.parts)
        named = [name for name, value in facts.items() if getattr(model, name) != value]
        wrong += [f"its {name.replace('_', ' ')} is not that of its members" for name in named]
        wrong += [f"its members differ in {name.replace('_', ' ')}" for name in unlike(model.parts)]
    return wrong


def check_members(evidence: Evidence) -> list[str]:
    """What is wrong with the votes of an ensemble's members.

    How they voted is taken as said: the ensemble's own votes are the sum of nothing of theirs.
    """
    record, rule = evidence.ensemble, evidence.model.part("rule")
    members = len(members_of(evidence.model.parts))
    if rule is None or members < 2:
        return ["it is no ensemble that has members"]
    consensus = rule.rules.get("consensus")
    if not isinstance(consensus, int) or not (consensus == 0 or 2 <= consensus <= members):
        return ["its rule is none"]
    if record is None:
        return []
    return record.contradictions(
        n=evidence.estimation.n,
        members=members,
        classes=len(evidence.model.class_names),
        consensus=consensus,
    )
