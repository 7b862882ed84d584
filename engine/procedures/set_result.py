"""What a set of inputs comes to, from the evidence of each. No torch: a verifier needs this too.

Every input has noise of its own, because the key comes from its pixels; the statements about a set
need that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

from engine.bounds import bound_method
from engine.core.records import ModelIdentity, ProbabilityBounds, Record, Votes
from engine.evidence.attack import AttackRecord, contradicted
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting, SettingsField, alpha_of
from engine.inputs.labels import SAID, split_rule
from engine.noise.discrete_gaussian_law import weakened
from engine.planning.sweep_outcome import swept_at
from engine.procedures.bound_trajectory import region_of
from engine.regions import Region, radius_of
from engine.replay.records import ReplaySummary
from engine.replay.rows import NO_LABEL, ReplayRow, ReplayRows
from engine.replay.summary import DRAWN, summarise

Counted = tuple[str, Evidence]
"""An input by its name, and its run."""
_NAMED = 5
"""Inputs that a note names before it counts the others."""


class Unread(Record):
    """An input of a set that could not be certified: its name, and why in a sentence."""

    input: str
    reason: str


class SetResult(Record):
    """What a set of inputs comes to.

    Attributes:
        inputs: as they were named, all that were planned.
        available: inputs that the set has, of which those were taken; None where all were.
        settings: of every run; alpha is per input.
        rows: of the inputs that were certified or not, in order; ``idx`` names the input.
        summary: of the rows. All at once, alpha is shared out over all planned inputs. Nothing is
            said of a population where the set was stopped or holds inputs that do not open, have
            no label, or are the same.
        unread: of the inputs that do not open or do not fit the model; the others have a row each.
        complete: every planned input was counted to its planned n, or to its target.
        notes: what a reader should know, one sentence each.
    """

    schema_version: Literal["1.0"] = "1.0"
    model: ModelIdentity
    inputs: tuple[str, ...]
    available: int | None = None
    settings: SettingsField
    rows: tuple[ReplayRow, ...]
    summary: ReplaySummary
    unread: tuple[Unread, ...] = ()
    complete: bool
    notes: tuple[str, ...] = ()


def slim(evidence: Evidence, like: Evidence | None = None) -> Evidence:
    """Evidence without its votes over n, by far the largest part: of a set all the rest is kept.

    Args:
        evidence: of a row.
        like: of another; what both say in the same words is kept once.
    """
    less: dict[str, Any] = {"chain": None, "trajectory": ()}
    if evidence.settings.kind == "sweep":  # its claim is made of the votes at each anchor
        del less["chain"]
    kept = evidence.model_copy(update=less)
    return kept if like is None else _sharing(kept, like)


_R = TypeVar("_R", bound=Record)


def _sharing(record: _R, other: _R) -> _R:
    """The record, with the very objects of another wherever the two are equal.

    Most of what evidence says is the same for all rows of a set, down to the names of the fields
    that are set: kept for each, it would be several times what tells the rows apart.
    """
    same: dict[str, Any] = {}
    for name in type(record).model_fields:
        own, its = getattr(record, name), getattr(other, name)
        if type(own) is not type(its) or own is its or isinstance(own, float):  # -0.0 equals 0.0
            continue
        if own == its:
            same[name] = its
        elif isinstance(own, Record):
            same[name] = _sharing(own, its)
    found = record.model_copy(update=same)
    fields, others = record.model_fields_set, other.model_fields_set
    object.__setattr__(found, "__pydantic_fields_set__", others if fields == others else fields)
    return found


def with_attacks(result: SetResult, found: Mapping[str, AttackRecord | None]) -> SetResult:
    """The result with the changes that attacks on its rows found.

    Args:
        result: of the set.
        found: the attacks, by the names of inputs.
    """
    if not any(found.values()):
        return result
    attacks = [found.get(str(row.idx)) for row in result.rows]
    pairs = list(zip(result.rows, attacks, strict=True))
    rows = [
        row.model_copy(update={"attacked": one.perturbation if one else None}) for row, one in pairs
    ]
    refuted = _refuted([str(row.idx) for row, one in pairs if contradicted(row.region, one)])
    notes = tuple(dict.fromkeys((*result.notes, *refuted)))
    return result.model_copy(update={"rows": tuple(rows), "notes": notes})


def set_result(
    model: ModelIdentity,
    inputs: Sequence[str],
    settings: Counting,
    found: Sequence[Counted],
    *,
    at: Sequence[str],
    unread: Sequence[Unread] = (),
    available: int | None = None,
) -> SetResult:
    """The result of some planned inputs, of which those in ``found`` were counted."""
    rows = tuple(row_of(spec, one, at) for spec, one in found)

    def again(alpha: float) -> ReplayRows:
        return ReplayRows.of([row_of(spec, one, at, alpha) for spec, one in found])

    twins = _alike(found)
    labels = all(row.label != NO_LABEL for row in rows)
    cut = sum(one.stop_reason in ("stopped", "out of memory") for _, one in found)
    whole = len(found) == len(inputs) and not cut
    limited = available is not None and available > len(inputs)
    summary = summarise(
        ReplayRows.of(rows),
        at=at,
        alpha=alpha_of(settings),
        again=again,
        valid=True,
        apart=whole and labels and not twins,
        planned=len(inputs),
    )
    return SetResult(
        model=model,
        inputs=tuple(inputs),
        available=available if limited else None,
        settings=settings,
        rows=rows,
        summary=summary,
        unread=tuple(unread),
        complete=whole,
        notes=(
            *_limited(len(inputs), available if limited else None),
            *_shortfall(len(found), len(inputs), unread),
            *_cut(cut),
            *_sameness(twins),
            *_tried(found),
            *_labels(rows, population=bool(summary.population)),
            *_matches(found),
            *(_of_facts(settings, found) if whole and not twins else ()),
            *_refuted([spec for spec, one in found if one.contradicted]),
        ),
    )


def _of_facts(settings: Counting, found: Sequence[Counted]) -> tuple[str, ...]:
    """What the scheme says of the population, from what it drew from each input."""
    facts = [one.facts for _, one in found]
    return settings.scheme.over_a_set(facts, alpha_of(settings)) if all(facts) and facts else ()


def _refuted(specs: Sequence[str]) -> list[str]:
    """That an attack lies inside what some rows certify."""
    if not specs:
        return []
    named = ", ".join(as_path(spec) for spec in specs[:_NAMED])
    more = f" and {len(specs) - _NAMED:,} more" if len(specs) > _NAMED else ""
    return [
        f"An attack was confirmed inside what is certified of {named}{more}: model or program is "
        "broken, or chance was against it, and this set is not to be used."
    ]


def _alike(found: Sequence[Counted]) -> list[tuple[str, str]]:
    """Pairs of inputs whose noise is the same, because they are: no share of such is bounded."""
    known: dict[str, int] = {}
    pairs = []
    for place, (spec, one) in enumerate(found):
        same = one.input.pixels_sha256 if one.settings.kind == "exact" else one.noise.key
        first = known.setdefault(same, place)
        if first != place:
            pairs.append((found[first][0], spec))
    return pairs


def claim_at(
    evidence: Evidence, alpha: float | None
) -> tuple[ProbabilityBounds | None, Region | None]:
    """The declared bound on a run's votes and what it certifies, at the run's alpha or another."""
    if evidence.settings.kind == "sweep":
        swept = swept_at(evidence, evidence.settings.alpha if alpha is None else alpha)
        return (None, None) if swept is None else (swept[1], swept[0])
    bounds = evidence.bounds if alpha is None else _bounds_at(evidence, alpha)
    return bounds, region_of(evidence.settings.scheme, bounds, evidence.facts)


def _bounds_at(evidence: Evidence, alpha: float) -> ProbabilityBounds | None:
    if evidence.bounds is None or not evidence.bounds.valid:
        return evidence.bounds
    votes = Votes(counts=evidence.votes.estimation, failures=evidence.votes.estimation_failures)
    method = bound_method(evidence.settings.bound).after(evidence.selection)
    bounds = method.at(votes, top=evidence.bounds.top, alpha=alpha, n_plan=evidence.settings.n)
    return weakened(bounds, evidence.noise.total_variation)


def row_of(
    spec: str, evidence: Evidence, at: Sequence[str], alpha: float | None = None
) -> ReplayRow:
    """One input of a set by the bound on its run's votes.

    Args:
        spec: its name.
        evidence: of its run.
        at: perturbations to answer.
        alpha: of the bound; None for the run's own.
    """
    scheme, votes, label = evidence.settings.scheme, evidence.votes, evidence.input.label
    bounds, region = claim_at(evidence, alpha)
    return ReplayRow(
        idx=spec,
        label=NO_LABEL if label is None else label,
        outcome="certified" if region else "abstained",
        predicted_class=bounds.top if region and bounds else None,
        radius=radius_of(region),
        bounds=bounds or _nothing(evidence),
        region=region,
        certified_at={
            text: region is not None and region.contains(scheme.parse_at(text)) for text in at
        },
        n0=sum(votes.selection) + votes.selection_failures,
        n=sum(votes.estimation) + votes.estimation_failures,
        attacked=evidence.attack.perturbation if evidence.attack else None,
    )


def _nothing(evidence: Evidence) -> ProbabilityBounds:
    """Bounds that claim nothing, of a run that has no estimation votes."""
    return ProbabilityBounds(
        method=evidence.settings.bound,
        alpha=evidence.settings.alpha,
        n=0,
        top=0,
        p_lower=0.0,
        p_upper=1.0,
        valid=False,
        basis="no votes to bound",
    )


def as_path(spec: str) -> str:
    """An input's name as a person writes it.

    A double slash marks where a data set begins, and what is said about labels is left out.
    """
    return split_rule(spec)[0].replace("//", "/")


def _limited(taken: int, available: int | None) -> list[str]:
    """That a set has more inputs than were to be certified."""
    if available is None:
        return []
    return [f"{taken:,} of the set's {available:,} inputs were taken, spread evenly over it."]


def _shortfall(done: int, planned: int, unread: Sequence[Unread]) -> list[str]:
    """What is missing of a set."""
    notes = []
    if done + len(unread) < planned:
        notes.append(
            f"Stopped after {done + len(unread):,} of {planned:,} inputs: nothing is said of a "
            "population, because when to stop may have depended on the results."
        )
    if unread:
        named = " ".join(map(_named, unread[:_NAMED]))
        more = f" And {len(unread) - _NAMED:,} more." if len(unread) > _NAMED else ""
        notes.append(
            f"{len(unread):,} of {planned:,} inputs have no row, and nothing is said of a "
            f"population. {named}{more}"
        )
    return notes


def _cut(rows: int) -> list[str]:
    """That runs of some rows ended before their planned n."""
    if not rows:
        return []
    return [
        f"{rows:,} rows rest on fewer votes than planned, because their runs were stopped or ran "
        "out of memory; nothing is said of a population."
    ]


def _named(one: Unread) -> str:
    return one.reason if one.input in one.reason else f"{as_path(one.input)}: {one.reason}"


def _sameness(twins: Sequence[tuple[str, str]]) -> list[str]:
    if not twins:
        return []
    named = "; ".join(f"{as_path(one)} and {as_path(other)}" for one, other in twins[:_NAMED])
    more = f"; and {len(twins) - _NAMED:,} more pairs" if len(twins) > _NAMED else ""
    return [
        f"Some inputs are the same, and so is their noise ({named}{more}): nothing is said of a "
        "population, which needs inputs that are independent. What is said of each row, and of all "
        "at once, holds."
    ]


def _tried(found: Sequence[Counted]) -> list[str]:
    """That the case knows other tries of some rows, among which somebody may have chosen."""
    counted = [one.runs_counted or 1 for _, one in found if one.tries_known_to == "case"]
    again = [count for count in counted if count > 1]
    if not again:
        return []
    return [
        f"{len(again):,} of {len(found):,} inputs were tried more than once, up to {max(again):,} "
        "times, as this case knows: alpha is per try, and what is said of all at once and of a "
        "population holds only if nobody chose among the tries."
    ]


def _matches(found: Sequence[Counted]) -> list[str]:
    """What each run says of its label, as far as names alone do not tell its class."""
    notes = (note for _, one in found for note in one.input.notes if note.startswith(SAID))
    said = [note.removeprefix(SAID) for note in dict.fromkeys(notes)]
    if not said:
        return []
    more = f"; and {len(said) - _NAMED:,} more" if len(said) > _NAMED else ""
    return [f"Labels: {'; '.join(said[:_NAMED])}{more}."]


def _labels(rows: Sequence[ReplayRow], *, population: bool) -> list[str]:
    without = sum(row.label == NO_LABEL for row in rows)
    if without == len(rows):
        return [
            "The inputs have no labels: no answer is counted as right or wrong, and nothing is "
            "said of a population."
        ]
    if without:
        return [
            "Some inputs have no label; they count as wrong, and nothing is said of a population."
        ]
    return [DRAWN.format("inputs")] if population else []
