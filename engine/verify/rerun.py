"""The deepest level: noise drawn again, votes counted again, block by block. Loads torch."""

from __future__ import annotations

import math
import random
import shlex
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine.core.errors import UserError
from engine.core.records import MODULE_IN_MEMORY, Votes
from engine.evidence.evidence import Evidence
from engine.evidence.observations import OrderStatistics
from engine.evidence.vote_chain import votes_of
from engine.inputs.base import FittedInput
from engine.models import ModelRequest, load_model
from engine.models.base import Classifier
from engine.models.request import REQUEST_FIELDS, moved_member, stated_request
from engine.noise.gaussian import Stream
from engine.procedures.measure import measuring
from engine.procedures.run import Run
from engine.sampling.reducers import KeepNumbers, SumScores, order_statistics
from engine.schemes.anchored import SAMPLES
from engine.verify.digests import fitted_input, located
from engine.verify.encrypted import SERVED, is_served
from engine.verify.medians import check_numbers
from engine.verify.opened import check_opened
from engine.verify.report import Claim, Redrawn
from engine.verify.scores import with_scores_of
from engine.verify.self_test import check_self_test

Blocks = int | float | Literal["all"]
"""How many blocks to draw again, or which share of them."""

_NAMED = 12


@dataclass(frozen=True)
class Span:
    """Samples to draw again, and the votes that are recorded for them.

    Attributes:
        top: the class against which near ties were counted; None where none were.
    """

    name: str
    stream: Stream
    start: int
    n: int
    votes: Votes
    top: int | None = None

    def above(self, again: Votes) -> bool:
        """Whether no class got fewer votes now: what was in doubt under encryption has a class."""
        return all(new >= old for new, old in zip(again.counts, self.votes.counts, strict=True))

    def near_ties(self, again: Votes) -> int | None:
        """How many votes for the top class were counted as failures; None if others differ too."""
        ties = self.votes.failures - again.failures
        if self.top is None or ties < 0 or again.scores != self.votes.scores:
            return None
        counts = list(again.counts)
        counts[self.top] -= ties
        return ties if tuple(counts) == self.votes.counts else None


@dataclass(frozen=True)
class Means:
    """What the votes are counted again with.

    Attributes:
        model, input: where they are; empty to take what the evidence names.
        beside: the folder of the verified file.
        trust: consent to a model format that can run code.
        device: where to count; ``auto`` takes the best there is.
        flips: votes that may fall otherwise on another device.
        stop: when set, no further block is begun.
        progress: told after each block how many of how many are done.
    """

    model: str
    input: str
    beside: Path
    trust: bool = False
    device: str = "auto"
    flips: int = 0
    stop: threading.Event | None = None
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True)
class Rerun:
    """What drawing again found.

    Attributes:
        claims: on the votes, the model as it was opened, and the test of the noise.
        redrawn: how much was drawn, if it gave the votes on record; None if it did not.
    """

    claims: tuple[Claim, ...]
    redrawn: Redrawn | None = None


def check_rerun(evidence: Evidence, rerun: Blocks, means: Means) -> Rerun:
    """Whether the same noise gives the same votes, and the same test of itself."""
    try:
        classifier, fitted = _subject(evidence, means)
        wrong = _other_subject(evidence, classifier, fitted)
        if wrong:
            return Rerun((_claim("cannot be checked", wrong),))
        execution = evidence.execution.model_copy(update={"device": means.device})
        if evidence.procedure == "measure":
            classifier = measuring(classifier)
        run = Run(classifier, fitted, evidence.settings, execution, stop=means.stop)
        found = run.classifier.identity
        opened = check_opened(evidence.model, found, named=bool(evidence.command))
        spans = chosen(evidence, rerun)
        numbers = _keeping(evidence, run)
        votes = _judged(evidence, run, spans, means)
    except UserError as error:
        return Rerun((_claim("cannot be checked", str(error).rstrip(".")),))
    claims = [votes, opened]
    tested, again = evidence.noise.self_test, run.randomness.self_test
    if tested is not None and again is not None:
        if tested.key:
            again = run.randomness.tested(int(tested.key, 16))
        claims.append(check_self_test(tested, again, _other_machine(evidence, run)))
    if numbers is not None:
        claims.append(_numbers(evidence, numbers, whole=rerun == "all"))
    same = all(claim.verdict != "does not hold" for claim in claims[:1] + claims[-1:])
    same = same and votes.verdict == "holds"
    return Rerun(tuple(claims), _redrawn(evidence, spans) if same else None)


