"""Decide a predetermined target with as few votes as it takes (Horvath et al., ICLR 2022)."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import replace

from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.evidence import ChainRecord, Evidence, StopReason
from engine.evidence.settings import USUAL, DecideSettings, Execution, seeded
from engine.evidence.snapshot import Phase, Snapshot
from engine.evidence.vote_chain import Block, chained, start_of, total
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import Stream
from engine.planning.early_stopping_outcome import (
    PhaseVotes,
    decision_facts,
    phase_points,
)
from engine.planning.early_stopping_rule import Rule
from engine.procedures.resume import Resume, check_resume
from engine.procedures.run import Run, evidence
from engine.sampling.sampler import PATIENCE

_REASONS: dict[str, StopReason] = {
    "certified": "target certified",
    "given up": "target out of reach",
    "undecided": "planned n reached",
}


def decide(
    classifier: Classifier,
    fitted: FittedInput,
    settings: DecideSettings,
    *,
    execution: Execution = USUAL,
    stop: threading.Event | None = None,
    command: str = "",
    resume: Resume | None = None,
    patience: float = PATIENCE,
) -> Generator[Snapshot, None, Evidence]:
    """Decide whether ``settings.target`` is certified, yielding snapshots, ending in evidence.

    Args:
        classifier: the base classifier f.
        fitted: the input in f's shape.
        settings: declared before the run.
        execution: device and batch size.
        stop: when set, the run ends after the batch at hand and decides nothing.
        command: the same run on the command line, for the record.
        resume: estimation votes of this very run that were counted before; the few votes that
            choose the classes are drawn once more, and the chain says whether they are the same.
        patience: longest time a batch may take, in seconds; a stop waits for it.

    Raises:
        UserError: the target, the phases or beta cannot be, or model and input do not fit;
            ``resume`` belongs to another run.
    """
    settings = seeded(settings)
    rule = Rule.of(settings)  # refused before the model is made ready
    run = Run(classifier, fitted, settings, execution, stop=stop, resume=resume, patience=patience)
    rule = replace(rule, weaken=run.randomness.weakened, facts=run.facts)
    deciding = _Decision(run, settings, rule, resume)
    yield from deciding.snapshots()
    return deciding.conclude(command)


class _Decision:
    """The state of one decision."""

    def __init__(
        self, run: Run, settings: DecideSettings, rule: Rule, resume: Resume | None
    ) -> None:
        self.run, self.rule, self.settings, self.resume = run, rule, settings, resume
        self.empty = Votes(counts=(0,) * len(run.class_names))
        self.selection = self.estimation = self.empty
        self.top: int | None = None
        self.bounds: ProbabilityBounds | None = None
        self.phases: list[PhaseVotes] = []
        self.used = 0
        self.blocks: list[Block] = []
        self.start = ""

    def snapshots(self) -> Generator[Snapshot, None, None]:
        """Phase after phase, until one decides."""
        drawn = 0
        for index, n in enumerate(self.rule.phases):
            if not (yield from self._select(index)):
                return
            yield from self._estimate(index, first=drawn, last=drawn + n)
            drawn += n
            if not self.estimation.n:
                return
            self._keep()
            if self._decided(index):
                return

    def _select(self, index: int) -> Generator[Snapshot, None, bool]:
        """Choose the phase's class; False if that was stopped."""
        self.selection = self.estimation = self.empty
        self.top = self.bounds = self.run.sampler.check.top = None
        first = index * self.settings.n0
        for votes in self._counted(Stream.SELECTION, first, first + self.settings.n0, self.empty):
            self.selection = votes
            yield self._snapshot("selection")
        self.used += self.selection.n
        if self.selection.n < self.settings.n0:
            return False
        self.top = self.run.sampler.check.top = self.selection.top
        if not index:
            blocks = self.resume.blocks if self.resume else ()
            self.start = start_of(self.run.chain_starts(self.selection), blocks)
            if self.resume and self.resume.blocks:
                check_resume(self.resume, self.start, self.settings)
        return True

    def _estimate(self, index: int, *, first: int, last: int) -> Generator[Snapshot, None, None]:
        kept = self.resume.blocks[index : index + 1] if self.resume else ()
        before = self.estimation = total(kept, len(self.run.class_names))
        self.run.start_estimation(before.n)
        self._bound(index)
        for votes in self._counted(Stream.ESTIMATION, first, last, before):
            self.estimation = votes
            self._bound(index)
            yield self._snapshot("estimation")
        self.used += self.estimation.n

    def _bound(self, index: int) -> None:
        if self.top is not None and self.estimation.n:
            self.bounds = self.rule.bounds(index, self.estimation, self.top)

    def _counted(
        self, stream: Stream, first: int, last: int, before: Votes
    ) -> Generator[Votes, None, None]:
        """Votes of samples first..last-1, a range that belongs to this phase alone.

        Goes on after ``before``, the counts of the first ``before.n`` of them.
        """
        sums = [before.failures, *before.counts]
        said = self.resume.answers if self.resume and before.n else ()
        for rows in self.run.sampler.rows(stream, first + before.n, last, block=last, said=said):
            if rows:
                sums = [a + b for a, b in zip(sums, rows[0], strict=True)]
            yield Votes(counts=tuple(sums[1:]), failures=sums[0])

    def _keep(self) -> None:
        """The phase's votes, and a link of the chain."""
        self.blocks.append(self._link())
        self.phases.append((self.selection, self.estimation))

    def _link(self) -> Block:
        """The votes of the phase at hand as the next block of the chain."""
        votes = self.estimation
        return chained(
            self.blocks[-1].hash if self.blocks else self.start,
            start=sum(block.n for block in self.blocks),
            n=votes.n,
            counts=dict(enumerate(votes.counts)),
            failures=votes.failures,
        )

    def _decided(self, index: int) -> bool:
        """Whether the run ends here: decided, or its phase not counted to the end."""
        if self.top is None or self.bounds is None or not self.bounds.valid:
            return True
        record = self.rule.record(index, self.selection, self.estimation, self.top)
        return self.rule.verdict(self.bounds, record) is not None

    def conclude(self, command: str) -> Evidence:
        """Evidence of the decision as it stands."""
        facts = decision_facts(
            settings=self.settings,
            rule=self.rule,
            phases=self.phases,
            selection=self.selection,
            estimation=self.estimation,
            class_names=self.run.class_names,
            given=self.run.fitted.identity,
        )
        stopped: StopReason = "stopped" if self.run.stop.is_set() else "out of memory"
        return evidence(
            self.run,
            self.selection,
            self.estimation,
            self.top,
            procedure="decide",
            stop_reason=_REASONS.get(facts["decision"].verdict, stopped),
            chain=self._chain(),
            command=command,
            **facts,
        )

    def _chain(self) -> ChainRecord | None:
        if not self.blocks:
            return None
        return ChainRecord(
            start=self.start,
            block=self.rule.phases[0],
            head=self.blocks[-1].hash,
            blocks=tuple(self.blocks),
        )

    def _snapshot(self, phase: Phase) -> Snapshot:
        now = self.selection.n if phase == "selection" else self.estimation.n
        done = self.used + now
        rate = self.run.rate(now)
        n0_plan = self.settings.n0 * len(self.rule.phases)
        n_plan = sum(self.rule.phases)
        return Snapshot(
            run_id=self.run.run_id,
            phase=phase,
            selection=self.selection,
            estimation=self.estimation,
            top=self.top,
            bounds=self.bounds,
            settings=self.settings,
            region=self.rule.region(self.bounds) if self.bounds is not None else None,
            trajectory=phase_points(self.rule, self.phases),
            blocks=(*self.blocks, self._link()) if self.estimation.n else tuple(self.blocks),
            chain_selection=self.phases[0][0] if self.phases else None,
            answers=self.run.sampler.answers.groups(),
            function_check=self.run.sampler.check.record(),
            ensemble=self.run.sampler.members.record(),
            encrypted=self.run.sampler.decrypted.record(),
            n_done=done,
            n0_plan=n0_plan,
            n_plan=n_plan,
            rate=rate,
            eta=(n0_plan + n_plan - done) / rate if rate > 0 else None,
            seconds=self.run.seconds(),
        )
