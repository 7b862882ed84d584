"""Median smoothing of a model that answers with places or numbers: intervals for their medians."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import Any

from engine.core.errors import UserError
from engine.core.outputs import OutputInterval
from engine.core.records import Votes
from engine.evidence.evidence import ChainRecord, Evidence, StopReason
from engine.evidence.observations import OrderStatistics
from engine.evidence.settings import USUAL, Execution, MeasureSettings, seeded
from engine.evidence.snapshot import Snapshot
from engine.evidence.vote_chain import Tally, full_blocks
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.models.outputs import NumbersClassifier, OutputsClassifier
from engine.noise.gaussian import Stream
from engine.procedures.median_outcome import MedianRule, median_facts
from engine.procedures.prepared import PreparedModel
from engine.procedures.resume import Resume, open_tally
from engine.procedures.run import Run, evidence
from engine.sampling.reducers import KeepNumbers, order_statistics
from engine.sampling.sampler import PATIENCE

MOST_NUMBERS = 10**8
"""Answers times outputs that are kept in memory, four bytes each."""
_GROWN = 1.05
"""Intervals are worked out again once so many more answers have come."""


def measuring(classifier: Classifier) -> NumbersClassifier:
    """The classifier whose numbers are kept.

    Raises:
        UserError: the model names classes.
    """
    if not isinstance(classifier, OutputsClassifier):
        raise UserError(
            f"--epsilon asks where a model's numbers stay, and {classifier.identity.name} names "
            "classes; say what it answers with by --output keypoints, --output boxes or --output "
            "numbers, or leave --epsilon out."
        )
    return classifier.measuring()


def measure(
    classifier: Classifier,
    fitted: FittedInput,
    settings: MeasureSettings,
    *,
    execution: Execution = USUAL,
    stop: threading.Event | None = None,
    command: str = "",
    resume: Resume | None = None,
    patience: float = PATIENCE,
    prepared: PreparedModel | None = None,
) -> Generator[Snapshot, None, Evidence]:
    """Run median smoothing on ``settings.n`` samples, yielding snapshots, ending in evidence.

    A run that is resumed goes on after the full blocks whose answers its case kept, and draws the
    others again, the same ones.

    Raises:
        UserError: the model names classes, the answers have no room, or model, input and settings
            do not fit together.
    """
    settings, found = seeded(settings), measuring(classifier)
    count = len(found.outputs.labels)
    if settings.n * count > MOST_NUMBERS:
        raise UserError(
            f"{settings.n:,} answers of {count:,} numbers have no room in memory; choose n of at "
            f"most {MOST_NUMBERS // count:,}."
        )
    again = resume and _kept(resume, count)
    run = Run(
        found,
        fitted,
        settings,
        execution,
        stop=stop,
        resume=again,
        patience=patience,
        prepared=prepared,
    )
    state = _Measure(run, settings, found, again)
    yield from state.snapshots()
    return state.conclude(command)


def _kept(resume: Resume, outputs: int) -> Resume:
    """What can be resumed: full blocks whose answers were kept; nothing else is counted.

    The record of what was asked again is of all blocks, and goes with them.
    """
    full = full_blocks(resume.blocks, resume.block)
    pairs = list(zip(full, resume.numbers, strict=False))
    whole = [len(kept) == 4 * outputs * block.counts.get(0, 0) for block, kept in pairs]
    count = whole.index(False) if False in whole else len(whole)
    update: dict[str, Any] = {
        "blocks": tuple(full[:count]),
        "numbers": resume.numbers[:count],
        "function_check": resume.function_check if count else None,
    }
    return resume.model_copy(update=update)


class _Measure:
    """The state of one run."""

    def __init__(
        self,
        run: Run,
        settings: MeasureSettings,
        classifier: NumbersClassifier,
        resume: Resume | None,
    ) -> None:
        self.run, self.settings = run, settings
        self.empty = Votes(counts=(0,))
        elements = run.fitted.identity.elements
        self.rule = MedianRule(settings, classifier.outputs, elements, run.facts)
        self.tally = open_tally(resume, run.chain_starts(self.empty), settings, classes=1)
        self._blocks = resume.numbers if resume else ()
        outputs = len(classifier.outputs.labels)
        self.numbers = run.sampler.numbers = KeepNumbers(outputs, self._blocks)
        self._shown: tuple[OutputInterval, ...] = ()
        self._shown_at = 0

    def snapshots(self) -> Generator[Snapshot, None, None]:
        """All samples, in one phase: nothing is chosen by them."""
        already = self.tally.n
        self.run.start_estimation(already)
        sampler, n = self.run.sampler, self.settings.n
        for rows in sampler.rows(Stream.ESTIMATION, already, n, block=self.tally.size):
            self.tally.add(rows)
            yield self._snapshot(self.tally)

    def conclude(self, command: str) -> Evidence:
        """Evidence of the run as it stands, complete or stopped."""
        votes = self.tally.votes()
        kept = self.rule.kept(votes.counts[0], votes.n)
        observed = order_statistics(self.numbers.answers(votes.counts[0]), votes.n, [*kept])
        facts = median_facts(self.rule, observed, self.run.fitted.identity)
        stopped: StopReason = "stopped" if self.run.stop.is_set() else "out of memory"
        return evidence(
            self.run,
            self.empty,
            votes,
            0,
            procedure="measure",
            stop_reason="planned n reached" if facts["complete"] else stopped,
            chain=ChainRecord.of(self.tally),
            command=command,
            observed=observed,
            **facts,
        )

    def _snapshot(self, tally: Tally) -> Snapshot:
        votes = tally.votes()
        rate = self.run.rate(votes.n)
        return Snapshot(
            run_id=self.run.run_id,
            phase="estimation",
            selection=self.empty,
            estimation=votes,
            top=0,
            settings=self.settings,
            function_check=self.run.sampler.check.record(),
            blocks=tally.blocks(),
            intervals=self._intervals(votes),
            numbers=self._numbers(tally),
            n_done=votes.n,
            n0_plan=0,
            n_plan=self.settings.n,
            rate=rate,
            eta=(self.settings.n - votes.n) / rate if rate > 0 else None,
            seconds=self.run.seconds(),
        )

    def _numbers(self, tally: Tally) -> tuple[bytes, ...]:
        """The answers of every full block; of those that are full since the last snapshot, new."""
        known = len(self._blocks)
        first = sum(block.counts.get(0, 0) for block in tally.full[:known])
        for block in tally.full[known:]:
            last = first + block.counts.get(0, 0)
            self._blocks += (self.numbers.stretch(first, last),)
            first = last
        return self._blocks

    def _intervals(self, votes: Votes) -> tuple[OutputInterval, ...]:
        if votes.n >= self._shown_at * _GROWN:
            self._shown, self._shown_at = self.rule.intervals(self._observed(votes)), votes.n
        return self._shown

    def _observed(self, votes: Votes) -> OrderStatistics:
        answered, n = votes.counts[0], votes.n
        answers = self.numbers.answers(answered)
        return order_statistics(answers, n, [*self.rule.ranks(answered, n)])
