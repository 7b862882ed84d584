"""Decide a predetermined target with as few votes as it takes (Horvath et al., ICLR 2022)."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from typing import Literal

from engine import statement
from engine.blocks import Block, chain_start, chained
from engine.errors import UserError
from engine.evidence import (
    ChainRecord,
    DecisionRecord,
    Evidence,
    PhaseRecord,
    StopReason,
    TrajectoryPoint,
)
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise import Stream
from engine.planning.decision import BETA, Rule, default_phases
from engine.procedures.run import Run, evidence
from engine.procedures.snapshot import Phase, Snapshot
from engine.records import ProbabilityBounds, Votes
from engine.regions import Abstention
from engine.settings import RunSettings

_REASONS: dict[str, StopReason] = {
    "certified": "target certified",
    "given up": "target out of reach",
    "undecided": "planned n reached",
}


def decide(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    target: str,
    phases: Sequence[int] = (),
    beta: float = BETA,
    stop: threading.Event | None = None,
    command: str = "",
) -> Generator[Snapshot, None, Evidence]:
    """Decide whether ``target`` is certified, yielding snapshots, ending in evidence.

    Args:
        classifier: the base classifier f.
        fitted: the input in f's shape.
        settings: declared before the run; ``n`` is that of the run with a fixed n to compare with,
            and ``bound`` must be ``clopper-pearson``.
        target: in the scheme's terms, ``radius=0.5``.
        phases: estimation votes of each phase; empty for 1 %, 10 % and 125 % of n.
        beta: chance of giving up on a target that could be certified.
        stop: when set, the run ends after the batch at hand and decides nothing.
        command: the same run on the command line, for the record.

    Raises:
        UserError: the target, the phases or beta cannot be, or model and input do not fit.
    """
    if settings.bound != "clopper-pearson":
        raise UserError("An adaptive decision uses the clopper-pearson bound, once per phase.")
    perturbation = settings.scheme.parse_at(target)
    planned = tuple(phases) or default_phases(settings.n)
    rule = Rule(settings.scheme, perturbation, settings.alpha, beta, planned)
    rule.check()
    run = Run(classifier, fitted, settings, stop=stop)
    rule = Rule(
        settings.scheme, perturbation, settings.alpha, beta, planned, run.randomness.weakened
    )
    deciding = _Decision(run, rule, target)
    yield from deciding.snapshots()
    return deciding.conclude(command)


class _Decision:
    """The state of one decision."""

    def __init__(self, run: Run, rule: Rule, target: str) -> None:
        self.run, self.rule, self.target = run, rule, target
        self.settings = run.settings
        self.empty = Votes(counts=(0,) * len(run.class_names))
        self.selection = self.estimation = self.empty
        self.top: int | None = None
        self.bounds: ProbabilityBounds | None = None
        self.phases: list[PhaseRecord] = []
        self.used = 0
        self.points: list[TrajectoryPoint] = []
        self.blocks: list[Block] = []
        self.verdict: Literal["certified", "given up", "undecided", "stopped"] = "stopped"
        self.start = ""

    def snapshots(self) -> Generator[Snapshot, None, None]:
        """Phase after phase, until one decides."""
        drawn = 0
        for index, n in enumerate(self.rule.phases):
            if not (yield from self._select(index)):
                return
            yield from self._estimate(index, first=drawn, last=drawn + n)
            drawn += n
            self._keep(index)
            if self.bounds is None or not self.bounds.valid:
                return
            decided = self.rule.verdict(self.bounds, self.phases[-1])
            if decided is not None:
                self.verdict = decided
                return
        self.verdict = "undecided"

    def _select(self, index: int) -> Generator[Snapshot, None, bool]:
        """Choose the phase's class; False if that was stopped."""
        self.selection = self.estimation = self.empty
        self.top = self.bounds = None
        first = index * self.settings.n0
        for votes in self._counted(Stream.SELECTION, first, first + self.settings.n0):
            self.selection = votes
            yield self._snapshot("selection")
        self.used += self.selection.n
        if self.selection.n < self.settings.n0:
            return False
        self.top = self.selection.top
        self.start = self.start or self._chain_start()
        return True

    def _estimate(self, index: int, *, first: int, last: int) -> Generator[Snapshot, None, None]:
        self.run.start_estimation()
        for votes in self._counted(Stream.ESTIMATION, first, last):
            self.estimation = votes
            if self.top is not None and votes.n:
                self.bounds = self.rule.bounds(index, votes, self.top)
            yield self._snapshot("estimation")
        self.used += self.estimation.n

    def _counted(self, stream: Stream, first: int, last: int) -> Generator[Votes, None, None]:
        """Votes of samples first..last-1, a range that belongs to this phase alone."""
        sums = [0] * (len(self.run.class_names) + 1)
        for rows in self.run.sampler.rows(stream, first, last, block=last):
            if rows:
                sums = [a + b for a, b in zip(sums, rows[0], strict=True)]
            yield Votes(counts=tuple(sums[1:]), failures=sums[0])

    def _keep(self, index: int) -> None:
        """The phase as a record, a point of the curve and a link of the chain."""
        if self.top is None or self.bounds is None:
            return
        votes, bounds = self.estimation, self.bounds
        self.phases.append(self.rule.record(index, self.selection, votes, self.top))
        self.points.append(
            TrajectoryPoint(
                n=votes.n,
                k=votes.counts[self.top],
                p_lower=bounds.p_lower,
                p_upper=bounds.p_upper,
                valid=bounds.valid,
            )
        )
        self.blocks.append(
            chained(
                self.blocks[-1].hash if self.blocks else self.start,
                start=sum(block.n for block in self.blocks),
                n=votes.n,
                counts=dict(enumerate(votes.counts)),
                failures=votes.failures,
            )
        )

    def conclude(self, command: str) -> Evidence:
        """Evidence of the decision as it stands."""
        certified = self.verdict == "certified" and self.bounds is not None
        region = self.rule.region(self.bounds) if self.bounds is not None and certified else None
        abstention = None if region else self._abstention()
        name = self.run.class_names[self.top] if region and self.top is not None else None
        words = statement.abstained(abstention) if abstention else ""
        if region is not None and self.bounds is not None and name is not None:
            words = statement.certified(region, self.bounds, name, "image")
            words += " " + statement.exact_grid() if self.run.randomness.exact else ""
        stopped: StopReason = "stopped" if self.run.stop.is_set() else "out of memory"
        return evidence(
            self.run,
            self.selection,
            self.estimation,
            self.top,
            procedure="decide",
            outcome="certified" if region else "abstained",
            complete=self.verdict != "stopped",
            stop_reason=_REASONS.get(self.verdict, stopped),
            predicted_class=self.top if region else None,
            class_name=name,
            radius=getattr(region, "radius", None),
            region=region,
            abstention=abstention,
            certified_at={self.target: region is not None},
            statement=words,
            bounds=self.bounds,
            trajectory=tuple(self.points),
            chain=self._chain(),
            decision=self._record(),
            command=command,
        )

    def _record(self) -> DecisionRecord:
        return DecisionRecord(
            target=self.target,
            radius=self.rule.target.get("radius"),
            beta=self.rule.beta,
            plan=self.rule.phases,
            phases=tuple(self.phases),
            verdict=self.verdict,
            samples_used=self.used,
            samples_full=self.settings.n0 + self.settings.n,
        )

    def _chain_start(self) -> str:
        return chain_start(
            {
                "model": self.run.classifier.identity.sha256,
                "input": self.run.fitted.identity.pixels_sha256,
                "scheme": self.settings.scheme.model_dump(mode="json"),
                "bound": self.settings.bound,
                "alpha": self.settings.alpha,
                "key": f"{self.run.randomness.key:016x}",
                "precision": self.settings.precision,
                "target": self.target,
                "beta": self.rule.beta,
                "phases": self.rule.phases,
                "selection": [self.selection.failures, *self.selection.counts],
            }
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

    def _abstention(self) -> Abstention:
        number, total = len(self.phases), len(self.rule.phases)
        if self.verdict == "given up":
            return Abstention(
                reason="out-of-reach",
                sentence=(
                    f"{self.target} was given up after phase {number} of {total}: at the share of "
                    "votes seen, more of them would not certify it."
                ),
            )
        if self.verdict == "undecided":
            return Abstention(
                reason="too-few-samples",
                sentence=(
                    f"{self.target} is neither certified nor given up after all {total} phases; "
                    "a longer last phase may decide it."
                ),
            )
        return Abstention(
            reason="stopped-early",
            sentence=f"stopped before a phase decided {self.target}; run it to the end.",
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
            noise=self.settings.noise,
            region=self.rule.region(self.bounds) if self.bounds is not None else None,
            trajectory=tuple(self.points),
            n_done=done,
            n0_plan=n0_plan,
            n_plan=n_plan,
            rate=rate,
            eta=(n0_plan + n_plan - done) / rate if rate > 0 else None,
            seconds=self.run.seconds(),
        )
