"""An adaptive decision, worked out again phase by phase. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from engine.core.errors import UserError
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.evidence import ChainRecord, DecisionRecord, Evidence, StopReason
from engine.evidence.settings import DecideSettings
from engine.evidence.vote_chain import chain_facts, chain_starts, first_broken
from engine.noise.discrete_gaussian_law import weakened
from engine.planning.early_stopping_outcome import PhaseVotes, decision_facts
from engine.planning.early_stopping_rule import Rule
from engine.verify.counts import Check, Recount
from engine.verify.medians import MedianRecount
from engine.verify.scope import of_others, unfit
from engine.verify.scores import scores_of_the_bound
from engine.verify.sweeps import SweepRecount

_ENDS: dict[str, tuple[StopReason, ...]] = {
    "certified": ("target certified",),
    "given up": ("target out of reach",),
    "undecided": ("planned n reached",),
    "stopped": ("stopped", "out of memory"),
}


class DecisionRecount(Recount):
    """A DECIDE run worked out again from the votes of its phases."""

    @property
    def deciding(self) -> DecideSettings:
        """The settings of the decision."""
        if not isinstance(self.settings, DecideSettings):
            raise UserError("its settings are not those of a decision")
        return self.settings

    def conclusions(self) -> Iterator[tuple[str, Check]]:
        """What follows from the votes."""
        yield "phases and verdict", lambda: self._differences("decision")
        yield "bounds", lambda: self._differences("bounds", "trajectory")
        yield "certified region", lambda: self._differences("region", "radius", "certified_at")
        outcome = ("outcome", "complete", "predicted_class", "class_name")
        yield "outcome", lambda: self._differences(*outcome)
        yield "abstention", lambda: self._differences("abstention")
        yield "statement", lambda: self._differences("statement")
        yield "end of the run", self._ended
        if self.evidence.transfer is not None:
            yield "true class", lambda: ["a decision speaks of no labelled answers"]

    @cached_property
    def decision(self) -> DecisionRecord:
        """As it is recorded."""
        if self.evidence.decision is None:
            raise UserError("there is no decision in it")
        return self.evidence.decision

    @cached_property
    def rule(self) -> Rule:
        """The rule that was declared."""

        def weaken(bounds: ProbabilityBounds) -> ProbabilityBounds:
            return weakened(bounds, self.slack)

        return Rule.of(self.deciding, weaken, self.evidence.facts)

    @cached_property
    def phases(self) -> list[PhaseVotes]:
        """Votes of the phases, as they are recorded."""
        return [
            (
                Votes(counts=phase.selection, failures=phase.selection_failures),
                Votes(counts=phase.estimation, failures=phase.estimation_failures),
            )
            for phase in self.decision.phases
        ]

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Everything that follows from the votes."""
        return decision_facts(
            settings=self.deciding,
            rule=self.rule,
            phases=self.phases,
            selection=self.selection,
            estimation=self.estimation,
            class_names=self.evidence.model.class_names,
            given=self.evidence.input,
        )

    def _votes(self) -> list[str]:
        if wrong := of_others(self.evidence) + unfit(self.evidence):
            return wrong
        if wrong := scores_of_the_bound(self.evidence):
            return wrong
        plan, phases = self.rule.phases, self.phases
        if len(phases) > len(plan):
            return [f"{len(phases)} phases are more than the {len(plan)} declared"]
        now = (self.selection, self.estimation)
        for votes in (vote for phase in (*phases, now) for vote in phase):
            if len(votes.counts) != self.classes or min(*votes.counts, votes.failures) < 0:
                return ["there is not one count, at least 0, per class"]
        for index, (first, votes) in enumerate(phases):
            whole = index < len(phases) - 1 or not self.estimation.n
            if first.n != self.deciding.n0 or not 0 < votes.n <= plan[index]:
                return [f"phase {index + 1} does not hold the votes that were planned"]
            if whole and votes.n != plan[index]:
                return [f"phase {index + 1} was not counted to its end"]
        return self._last(now)

    def _last(self, now: PhaseVotes) -> list[str]:
        if self.estimation.n and (not self.phases or self.phases[-1] != now):
            return ["its votes are not those of the last phase"]
        full = self.selection.n == self.deciding.n0
        chosen = self.selection.top if full else None
        if self.selection.n > self.deciding.n0 or self.evidence.votes.guess != chosen:
            return ["the chosen class is not that of the selection votes"]
        return []

    def _chain(self) -> list[str]:
        chain, phases = self.evidence.chain, self.phases
        if chain is None or not phases:
            return ["its chain and its phases do not match"] if chain or phases else []
        facts = chain_facts(
            self.deciding,
            model=self.evidence.model,
            pixels_sha256=self.evidence.input.pixels_sha256,
            key=self.key,
            selection=phases[0][0],
        )
        if chain.start not in chain_starts(facts):
            return ["its start is not over this model, input, settings, rule, key and first votes"]
        broken = first_broken(chain.start, chain.blocks)
        if broken is not None:
            return [f"block {broken} does not follow from the blocks before it"]
        return self._blocks(chain)

    def _blocks(self, chain: ChainRecord) -> list[str]:
        counted = [
            Votes(
                counts=tuple(block.counts.get(c, 0) for c in range(self.classes)),
                failures=block.failures,
            )
            for block in chain.blocks
        ]
        if counted != [votes for _, votes in self.phases]:
            return ["its blocks are not the votes of its phases"]
        if chain.head != chain.blocks[-1].hash or chain.block != self.rule.phases[0]:
            return ["its head is not the hash of its last block"]
        return []

    def _ended(self) -> list[str]:
        reason, verdict = self.evidence.stop_reason, self.facts["decision"].verdict
        return [] if reason in _ENDS[verdict] else [f"'{reason}' does not fit '{verdict}'"]


def recount_of(evidence: Evidence) -> Recount:
    """The way to work a run out again."""
    if evidence.settings.kind == "sweep":
        return SweepRecount(evidence)
    kinds = {"decide": DecisionRecount, "measure": MedianRecount}
    return kinds.get(evidence.procedure, Recount)(evidence)
