"""Kept answers read by another oracle: a new statement, with an alpha of its own. No torch.

The votes of the other oracle are the same samples counted otherwise, so its bound holds like the
first one's, if the oracle was fixed without a look at these answers. The class cannot have been
chosen from votes of its own, as nobody keeps the answers of the selection: every class is bounded
at alpha divided by their number, and by the number of oracles that were tried.
"""

from __future__ import annotations

from engine.bounds import bound_method
from engine.core.errors import UserError
from engine.core.records import OracleIdentity, ProbabilityBounds, Record, Votes
from engine.core.rounding import confidence_percent
from engine.evidence.evidence import Evidence
from engine.evidence.subject import subject
from engine.noise.discrete_gaussian_law import weakened
from engine.oracles import Oracle
from engine.regions import Region


class Rereading(Record):
    """What another oracle makes of a run's answers.

    Attributes:
        run_id: of the run whose answers they are.
        oracle: the other oracle.
        votes: answers per class of the other oracle; those whose text was not kept are failures.
        alpha: of this statement, beside and not instead of the run's own.
        tried: oracles that were tried on these answers, this one included.
        bounds: at alpha / (classes x tried).
        region: what is certified of the other composite; None for nothing.
        statement: the claim in words.
    """

    run_id: str
    oracle: OracleIdentity
    votes: Votes
    alpha: float
    tried: int
    bounds: ProbabilityBounds
    region: Region | None
    statement: str


def reread(evidence: Evidence, oracle: Oracle, *, alpha: float, tried: int = 1) -> Rereading:
    """A run's answers under another oracle.

    Args:
        evidence: a CERTIFY run of a generative model.
        oracle: fixed without a look at the answers.
        alpha: chance that the new statement is wrong.
        tried: how many oracles are tried on these answers in all.

    Raises:
        UserError: the run kept no answers, or a value that cannot be.
    """
    if evidence.procedure != "certify" or not evidence.answers:
        raise UserError("This run kept no answers of its bounding votes; nothing can be reread.")
    if not 0 < alpha < 1 or tried < 1:
        raise UserError("alpha must be between 0 and 1, and at least one oracle is tried.")
    if oracle.needs_reference:
        raise UserError("The other oracle needs a reference answer, fixed beforehand; name one.")
    votes = _votes(evidence, oracle)
    top, names = votes.top, oracle.identity.class_names
    spent = alpha / (len(names) * tried)
    # A run that was stopped, or extended, has no n of its own: only a bound for every n applies.
    fixed = evidence.complete and not bound_method(evidence.settings.bound).extendable
    method = bound_method("clopper-pearson" if fixed else "anytime")
    drawn = method.at(votes, top=top, alpha=spent, n_plan=votes.n)
    bounds = weakened(drawn, evidence.noise.total_variation)
    region = evidence.settings.scheme.region(bounds, evidence.facts)
    return Rereading(
        run_id=evidence.run_id,
        oracle=oracle.identity,
        votes=votes,
        alpha=alpha,
        tried=tried,
        bounds=bounds,
        region=region,
        statement=_statement(evidence, region, names[top], alpha, tried),
    )


def _votes(evidence: Evidence, oracle: Oracle) -> Votes:
    kept = [group for group in evidence.answers if group.text is not None]
    classes = oracle.classify([group.text or "" for group in kept])
    counts = [0] * len(oracle.identity.class_names)
    for group, index in zip(kept, classes, strict=True):
        counts[index] += group.count
    total = sum(evidence.votes.estimation) + evidence.votes.estimation_failures
    return Votes(counts=tuple(counts), failures=total - sum(counts))


def _statement(
    evidence: Evidence, region: Region | None, name: str, alpha: float, tried: int
) -> str:
    scheme = evidence.settings.scheme
    claim = (
        f"with confidence {confidence_percent(alpha)} %, "
        f"{region.clause(subject(scheme, evidence.input))} "
        f"{scheme.effect(name)}"
        if region is not None
        else "nothing is certified"
    )
    many = "" if tried == 1 else f", one of {tried} that were tried"
    return (
        f"A statement of its own about the answers of run {evidence.run_id}, read by another "
        f"oracle{many}: {claim}. It holds if that oracle was fixed without a look at these answers."
    )
