"""What the votes of an adaptive decision amount to. No torch.

The procedure ends in these facts and a verifier works them out again from the recorded votes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from engine.core.records import InputIdentity, ProbabilityBounds, Votes
from engine.evidence import statement
from engine.evidence.evidence import DecisionRecord, PhaseRecord, TrajectoryPoint
from engine.evidence.settings import DecideSettings
from engine.planning.early_stopping_rule import Rule
from engine.regions import Abstention, radius_of

Outcome = Literal["certified", "given up", "undecided", "stopped"]
PhaseVotes = tuple[Votes, Votes]
"""Selection and estimation votes of one phase."""


def decision_facts(
    *,
    settings: DecideSettings,
    rule: Rule,
    phases: Sequence[PhaseVotes],
    selection: Votes,
    estimation: Votes,
    class_names: tuple[str, ...],
    given: InputIdentity,
) -> dict[str, Any]:
    """The fields of evidence that follow from the votes of a decision, complete or stopped.

    Args:
        settings, rule: of the run, declared before it.
        phases: votes of the phases that have estimation votes; the last may not be whole.
        selection, estimation: votes of the phase at hand: the last of ``phases``, unless the run
            ended while the next one chose its class.
        class_names: of the model.
        given: the input, and how it was fitted to the model.
    """
    records = tuple(
        rule.record(index, first, votes, first.top) for index, (first, votes) in enumerate(phases)
    )
    at_ends = _bounds(rule, phases)
    choosing = not estimation.n
    bounds = at_ends[-1] if at_ends and not choosing else None
    verdict: Outcome = "stopped" if bounds is None else _verdict(rule, records, bounds)
    region = rule.region(bounds) if bounds is not None and verdict == "certified" else None
    target = settings.target
    refusal = top = name = None
    said = ""
    if region is None or bounds is None:
        refusal = _abstention(verdict, target, done=len(phases), total=len(rule.phases))
    else:
        top, name = bounds.top, class_names[bounds.top]
        said = statement.claimed(settings, region, bounds, name, given)
    used = sum(first.n + votes.n for first, votes in phases) + (selection.n if choosing else 0)
    return {
        "complete": verdict != "stopped",
        "bounds": bounds,
        "trajectory": phase_points(rule, phases),
        "certified_at": {target: region is not None},
        "decision": DecisionRecord(
            target=target,
            radius=rule.target.get("radius"),
            beta=rule.beta,
            plan=rule.phases,
            phases=records,
            verdict=verdict,
            samples_used=used,
            samples_full=settings.n0 + settings.n,
        ),
        "outcome": "abstained" if region is None else "certified",
        "predicted_class": top,
        "class_name": name,
        "radius": radius_of(region),
        "region": region,
        "abstention": refusal,
        "statement": statement.abstained(refusal) if refusal else said,
    }


def phase_points(rule: Rule, phases: Sequence[PhaseVotes]) -> tuple[TrajectoryPoint, ...]:
    """The bounds at the ends of the phases, for the plot over n."""
    return tuple(
        TrajectoryPoint(
            n=votes.n,
            k=votes.counts[bounds.top],
            p_lower=bounds.p_lower,
            p_upper=bounds.p_upper,
            valid=bounds.valid,
        )
        for (_, votes), bounds in zip(phases, _bounds(rule, phases), strict=True)
    )


def _bounds(rule: Rule, phases: Sequence[PhaseVotes]) -> list[ProbabilityBounds]:
    return [rule.bounds(index, votes, first.top) for index, (first, votes) in enumerate(phases)]


def _verdict(rule: Rule, records: Sequence[PhaseRecord], bounds: ProbabilityBounds) -> Outcome:
    if not bounds.valid:
        return "stopped"
    decided = rule.verdict(bounds, records[-1])
    if decided is not None:
        return decided
    return "undecided" if len(records) == len(rule.phases) else "stopped"


def _abstention(verdict: Outcome, target: str, *, done: int, total: int) -> Abstention:
    if verdict == "given up":
        return Abstention(
            reason="out-of-reach",
            sentence=(
                f"{target} was given up after phase {done} of {total}: at the share of votes "
                "seen, more of them would not certify it."
            ),
        )
    if verdict == "undecided":
        return Abstention(
            reason="too-few-samples",
            sentence=(
                f"{target} is neither certified nor given up after all {total} phases; a longer "
                "last phase may decide it."
            ),
        )
    return Abstention(
        reason="stopped-early",
        sentence=f"stopped before a phase decided {target}; run it to the end.",
    )
