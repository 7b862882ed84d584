"""What a run's votes amount to: bounds, region, abstention and statement. No torch.

A procedure ends in these facts and a verifier works them out again from the recorded votes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.records import InputIdentity, ProbabilityBounds, Votes
from engine.evidence import statement
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting
from engine.procedures.abstention import contradiction, explain, undecided
from engine.procedures.bound_trajectory import Claims, region_of
from engine.regions import Abstention, Perturbation, Region, radius_of
from engine.schemes.base import NO_FACTS, Facts

_NO_CLAIM = {
    "enumeration": "no claim: two counts differ",
    "computed": "no claim: the votes beside differ",
}
"""Why an exact run's probability is none to claim with."""


def answered(found: Evidence, asked: Mapping[str, Perturbation]) -> Evidence:
    """The evidence with an answer to every perturbation that was asked for, by its text."""
    region = found.region
    answers = {text: region is not None and region.contains(p) for text, p in asked.items()}
    return found.model_copy(update={"certified_at": answers})


def certify_facts(
    *,
    settings: Counting,
    selection: Votes,
    estimation: Votes,
    top: int | None,
    claims: Claims,
    class_names: tuple[str, ...],
    given: InputIdentity,
    facts: Facts = NO_FACTS,
    then: bool = False,
    served: bool = False,
) -> dict[str, Any]:
    """The fields of evidence that follow from the votes of a CERTIFY run, complete or stopped.

    Args:
        settings: of the run.
        selection: votes that chose the class.
        estimation: votes that bound it.
        top: the class the selection chose; None if the run ended before that.
        claims: has taken in every block end of the run.
        class_names: of the model.
        given: the input, and how it was fitted to the model.
        facts: of the input.
        then: as for :func:`region_of`: of a file that states a region.
        served: a server computed the answers under encryption.
    """
    known = claims.known is not None
    bounds = claims.now(estimation, top) if top is not None and (estimation.n or known) else None
    abstention = contradiction(settings, selection, estimation, claims.known)
    if abstention is not None and bounds is not None:
        # Whoever takes these bounds further must not take them for a claim.
        bounds = bounds.model_copy(update={"valid": False, "basis": _NO_CLAIM[settings.bound]})
    region = region_of(settings.scheme, bounds, facts, then=then)
    guess = _guessed(settings, bounds) if region is None and abstention is None else None
    if region is None and abstention is None and claims.known is not None:
        abstention = undecided(claims.known, class_names, settings.scheme, facts)
    if region is None and abstention is None and guess is None:
        abstention = _explained(settings, claims, selection, estimation, class_names, facts)
    stated = region or guess
    name = class_names[top] if stated is not None and top is not None else None
    return {
        "outcome": "certified" if region else "heuristic" if guess else "abstained",
        "complete": estimation.n == settings.n,
        "predicted_class": top if stated is not None else None,
        "class_name": name,
        "radius": radius_of(region),
        "region": region,
        "abstention": abstention,
        "statement": _statement(
            settings, estimation.n, stated, bounds, abstention, name, given, served=served
        ),
        "bounds": bounds,
        "trajectory": claims.points(estimation, bounds),
    }


def _explained(
    settings: Counting,
    claims: Claims,
    selection: Votes,
    estimation: Votes,
    class_names: tuple[str, ...],
    facts: Facts,
) -> Abstention:
    """Why the votes certify nothing."""
    return explain(
        selection=selection,
        estimation=estimation,
        scheme=settings.scheme,
        method=claims.method,
        alpha=settings.alpha,
        n_plan=settings.n,
        class_names=class_names,
        facts=facts,
    )


def _guessed(settings: Counting, bounds: ProbabilityBounds | None) -> Region | None:
    """What a heuristic states of bounds that may be claimed; None for any other scheme."""
    return settings.scheme.heuristic(bounds) if bounds is not None and bounds.valid else None


def _statement(
    settings: Counting,
    n: int,
    region: Region | None,
    bounds: ProbabilityBounds | None,
    abstention: Abstention | None,
    name: str | None,
    given: InputIdentity,
    *,
    served: bool,
) -> str:
    if region is None or bounds is None or name is None:
        return statement.abstained(abstention) if abstention else ""
    partial = statement.partial(n, settings.n, valid=True) if n < settings.n else ""
    early = " ".join(filter(None, (partial, statement.SERVED if served else "")))
    if settings.scheme.guarantee == "heuristic":
        return statement.heuristic(settings, region, name, given, early=early)
    return statement.claimed(settings, region, bounds, name, given, early=early)
