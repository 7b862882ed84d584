"""What a set of inputs comes to, from the evidence of each. No torch: a verifier needs this too.

Every input has noise of its own, because the key comes from its pixels; the statements about a set
need that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from engine.bounds import bound_method
from engine.bounds.simultaneous import simultaneous_alpha
from engine.core.errors import StoppedEarly, UserError
from engine.core.records import ModelIdentity, ProbabilityBounds, Record
from engine.core.scores import SOFT
from engine.encrypted.address import PREFIX
from engine.evidence.attack import AttackRecord, contradicted
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting, SettingsField, alpha_of
from engine.evidence.statement import SERVED, SOFT_CLASSIFIER
from engine.evidence.subject import as_taken, rows_as_taken
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


_SERVED = f"Every row {SERVED.removeprefix('It ')}"


class Unread(Record):
    """An input of a set that could not be certified: its name, and why in a sentence."""

    input: str
    reason: str


def nothing_counted(unread: Sequence[Unread]) -> UserError:
    """Why a set has no row: what is wrong with its first input, or that it was stopped before."""
    if unread:
        return UserError(unread[0].reason)
    return StoppedEarly("Stopped before the first input of the set was counted.")


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


def slim(evidence: Evidence) -> Evidence:
    """Evidence without its votes over n, by far the largest part: of a set all the rest is kept."""
    less: dict[str, Any] = {"chain": None, "trajectory": ()}
    if evidence.settings.kind == "sweep":  # its claim is made of the votes at each anchor
        del less["chain"]
    return evidence.model_copy(update=less)


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


class _Sums:
    """What notes and summary say of some runs, each looked at once.

    Attributes:
        rows, again: by the run's own alpha, and by that of each where all are to hold at once.
        names: of the inputs.
        same: what inputs with the same noise have in common.
        cut: runs that ended before their planned n.
        tries: of each, where the case knows them.
        matches: what runs say of their labels, each once.
        facts: that the scheme drew from the inputs.
        refuted: inputs inside whose certified region an attack was confirmed.
        taken: how many inputs the model takes otherwise than their files hold them, by how.
    """

    def __init__(self, found: Iterable[Counted], at: Sequence[str], each: float) -> None:
        self.rows, self.again = list[ReplayRow](), list[ReplayRow]()
        self.names, self.same = list[str](), list[str]()
        self.tries, self.facts = list[int](), list[dict[str, float | str]]()
        self.matches = dict[str, None]()
        self.refuted = list[str]()
        self.taken = Counter[str]()
        self.cut = 0
        for spec, one in found:
            self.rows.append(row_of(spec, one, at))
            self.again.append(row_of(spec, one, at, each))
            self.names.append(spec)
            exact = one.settings.kind == "exact"
            self.same.append(one.input.pixels_sha256 if exact else one.noise.key)
            self.cut += one.stop_reason in ("stopped", "out of memory")
            if one.tries_known_to == "case":
                self.tries.append(one.runs_counted or 1)
            said = (note for note in one.input.notes if note.startswith(SAID))
            self.matches.update(dict.fromkeys(said))
            self.facts.append(one.facts)
            if taken := as_taken(one.input):
                self.taken[taken] += 1
            if one.contradicted:
                self.refuted.append(spec)

    def twins(self) -> list[tuple[str, str]]:
        """Pairs of inputs that are the same, and so is their noise: no share of such is bounded."""
        known: dict[str, int] = {}
        firsts = [known.setdefault(same, place) for place, same in enumerate(self.same)]
        names = self.names
        return [(names[one], names[two]) for two, one in enumerate(firsts) if one != two]


def set_result(
    model: ModelIdentity,
    inputs: Sequence[str],
    settings: Counting,
    found: Iterable[Counted],
    *,
    at: Sequence[str],
    unread: Sequence[Unread] = (),
    available: int | None = None,
) -> SetResult:
    """The result of some planned inputs, of which those in ``found`` were counted."""
    alpha = alpha_of(settings)
    sums = _Sums(found, at, simultaneous_alpha(alpha, len(inputs)))
    rows, twins = tuple(sums.rows), sums.twins()
    labels = all(row.label != NO_LABEL for row in rows)
    whole = len(rows) == len(inputs) and not sums.cut
    limited = available is not None and available > len(inputs)
    summary = summarise(
        ReplayRows.of(rows),
        at=at,
        alpha=alpha,
        again=lambda each: ReplayRows.of(sums.again),
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
            *([SOFT_CLASSIFIER] if settings.bound == SOFT else []),
            *([_SERVED] if model.source.startswith(PREFIX) else []),
            *rows_as_taken(settings.scheme.subject, sums.taken, len(rows)),
            *_limited(len(inputs), available if limited else None),
            *_shortfall(len(rows), len(inputs), unread),
            *_cut(sums.cut),
            *_sameness(twins),
            *_tried(sums.tries, len(rows)),
            *_labels(rows, population=bool(summary.population)),
            *_matches(sums.matches),
            *(_of_facts(settings, sums.facts) if whole and not twins else ()),
            *_refuted(sums.refuted),
        ),
    )


def _of_facts(settings: Counting, facts: Sequence[Mapping[str, float | str]]) -> tuple[str, ...]:
    """What the scheme says of the population, from what it drew from each input."""
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
    method = bound_method(evidence.settings.bound).after(evidence.selection)
    votes = evidence.estimation
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
        have = "has" if len(unread) == 1 else "have"
        named = " ".join(map(_named, unread[:_NAMED]))
        more = f" And {len(unread) - _NAMED:,} more." if len(unread) > _NAMED else ""
        notes.append(
            f"{len(unread):,} of {planned:,} inputs {have} no row, and nothing is said of a "
            f"population. {named}{more}"
        )
    return notes


def _cut(rows: int) -> list[str]:
    """That runs of some rows ended before their planned n."""
    if not rows:
        return []
    rest = "1 row rests" if rows == 1 else f"{rows:,} rows rest"
    return [
        f"{rest} on fewer votes than planned, because a run was stopped or ran out of memory; "
        "nothing is said of a population."
    ]


def _named(one: Unread) -> str:
    known = one.input in one.reason or as_path(one.input) in one.reason
    return one.reason if known else f"{as_path(one.input)}: {one.reason}"


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


def _tried(counted: Sequence[int], rows: int) -> list[str]:
    """That the case knows other tries of some rows, among which somebody may have chosen."""
    again = [count for count in counted if count > 1]
    if not again:
        return []
    return [
        f"{len(again):,} of {rows:,} inputs were tried more than once, up to {max(again):,} "
        "times, as this case knows: alpha is per try, and what is said of all at once and of a "
        "population holds only if nobody chose among the tries."
    ]


def _matches(notes: Iterable[str]) -> list[str]:
    """What each run says of its label, as far as names alone do not tell its class."""
    said = [note.removeprefix(SAID) for note in notes]
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