def _keeping(evidence: Evidence, run: Run) -> KeepNumbers | None:
    """What keeps the numbers that are drawn again, of a model that is measured."""
    outputs = evidence.model.outputs
    if evidence.procedure != "measure" or outputs is None:
        return None
    run.sampler.numbers = KeepNumbers(len(outputs.labels))
    return run.sampler.numbers


def _numbers(evidence: Evidence, kept: KeepNumbers, *, whole: bool) -> Claim:
    stated = evidence.observations
    ranks = stated.ranks if isinstance(stated, OrderStatistics) else ()
    n = evidence.estimation.n
    again = order_statistics(kept.answers(n), n, ranks)
    return check_numbers(evidence, again, whole=whole)


def _redrawn(evidence: Evidence, spans: Sequence[Span]) -> Redrawn:
    drawn = sum(span.stream == Stream.ESTIMATION for span in spans)
    chain = evidence.chain
    return Redrawn(
        blocks=max(1, drawn),
        of=max(1, len(chain.blocks) if chain else drawn),
        selection=any(span.stream == Stream.SELECTION for span in spans),
    )


def chosen(evidence: Evidence, rerun: Blocks) -> list[Span]:
    """What to draw again: the selection votes, and all blocks or that many drawn by lot.

    The lot is the system's entropy. PREDICT keeps no blocks, so that all of its votes are drawn.
    """
    votes, classes = evidence.votes, len(evidence.model.class_names)
    estimation = evidence.estimation
    if evidence.chain is None:
        spans = [Span("all votes", Stream.ESTIMATION, 0, estimation.n, estimation)]
    else:
        places = [block.start for block in evidence.chain.blocks]
        if evidence.anchors:
            places = [one.cell << SAMPLES for one in evidence.anchors]
        tops = [phase.guess for phase in evidence.decision.phases] if evidence.decision else []
        spans = [
            Span(
                f"block {index}",
                Stream.ESTIMATION,
                places[index],
                block.n,
                Votes(
                    counts=tuple(block.counts.get(c, 0) for c in range(classes)),
                    failures=block.failures,
                    scores=block.scores,
                ),
                top=tops[index] if tops else votes.guess,
            )
            for index, block in enumerate(evidence.chain.blocks)
        ]
    if rerun != "all":
        most = max(1, math.ceil(rerun * len(spans))) if isinstance(rerun, float) else rerun
        lot = random.SystemRandom().sample(range(len(spans)), min(most, len(spans)))
        spans = [spans[index] for index in sorted(lot)]
    return [*_selections(evidence), *spans]


def _selections(evidence: Evidence) -> list[Span]:
    """The votes that chose the class: of the run, of each of its phases, or none of PREDICT."""
    if evidence.procedure in ("predict", "measure"):
        return []
    if evidence.decision is not None:
        n0 = evidence.settings.n0
        return [
            Span(
                f"selection of phase {index + 1}",
                Stream.SELECTION,
                index * n0,
                n0,
                Votes(counts=phase.selection, failures=phase.selection_failures),
            )
            for index, phase in enumerate(evidence.decision.phases)
        ]
    first = evidence.selection
    return [Span("selection", Stream.SELECTION, 0, first.n, first)]


def request_of(evidence: Evidence, means: Means) -> ModelRequest:
    """How to open the model: as named now, else as the evidence's command line did."""
    try:
        words = shlex.split(evidence.command)
    except ValueError:
        words = []
    said = dict(zip(words, words[1:], strict=False))
    stated = stated_request(evidence.model)
    models = _placed(stated.members, means) or [_place(means.model or stated.spec, means.beside)]
    read = {}
    for field in REQUEST_FIELDS:
        if field.flag in said and field.group != "ensemble":  # how members answer is in the model
            text = said[field.flag]
            read[field.name] = field.read(_place(text, means.beside) if field.file else text)
    if stated.denoiser:
        read.setdefault("denoiser", _place(stated.denoiser, means.beside))
    return replace(stated, spec=models[0], others=tuple(models[1:]), trust=means.trust, **read)


def _place(source: str, beside: Path) -> str:
    place = located(source, beside)
    return str(place) if place else source


