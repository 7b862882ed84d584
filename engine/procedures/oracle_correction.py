"""From the composite's certificate to the true class, through an audited oracle. No torch.

The composite's own statement rests on no property of the oracle. This one rests on a person's
labels: their Clopper-Pearson bound on the oracle's false accepts has a chance of error of its own,
and the two chances add up (``engine.certificates.oracle``).
"""

from __future__ import annotations

import math

from engine.certificates.oracle import Audit, transfer
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.core.rounding import confidence_percent, round_down, round_up
from engine.evidence.evidence import AuditRecord, Evidence, TransferRecord
from engine.evidence.subject import subject
from engine.oracles.audit import Labelled
from engine.procedures.bound_trajectory import region_of
from engine.regions import radius_of
from engine.schemes import Scheme
from engine.schemes.base import NO_FACTS, Facts

_DIGITS = 4


def transfer_record(
    scheme: Scheme,
    bounds: ProbabilityBounds,
    class_name: str,
    audit: AuditRecord,
    alpha_audit: float,
    given: InputIdentity,
    facts: Facts = NO_FACTS,
    *,
    then: bool = False,
) -> TransferRecord:
    """The claim about the true class that votes and labels allow.

    Args:
        scheme: of the run.
        bounds: of the composite, valid.
        class_name: the class they bound.
        audit: labels about that class.
        alpha_audit: chance that the bound on false accepts is wrong.
        given: the input, and how it was fitted to the model.
        facts: of the input.
        then: as for ``region_of``: of a record that states a region.
    """
    found = transfer(
        bounds.p_lower,
        Audit(audit.accepted_true, audit.accepted_false, audit.rejected_true, audit.rejected_false),
        alpha_votes=bounds.alpha,
        alpha_audit=alpha_audit,
    )
    alpha = min(found.alpha, math.nextafter(1.0, 0.0))
    known = {
        "p_lower": found.p_lower,
        # All other true classes together: no bound on the oracle's misses is needed.
        "p_upper": min(1.0, math.nextafter(1.0 - found.p_lower, 2.0)),
        "others": (),
        "alpha": alpha,
    }
    region = region_of(scheme, bounds.model_copy(update=known), facts, then=then)
    return TransferRecord(
        audit=audit,
        alpha_votes=bounds.alpha,
        alpha_audit=alpha_audit,
        false_accept=found.false_accept,
        q_lower=bounds.p_lower,
        p_lower=found.p_lower,
        region=region,
        radius=radius_of(region),
        statement=_statement(
            f"{region.clause(subject(scheme, given))} {scheme.effect(class_name)}",
            class_name,
            audit,
            found.false_accept,
            alpha,
        )
        if region is not None
        else _nothing(class_name, audit, found.false_accept, found.p_lower),
    )


def with_labels(evidence: Evidence, labels: Labelled, name: str, alpha_audit: float) -> Evidence:
    """The evidence with the claim about the true class, or with the reason why there is none.

    Args:
        evidence: of a run that chose a class.
        labels: of a file.
        name: of the class.
        alpha_audit: chance that the bound on false accepts is wrong.
    """
    audit = labels.about(name)
    if audit is not None:
        return with_transfer(evidence, audit, alpha_audit)
    said = (
        f"The labels in {labels.source} are about '{labels.name}', and the votes chose '{name}': "
        "nothing is said of the true class."
    )
    return evidence.model_copy(update={"warnings": (*evidence.warnings, said)})


def with_transfer(evidence: Evidence, audit: AuditRecord, alpha_audit: float) -> Evidence:
    """The evidence with the claim about the true class; unchanged where nothing is bounded yet."""
    transferred = transfer_of(evidence, audit, alpha_audit)
    return evidence.model_copy(update={"transfer": transferred})


def transfer_of(
    evidence: Evidence, audit: AuditRecord, alpha_audit: float
) -> TransferRecord | None:
    """The claim that goes with the evidence's bounds; None where they may not be claimed."""
    bounds = evidence.bounds
    if bounds is None or not bounds.valid:
        return None
    name = evidence.model.class_names[bounds.top]
    stated = evidence.transfer
    return transfer_record(
        evidence.settings.scheme,
        bounds,
        name,
        audit,
        alpha_audit,
        evidence.input,
        evidence.facts,
        then=stated is not None and stated.region is not None,
    )


def _statement(
    claim: str,
    name: str,
    audit: AuditRecord,
    false_accept: float,
    alpha: float,
) -> str:
    return (
        f"Read as the person read who labelled the answers: with confidence "
        f"{confidence_percent(alpha)} %, {claim}. "
        f"{_rests(name, audit, false_accept)} The statement about the oracle's answer rests on "
        "none of this."
    )


def _nothing(name: str, audit: AuditRecord, false_accept: float, p_lower: float) -> str:
    return (
        f"Nothing is certified about the true class: its probability is at least "
        f"{round_down(p_lower, _DIGITS)}, which is too little. {_rests(name, audit, false_accept)}"
    )


def _rests(name: str, audit: AuditRecord, false_accept: float) -> str:
    other = audit.accepted_false + audit.rejected_false
    if not other:
        return (
            "This rests on the labels, among which no answer meant anything but "
            f"'{name}', so that nothing is known of the oracle's false accepts."
        )
    return (
        f"This rests on the labels: of {other:,} answers that meant something else the oracle took "
        f"{audit.accepted_false:,} for '{name}', so that it does so with a chance of at most "
        f"{round_up(false_accept, _DIGITS)}. The labelled answers must be a random draw under this "
        "input's noise."
    )
