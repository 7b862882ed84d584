"""CERTIFY: choose a class from n0 votes, bound it with n fresh ones (Cohen et al. 2019)."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence

from engine.bounds import bound_method
from engine.core.errors import UserError
from engine.core.records import ProbabilityBounds, Votes
from engine.core.scores import SOFT
from engine.evidence.cost import WORTH_SAYING, Cost
from engine.evidence.evidence import ChainRecord, Evidence, StopReason
from engine.evidence.settings import USUAL, Counting, Execution, seeded
from engine.evidence.snapshot import Phase, Snapshot
from engine.evidence.vote_chain import Tally
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import Stream
from engine.oracles.audit import Labelled
from engine.procedures.bound_trajectory import Claims, region_of
from engine.procedures.oracle_correction import with_labels
from engine.procedures.outcome import answered, certify_facts
from engine.procedures.prepared import PreparedModel
from engine.procedures.resume import Resume, open_tally
from engine.procedures.run import Run, evidence
from engine.procedures.target import Target
from engine.sampling.reducers import SumScores
from engine.sampling.sampler import PATIENCE

PROVISIONAL = "clopper-pearson"


def certify(
    classifier: Classifier,
    fitted: FittedInput,
    settings: Counting,
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
    """Run CERTIFY, yielding snapshots, ending in evidence.

    Args:
        classifier: the base classifier f.
        fitted: the input in f's shape.
        settings: declared before the run; nothing in them changes afterwards.
        execution: device and batch size.
        at: perturbations to answer, in the scheme's terms (``radius=0.25``).
        stop: when set, the run ends after the batch at hand and keeps what it counted.
        command: the same run on the command line, for the record.
        resume: votes counted before, of this very run, or of one to extend.
        patience: longest time a batch may take, in seconds; a stop waits for it.
        prepared: the classifier made ready before, for another input of the same set.
        audit: answers that a person labelled, for a claim about the true class as well.
        alpha_audit: chance that the bound drawn from them is wrong; 0 takes the run's alpha.

    Raises:
        UserError: model, input and settings do not fit together; an ``at`` that the scheme does
            not understand; ``resume`` belongs to another run.
    """
    if settings.kind == "sweep":
        raise UserError(
            f"{settings.scheme.key} is certified anchor by anchor, by a run of its own."
        )
    settings = seeded(settings)
    asked = {text: settings.scheme.parse_at(text) for text in at}
    target = Target.of(settings)
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
    certifying = _Certify(run, settings, target, resume)
    yield from certifying.snapshots()
    found = certifying.conclude(command)
    found = answered(found, asked)
    if audit is None or certifying.top is None:
        return found
    return with_labels(found, audit, run.class_names[certifying.top], alpha_audit or settings.alpha)


class _Certify:
    """The state of one run."""

    def __init__(
        self, run: Run, settings: Counting, target: Target | None, resume: Resume | None
    ) -> None:
        self.run = run
        self.settings = settings
        self.method = bound_method(run.settings.bound)
        self.target = target
        self.ended: StopReason | None = None
        self.resume = resume
        classes = len(run.class_names)
        self.selection = resume.selection if resume else Votes(counts=(0,) * classes)
        self.estimation = Votes(counts=(0,) * classes)
        self.top: int | None = None
        self.tally: Tally | None = None
        self.claims = Claims(self.settings, self.method, run.randomness, run.facts)
        self.cost = self._cost()
        self._last: Snapshot | None = None

    def snapshots(self) -> Generator[Snapshot, None, None]:
        """Both phases; the chosen class is fixed between them."""
        sampler, settings = self.run.sampler, self.settings
        if self.cost is not None and self.cost.seconds > WORTH_SAYING:
            yield self._snapshot("selection", None)
        yield from self._computed()
        self.run.start_estimation()
        already, sampler.check.followed = self.selection, True
        for votes in sampler.votes(Stream.SELECTION, settings.n0, before=already):
            if votes != self.selection or self._last is None:
                self.selection, self._last = votes, None
            yield self._last or self._snapshot("selection", None)
        sampler.check.followed = False
        if self.selection.n < settings.n0:
            return
        self.claims.begin(self.selection)
        self.top = sampler.check.top = self.claims.top(self.selection)
        self.tally = self._open_tally(self.top)
        if self.method.key == SOFT:
            sampler.numbers = SumScores(self.top)
        self.run.start_estimation(self.tally.n)
        size = self.tally.size
        often = self.target is not None
        said = self.resume.answers if self.resume else ()
        for rows in sampler.rows(
            Stream.ESTIMATION, self.tally.n, settings.n, block=size, often=often, said=said
        ):
            if not rows and self._last is not None:  # it waits for others
                yield self._last
                continue
            ends = self.tally.add(rows)
            self.estimation = self.tally.votes()
            self.claims.add(ends, self.top)
            yield self._snapshot("estimation", self.claims.now(self.estimation, self.top))
            self.ended = self._judge(ends)
            if self.ended is not None:
                return

    def _computed(self) -> Generator[Snapshot, None, None]:
        """What grows while it is computed, before a sample is drawn; a stop keeps what there is."""
        for facts in self.run.compute():
            self.claims = Claims(self.settings, self.method, self.run.randomness, facts)
            self.top = self.claims.top(self.selection)
            yield self._snapshot("estimation", self.claims.now(self.estimation, self.top))
            if self.run.stop.is_set():
                return

    def conclude(self, command: str) -> Evidence:
        """Evidence of the run as it stands, complete or stopped."""
        facts = certify_facts(
            settings=self.settings,
            selection=self.selection,
            estimation=self.estimation,
            top=self.top,
            claims=self.claims,
            class_names=self.run.class_names,
            given=self.run.fitted.identity,
            facts=self.run.facts,
            served=self.run.sampler.decrypted.record() is not None,
        )
        return evidence(
            self.run,
            self.selection,
            self.estimation,
            self.top,
            procedure="certify",
            stop_reason=self._stop_reason(),
            chain=ChainRecord.of(self.tally) if self.tally else None,
            command=command,
            **facts,
        )

    def _open_tally(self, top: int) -> Tally:
        """An empty tally, or the one to resume; its bounds are worked out again."""
        tally = open_tally(
            self.resume,
            self.run.chain_starts(self.selection),
            self.settings,
            classes=len(self.run.class_names),
            extendable=self.method.extendable,
        )
        self.claims.replay(tally.full, top, tally.classes)
        self.estimation = tally.votes()
        return tally

    def _judge(self, ends: Sequence[Votes]) -> StopReason | None:
        """Whether the target decides the run at one of the block ends just reached."""
        if self.target is None or self.top is None:
            return None
        for votes in ends:
            verdict = self.target.verdict(
                votes, self.top, self.claims.now(votes, self.top), self.run.facts
            )
            if verdict is not None:
                return verdict
        return None

    def _stop_reason(self) -> StopReason:
        if self.estimation.n == self.settings.n:
            return "planned n reached"
        if self.ended is not None:
            return self.ended
        return "stopped" if self.run.stop.is_set() else "out of memory"

    def _snapshot(self, phase: Phase, bounds: ProbabilityBounds | None) -> Snapshot:
        done = self.selection.n + self.estimation.n
        current = self.selection.n if phase == "selection" else self.estimation.n
        rate = self.run.rate(current)
        left = self.settings.n0 + self.settings.n - done
        self._last = Snapshot(
            run_id=self.run.run_id,
            phase=phase,
            selection=self.selection,
            estimation=self.estimation,
            top=self.top,
            bounds=bounds,
            provisional=self._provisional(bounds),
            settings=self.settings,
            region=region_of(self.settings.scheme, bounds, self.run.facts),
            facts=dict(self.run.facts),
            trajectory=self.claims.points(self.estimation, bounds),
            blocks=self.tally.blocks() if self.tally else (),
            answers=self.run.sampler.answers.groups(),
            function_check=self.run.sampler.check.record(),
            ensemble=self.run.sampler.members.record(),
            encrypted=self.run.sampler.decrypted.record(),
            n_done=done,
            n0_plan=self.settings.n0,
            n_plan=self.settings.n,
            rate=rate,
            eta=left / rate if rate > 0 else None,
            seconds=self.run.seconds(),
            cost=self.cost,
        )
        return self._last

    def _cost(self) -> Cost | None:
        """What is left to draw, at the speed of the calibration; None where nothing is.

        Of a map it is its cells, each at the time of the first: they take more than votes beside.
        """
        resume, settings = self.resume, self.settings
        if cells := settings.scheme.most_cells:
            return Cost(samples=cells, seconds_each=self.run.first_seconds, things="cells")
        counted = sum(block.n for block in resume.blocks) + resume.selection.n if resume else 0
        left = settings.n0 + settings.n - counted
        if left < 1:
            return None
        return Cost(samples=left, seconds_each=self.run.sampler.seconds_each)

    def _provisional(self, bounds: ProbabilityBounds | None) -> ProbabilityBounds | None:
        """Plain Clopper-Pearson beside a bound that is something else, until n is reached."""
        sampled = self.settings.kind == "certify" and self.method.key not in (PROVISIONAL, SOFT)
        if bounds is None or not sampled or bounds.n == self.settings.n:
            return None
        return bound_method(PROVISIONAL).at(
            self.estimation, top=bounds.top, alpha=self.settings.alpha, n_plan=self.settings.n
        )