def _placed(members: Sequence[str], means: Means) -> list[str]:
    """Where the members of an ensemble are; ``means.model`` is the folder they were moved to."""
    if not means.model:
        return [_place(source, means.beside) for source in members]
    return [moved_member(source, means.model) for source in members]


def _subject(evidence: Evidence, means: Means) -> tuple[Classifier, FittedInput]:
    if evidence.model.in_memory:
        raise UserError(f"{MODULE_IN_MEMORY}, and none can be asked again")
    if is_served(evidence) and not means.model:  # a file must not have a stranger be connected to
        raise UserError(SERVED)
    source = means.input or evidence.input.source
    fitted = fitted_input(evidence, source, means.beside, means.model)
    return load_model(request_of(evidence, means)), fitted


def _other_subject(evidence: Evidence, classifier: Classifier, fitted: FittedInput) -> str:
    found, stated = classifier.identity, evidence.model
    if found.sha256 != stated.sha256:
        return "the model at hand is not the one that was certified"
    if fitted.identity.pixels_sha256 != evidence.input.pixels_sha256:
        return "the input at hand is not the one that was certified"
    return ""


def _judged(evidence: Evidence, run: Run, spans: Sequence[Span], means: Means) -> Claim:
    flips: dict[str, int] = {}
    drawn, record = 0, evidence.function_check
    ties = record.near_ties if record is not None else 0
    for done, span in enumerate(spans, 1):
        again = _count(run, span)
        if again.n != span.n:
            return _claim("cannot be checked", "it was stopped before all blocks were drawn")
        drawn += span.n
        again = with_scores_of(again, span.votes)
        if again != span.votes and not (evidence.encrypted and span.above(again)):
            tied = span.near_ties(again)
            if tied is not None and tied <= ties:
                ties -= tied
            else:
                flips[span.name] = _flipped(span.votes, again)
        if means.progress is not None:
            means.progress(done, len(spans))
    names = [span.name for span in spans]
    what = f"{drawn:,} votes drawn again: {_listed(names)}"
    if not flips:
        return _claim("holds", what)
    return _with_flips(evidence, run, flips, what, means.flips)


def _with_flips(
    evidence: Evidence, run: Run, flips: dict[str, int], what: str, allowed: int
) -> Claim:
    """Votes that came out otherwise do not hold, unless another machine may have so many."""
    total = sum(flips.values())
    where = _listed([f"{name}: {count}" for name, count in flips.items()])
    differing = f"{total:,} came out otherwise ({where})"
    other = _other_machine(evidence, run)
    if not other:
        return _claim("does not hold", f"{what}; {differing}")
    if total <= allowed:
        return _claim("holds", f"{what}; {differing}, no more than the {allowed} allowed; {other}")
    accepts = f"--allow-flips {total} accepts that many as rounding"
    return _claim("does not hold", f"{what}; {differing}; {other}; {accepts}")


def _other_machine(evidence: Evidence, run: Run) -> str:
    from engine.evidence.environment import software

    now, then = software(run.device), evidence.software
    if (now.device_name, now.torch) == (then.device_name, then.torch):
        return ""
    return (
        f"the run was made on {then.device_name} with torch {then.torch}, this is "
        f"{now.device_name} with torch {now.torch}"
    )


def _count(run: Run, span: Span) -> Votes:
    sums = [0] * (len(run.class_names) + 1)
    if span.votes.scores is not None and span.top is not None:
        run.sampler.numbers = SumScores(span.top)
        sums += [0, 0]
    if span.n:
        last = span.start + span.n
        for rows in run.sampler.rows(span.stream, span.start, last, block=max(last, 1)):
            for row in rows.values():
                sums = [a + b for a, b in zip(sums, row, strict=True)]
    return votes_of(sums, len(run.class_names))


def _flipped(recorded: Votes, again: Votes) -> int:
    """The fewest votes that must have fallen otherwise; all, where their scores did."""
    if recorded.scores != again.scores:
        return recorded.n
    pairs = zip((*recorded.counts, recorded.failures), (*again.counts, again.failures), strict=True)
    return sum(max(0, a - b) for a, b in pairs)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"


def _claim(verdict: Literal["holds", "does not hold", "cannot be checked"], detail: str) -> Claim:
    return Claim(name="votes drawn again", verdict=verdict, detail=detail)
