"""CERTIFY over a set of inputs: each by itself, all of them at once, and where they come from.

Every input has noise of its own, because the key comes from its pixels; the statements about a set
need that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from typing import Literal

from engine.bounds import bound_method
from engine.core.errors import UserError
from engine.core.records import ModelIdentity, ProbabilityBounds, Record, Votes
from engine.evidence.evidence import Evidence
from engine.evidence.settings import USUAL, Counting, Execution, SettingsField, alpha_of
from engine.evidence.snapshot import Snapshot
from engine.inputs import load_input
from engine.inputs.base import FittedInput
from engine.models import fitted
from engine.models.base import Classifier
from engine.noise.discrete_gaussian_law import weakened
from engine.procedures.bound_trajectory import region_of
from engine.procedures.certify import certify
from engine.procedures.prepared import PreparedModel
from engine.regions import radius_of
from engine.replay.records import ReplayRow, ReplaySummary
from engine.replay.summary import summarise

NO_LABEL = -1
"""Label of an input that has none: no answer is counted as right."""


class SetResult(Record):
    """What a set of inputs comes to.

    Attributes:
        inputs: as they were named, all that were planned.
        settings: of every run; alpha is per input.
        rows: of the inputs that were certified or not, in order; ``idx`` names the input.
        summary: of the rows. All at once, alpha is shared out over all planned inputs. Nothing is
            said of a population where the set was stopped or holds inputs without a label.
        complete: every planned input was counted to its planned n, or to its target.
        notes: what a reader should know, one sentence each.
    """

    schema_version: Literal["1.0"] = "1.0"
    model: ModelIdentity
    inputs: tuple[str, ...]
    settings: SettingsField
    rows: tuple[ReplayRow, ...]
    summary: ReplaySummary
    complete: bool
    notes: tuple[str, ...] = ()


def certify_set(
    classifier: Classifier,
    inputs: Sequence[str],
    settings: Counting,
    *,
    execution: Execution = USUAL,
    at: Sequence[str] = (),
    stop: threading.Event | None = None,
    command: Callable[[str], str] = lambda spec: "",
    done: Callable[[str, Evidence], None] = lambda spec, evidence: None,
    read: Callable[[str], FittedInput] | None = None,
) -> Generator[Snapshot, None, SetResult]:
    """Certify one input after the other, yielding their snapshots, ending in the set's result.

    Args:
        classifier: the base classifier f.
        inputs: specs of single inputs (``engine.inputs.expand``).
        settings: of every run; ``alpha`` is per input.
        execution: of every run.
        at: perturbations to answer, in the scheme's terms.
        stop: when set, the run at hand ends after its batch and is left out, and the set with it.
        command: the run of one input on the command line, for its record.
        done: told of each input and its evidence.
        read: the input of a name, fitted to the model, where the names are no specs.

    Raises:
        UserError: there is no input, or one does not open or fit.
    """
    if not inputs:
        raise UserError("A set needs at least one input.")
    stop = stop or threading.Event()
    found: list[Evidence] = []
    prepared = PreparedModel(classifier)
    for spec in inputs:
        run = certify(
            classifier,
            read(spec) if read else fitted(classifier, load_input(spec)),
            settings,
            execution=execution,
            at=at,
            stop=stop,
            command=command(spec),
            prepared=prepared,
        )
        evidence = yield from run
        if stop.is_set():
            break
        found.append(evidence)
        done(spec, evidence)
    if not found:
        raise UserError("Stopped before the first input of the set was counted.")
    return set_result(classifier.identity, inputs, settings, found, at=at)


def set_result(
    model: ModelIdentity,
    inputs: Sequence[str],
    settings: Counting,
    found: Sequence[Evidence],
    *,
    at: Sequence[str],
) -> SetResult:
    """The result of the first ``len(found)`` of some planned inputs."""
    rows = tuple(
        _row(spec, evidence, evidence.bounds, at)
        for spec, evidence in zip(inputs, found, strict=False)
    )

    def again(alpha: float) -> list[ReplayRow]:
        return [
            _row(spec, one, _bounds(one, alpha), at)
            for spec, one in zip(inputs, found, strict=False)
        ]

    whole = len(found) == len(inputs)
    apart = _apart(found)
    labelled = all(row.label != NO_LABEL for row in rows)
    summary = summarise(
        rows, at=at, alpha=alpha_of(settings), again=again, valid=True, planned=len(inputs)
    )
    if not (whole and labelled and apart):
        summary = summary.model_copy(update={"population": {}})
    return SetResult(
        model=model,
        inputs=tuple(inputs),
        settings=settings,
        rows=rows,
        summary=summary,
        complete=whole,
        notes=tuple(_notes(rows, len(inputs), apart=apart)),
    )


def _apart(found: Sequence[Evidence]) -> bool:
    """Whether every input has noise of its own, without which no share of them is bounded."""
    keys = [one.noise.key for one in found if one.settings.kind != "exact"]
    return len(set(keys)) == len(keys)


def _bounds(evidence: Evidence, alpha: float) -> ProbabilityBounds | None:
    """The declared bound on a run's votes at another alpha."""
    if evidence.bounds is None or not evidence.bounds.valid:
        return evidence.bounds
    votes = Votes(counts=evidence.votes.estimation, failures=evidence.votes.estimation_failures)
    bounds = bound_method(evidence.settings.bound).at(
        votes, top=evidence.bounds.top, alpha=alpha, n_plan=evidence.settings.n
    )
    return weakened(bounds, evidence.noise.total_variation)


def _row(
    spec: str, evidence: Evidence, bounds: ProbabilityBounds | None, at: Sequence[str]
) -> ReplayRow:
    scheme, votes, label = evidence.settings.scheme, evidence.votes, evidence.input.label
    region = region_of(scheme, bounds, evidence.facts)
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


def _notes(rows: Sequence[ReplayRow], planned: int, *, apart: bool) -> list[str]:
    notes, done = [], len(rows)
    without = sum(row.label == NO_LABEL for row in rows)
    if done < planned:
        notes.append(
            f"Stopped after {done:,} of {planned:,} inputs: nothing is said of a population, "
            "because when to stop may have depended on the results."
        )
    if not apart:
        notes.append(
            "Some inputs are the same, and so is their noise: nothing is said of a population."
        )
    if without == done:
        notes.append(
            "The inputs have no labels: no answer is counted as right or wrong, and nothing is "
            "said of a population."
        )
    elif without:
        notes.append(
            "Some inputs have no label; they count as wrong, and nothing is said of a population."
        )
    elif apart and done == planned:
        notes.append("What is said of a population holds if the inputs are a random draw from it.")
    return notes
