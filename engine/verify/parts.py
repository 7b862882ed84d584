"""A model made of several parts, and what the members of an ensemble answered. No torch."""

from __future__ import annotations

from pydantic import ValidationError

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.evidence.evidence import Evidence
from engine.models.denoised_identity import (
    CLASSIFIER,
    DENOISER,
    denoised_facts,
    schedule_of,
    step_for,
)
from engine.models.members import ensemble_facts, members_of, unlike

_RULED = ("oracle", "member", "rule", DENOISER, CLASSIFIER)
"""Roles of parts whose digest is that of their rules."""


def check_parts(model: ModelIdentity) -> list[str]:
    """What is wrong with the digests of a model's parts, and with what follows from them."""
    wrong = [
        f"the digest of the {part.role} is not that of its rules"
        for part in model.parts
        if (part.rules or part.role in _RULED) and part.sha256 != part.rules_sha256
    ]
    wrong += [
        f"a {part.role} has no noise schedule"
        for part in model.parts
        if part.role != DENOISER and "schedule" in part.rules
    ]
    if model.sha256 != model.composed_sha256():
        wrong.append("the model's digest is not that of its parts")
    if model.part(DENOISER) is not None or members_of(model.parts):
        denoised = model.part(DENOISER) is not None
        facts = (denoised_facts if denoised else ensemble_facts)(model.parts)
        of = "parts" if denoised else "members"
        named = [name for name, value in facts.items() if getattr(model, name) != value]
        wrong += [f"its {name.replace('_', ' ')} is not that of its {of}" for name in named]
    if members_of(model.parts):
        wrong += [f"its members differ in {name.replace('_', ' ')}" for name in unlike(model.parts)]
    return wrong


def composed(model: ModelIdentity) -> bool:
    """Whether several networks answer together, one before another or side by side."""
    several = (DENOISER, CLASSIFIER, "rule", "oracle")
    return bool(members_of(model.parts)) or any(part.role in several for part in model.parts)


def check_denoiser(evidence: Evidence) -> list[str]:
    """What is wrong with the time step of a diffusion model: it follows from schedule and sigma."""
    part = evidence.model.part(DENOISER)
    if part is None:
        return []
    try:
        schedule = schedule_of(part)
        step = None if schedule is None else step_for(schedule, evidence.settings.scheme)
    except (UserError, ValidationError) as error:
        return [f"its denoiser has no time step: {str(error).partition(chr(10))[0].rstrip('.')}"]
    if step != part.time_step:
        stated = "none" if part.time_step is None else str(part.time_step)
        return [f"its denoiser's time step is {stated}, and follows as {step}"]
    return []


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
