"""CERTIFY over the range of a transformation: one class, and votes at one anchor after another."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence

from engine.core.errors import UserError
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.evidence import ChainRecord, Evidence, StopReason
from engine.evidence.observations import AnchorRecord
from engine.evidence.settings import USUAL, Execution, SweepSettings, seeded
from engine.evidence.snapshot import Phase, Snapshot
from engine.evidence.vote_chain import ANY_LENGTH, Block, chained, first_broken, start_of
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import Stream
from engine.oracles.audit import Labelled
from engine.planning.sweep_outcome import SweepVotes, sweep_facts
from engine.planning.sweep_walk import Asked, Walk
from engine.procedures.outcome import answered
from engine.procedures.prepared import PreparedModel
from engine.procedures.resume import Resume
from engine.procedures.run import Run, evidence
from engine.regions.sweep import Sweep
from engine.sampling.sampler import PATIENCE
from engine.schemes.anchored import SAMPLES, Anchored

_OTHER = (
    "These votes belong to another model, input or setting, or their file is damaged; start a new "
    "run."
)


def sweep(
    classifier: Classifier,
    fitted: FittedInput,
    settings: SweepSettings,
    *,
    execution: Execution = USUAL,
    at: Sequence[str] = (),
    stop: threading.Event | None = None,
    command: str = "",
    resume: Resume | None = None,
    patience: float = PATIENCE,
    prepared: PreparedModel | None = None,
    audit: Labelled | None = None,
    alpha_audit: float = 0.0,
) -> Generator[Snapshot, None, Evidence]:
    """Certify a range anchor by anchor, yielding snapshots, ending in evidence.

    The class comes from n0 votes at the image itself. Cells of the range are asked from 0 outwards,
    halved where that takes fewer votes (:class:`Walk`), and left as soon as the anytime bound at
    their anchor decides. Samples of different anchors have counters of their own, so that anchors
    share nothing.

    Args:
        classifier: the base classifier f.
        fitted: the image in f's shape.
        settings: declared before the run.
        execution: device and batch size.
        at: perturbations to answer, in the scheme's terms (``rotation=10``).
        stop: when set, the run ends after the batch at hand; what was certified by then stays.
        command: the same run on the command line, for the record.
        resume: votes of this very run that were counted before.
        patience: longest time a batch may take, in seconds.
        prepared: the classifier made ready before, for another input.
        audit, alpha_audit: of answers of a generative model, which takes no image.

    Raises:
        UserError: model, input and settings do not fit together; an ``at`` that the scheme does
            not understand; ``resume`` belongs to another run.
    """
    del audit, alpha_audit
    settings = seeded(settings)
    asked = {text: settings.scheme.parse_at(text) for text in at}
    run = Run(
        classifier,
        fitted,
        settings,
        execution,
        stop=stop,
        resume=resume,
        patience=patience,
        prepared=prepared,
    )
    sweeping = _Sweeping(run, settings, resume)
    yield from sweeping.snapshots()
    return answered(sweeping.conclude(command), asked)


class _Sweeping:
    """The state of one sweep."""

    def __init__(self, run: Run, settings: SweepSettings, resume: Resume | None) -> None:
        assert isinstance(settings.scheme, Anchored)
        self.run, self.settings, self.scheme = run, settings, settings.scheme
        self.resume = resume
        self.selection = Votes(counts=(0,) * len(run.class_names))
        self.top: int | None = None
        self.start = ""
        self.walk: Walk | None = None
        self.anchors: list[AnchorRecord] = []
        self.votes: list[Votes] = []
        self.blocks: list[Block] = []
        self.done = False
        self.estimation = self.selection
        self._swept: SweepVotes | None = None
        self._found: tuple[Sweep, ProbabilityBounds] | None = None

    def snapshots(self) -> Generator[Snapshot, None, None]:
        """The selection, then anchor after anchor."""
        sampler, n0 = self.run.sampler, self.settings.n0
        if self.resume:
            self.selection = self.resume.selection
        for votes in sampler.votes(Stream.SELECTION, n0, before=self.selection):
            self.selection = votes
            yield self._snapshot("selection")
        if self.selection.n < n0:
            return
        self.top = sampler.check.top = self.selection.top
        self._begin()
        # From here on time alone decides what is asked again: anchors are many and short.
        sampler.check.tested = True
        self.run.start_estimation(sum(votes.n for votes in self.votes))
        assert self.walk is not None
        while (asked := self.walk.next()) is not None:
            yield from self._ask(asked)
            if self.run.stop.is_set() or self._short:
                return
        self.done = True
        yield self._snapshot("estimation")

    def _begin(self) -> None:
        """The walk; a resumed one is walked to where it was."""
        image, share = self.run.fitted.arrays[0], self.selection.counts[self.selection.top]
        self.walk = Walk(
            self.scheme,
            alpha=self.settings.alpha,
            n=self.settings.n,
            share=(share + 0.5) / (self.selection.n + 1),
            distance=lambda cell: self.scheme.distance(image, cell),
            beside=self.scheme.beside(image),
        )
        self._swept = SweepVotes(self.settings, self.top or 0)
        self._short = False
        blocks = self.resume.blocks if self.resume else ()
        self.start = start_of(self.run.chain_starts(self.selection), blocks)
        if first_broken(self.start, blocks) is not None:
            raise UserError(_OTHER)
        self._before = list(blocks)

    def _ask(self, asked: Asked) -> Generator[Snapshot, None, None]:
        """Votes at one anchor until its cell is certified, halved or given up."""
        assert self.walk is not None and self.top is not None
        votes, before = self._recorded(), self.estimation
        self.anchors.append(AnchorRecord(cell=asked.cell, distance=asked.distance))
        self.votes.append(votes)
        self.blocks.append(self._link(votes, before.n))
        self.estimation = _sum(before, votes)
        first = asked.cell << SAMPLES
        while more := self.walk.left(asked, votes, self.top):
            drawn = Votes(counts=(0,) * len(votes.counts))
            for drawn in self._drawn(first + votes.n, more):
                self.votes[-1] = _sum(votes, drawn)
                self.blocks[-1] = self._link(self.votes[-1], before.n)
                self.estimation = _sum(before, self.votes[-1])
                yield self._snapshot("estimation")
            votes = _sum(votes, drawn)
            if drawn.n < more:  # stopped, or out of memory
                self._short = True
                break
        if not votes.n:
            del self.anchors[-1], self.votes[-1], self.blocks[-1]
        elif self._swept is not None:
            self._swept.add(self.anchors[-1], votes)
            self._found = self._swept.region(self.walk.failed)

    def _recorded(self) -> Votes:
        """The next anchor's votes in the run that is resumed; none where it ended before it."""
        classes = len(self.run.class_names)
        if not self._before:
            return Votes(counts=(0,) * classes)
        block = self._before.pop(0)
        counts = tuple(block.counts.get(index, 0) for index in range(classes))
        return Votes(counts=counts, failures=block.failures)

    def _drawn(self, start: int, many: int) -> Generator[Votes, None, None]:
        """Votes of some samples, as they come."""
        sums = [0] * (len(self.run.class_names) + 1)
        rows_of = self.run.sampler.rows(Stream.ESTIMATION, start, start + many, block=1 << SAMPLES)
        for rows in rows_of:
            for row in rows.values():
                sums = [a + b for a, b in zip(sums, row, strict=True)]
            yield Votes(counts=tuple(sums[1:]), failures=sums[0])

    def _link(self, votes: Votes, counted: int) -> Block:
        """The anchor at hand as the block of the chain that follows ``counted`` votes."""
        place = len(self.anchors) - 1
        return chained(
            self.blocks[place - 1].hash if place else self.start,
            start=counted,
            n=votes.n,
            counts=dict(enumerate(votes.counts)),
            failures=votes.failures,
        )

    def conclude(self, command: str) -> Evidence:
        """Evidence of the sweep as it stands."""
        facts = sweep_facts(
            settings=self.settings,
            selection=self.selection,
            anchors=self.anchors,
            votes=self.votes,
            top=self.top,
            complete=self.done,
            class_names=self.run.class_names,
            given=self.run.fitted.identity,
        )
        stopped: StopReason = "stopped" if self.run.stop.is_set() else "out of memory"
        found = evidence(
            self.run,
            self.selection,
            self.estimation,
            self.top,
            procedure="certify",
            stop_reason="planned n reached" if self.done else stopped,
            chain=self._chain(),
            anchors=tuple(self.anchors),
            command=command,
            **facts,
        )
        return found.model_copy(update={"warnings": (*found.warnings, *self._remarks())})

    def _remarks(self) -> list[str]:
        """Why a range may have come out narrower than was asked."""
        failed = self.walk.failed if self.walk is not None else []
        ends = [self.scheme.ends(cell) for cell in failed]
        if not ends or self._found is None:  # nothing is certified: the statement says why
            return []
        where = " and ".join(f"{low if high > 0 else high:+.3g}" for low, high in sorted(ends))
        return [
            f"What is certified ends before the range that was asked (at {where}): there the class "
            "has too few votes, or its probability is near what is needed. A model trained on "
            f"images under {self.scheme.warp.noun} and this noise, or more votes, may reach on."
        ]

    def _chain(self) -> ChainRecord | None:
        if not self.start:
            return None
        head = self.blocks[-1].hash if self.blocks else self.start
        return ChainRecord(start=self.start, block=ANY_LENGTH, head=head, blocks=tuple(self.blocks))

    def _snapshot(self, phase: Phase) -> Snapshot:
        region, bounds = self._found or (None, None)
        estimation = self.estimation
        now = self.selection.n if phase == "selection" else estimation.n
        rate, done = self.run.rate(now), self.selection.n + estimation.n
        share = self._share_done(region)
        planned = round(estimation.n / share) if share > 0 else self.settings.n
        planned = estimation.n if self.done else max(planned, estimation.n + 1)
        left = self.settings.n0 + planned - done
        return Snapshot(
            run_id=self.run.run_id,
            phase=phase,
            selection=self.selection,
            estimation=estimation,
            top=self.top,
            bounds=bounds,
            settings=self.settings,
            region=region,
            blocks=tuple(block for block in self.blocks if block.n),
            anchors=tuple(self.anchors),
            function_check=self.run.sampler.check.record(),
            n_done=done,
            n0_plan=self.settings.n0,
            n_plan=planned,
            rate=rate,
            eta=left / rate if rate > 0 and share > 0 else None,
            seconds=self.run.seconds(),
        )

    def _share_done(self, region: Sweep | None) -> float:
        """The part of the range that is decided: certified, or beyond what was given up."""
        if region is None or self.walk is None:
            return 0.0
        reach = self.scheme.reach
        ends = [self.scheme.ends(cell) for cell in self.walk.failed]
        up = reach if any(high > 0 for _, high in ends) else region.upper
        down = reach if any(low < 0 for low, _ in ends) else -region.lower
        return (up + down) / (2 * reach)


def _sum(one: Votes, other: Votes) -> Votes:
    counts = tuple(a + b for a, b in zip(one.counts, other.counts, strict=True))
    return Votes(counts=counts, failures=one.failures + other.failures)
