"""A run of median smoothing, worked out again from the ranks it recorded. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from engine.core.errors import UserError
from engine.core.outputs import Outputs
from engine.evidence.evidence import Evidence
from engine.evidence.observations import OrderStatistics
from engine.evidence.settings import MeasureSettings
from engine.procedures.median_outcome import MedianRule, median_facts
from engine.verify.counts import Check, Recount
from engine.verify.report import Claim

NUMBERS = "numbers drawn again"
_ROUNDING = 1e-4
"""How far a number may differ on another device, against the largest of its output."""


class MedianRecount(Recount):
    """Intervals of medians worked out again."""

    def foundations(self) -> Iterator[tuple[str, Check]]:
        """What everything else rests on."""
        yield from super().foundations()
        yield "kept answers", self._kept

    def conclusions(self) -> Iterator[tuple[str, Check]]:
        """What follows from the answers."""
        yield "intervals", lambda: self._differences("intervals")
        yield (
            "outcome",
            lambda: self._differences("outcome", "complete", "predicted_class", "class_name"),
        )
        yield "abstention", lambda: self._differences("abstention")
        yield "statement", lambda: self._differences("statement")
        yield "nothing of a vote", self._others
        yield "end of the run", self._ended

    @property
    def observed(self) -> OrderStatistics:
        """As it is recorded."""
        if not isinstance(self.evidence.observations, OrderStatistics):
            raise UserError("it observed no numbers")
        return self.evidence.observations

    @cached_property
    def rule(self) -> MedianRule:
        """The rule that was declared."""
        outputs, settings = self.evidence.model.outputs, self.evidence.settings
        if not isinstance(outputs, Outputs) or not isinstance(settings, MeasureSettings):
            raise UserError("its model answers with no numbers")
        elements = self.evidence.input.elements
        return MedianRule(settings, outputs, elements, self.evidence.facts)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Everything that follows from the answers."""
        return median_facts(self.rule, self.observed, self.evidence.input)

    def _kept(self) -> list[str]:
        observed = self.observed
        wrong = observed.contradictions()
        if set(observed.ranks) != self.rule.kept(observed.answered, observed.n):
            wrong.append("other ranks are kept than a run keeps")
        if len(observed.values) != len(self.rule.outputs.labels):
            wrong.append("there is not one list of values for each output")
        return wrong

    def _selection(self) -> list[str]:
        """No class is chosen."""
        found = self.evidence
        other = found.test is not None or found.decision is not None
        return ["median smoothing has neither a test nor phases"] if other else []

    def _others(self) -> list[str]:
        """Fields of other procedures are empty."""
        found = self.evidence
        filled = [
            name
            for name in ("bounds", "region", "radius", "trajectory", "certified_at", "transfer")
            if getattr(found, name)
        ]
        filled += [name for name in ("attack", "answers") if getattr(found, name)]
        return [f"it states {', '.join(filled)}, which no median has"] if filled else []

    def _ended(self) -> list[str]:
        whole = self.evidence.stop_reason == "planned n reached"
        fits = whole == (self.observed.n == self.settings.n)
        ended = self.evidence.stop_reason
        possible = ended in ("planned n reached", "stopped", "out of memory")
        return [] if fits and possible else [f"'{ended}' does not fit {self.observed.n:,} answers"]


def check_numbers(evidence: Evidence, again: OrderStatistics, *, whole: bool) -> Claim:
    """Whether the same noise gives the same numbers.

    Args:
        evidence: of the run.
        again: the recorded ranks of the answers drawn now.
        whole: all of them were drawn; part of them shows no rank.
    """
    stated = evidence.observations
    if not whole or not isinstance(stated, OrderStatistics):
        reason = "ranks are known once all samples are drawn: --rerun all"
        return Claim(name=NUMBERS, verdict="cannot be checked", detail=reason)
    if (stated.n, stated.failures, stated.ranks) != (again.n, again.failures, again.ranks):
        wrong = f"{again.answered:,} of {again.n:,} samples have an answer now"
        return Claim(name=NUMBERS, verdict="does not hold", detail=wrong)
    for label, then, now in zip(
        evidence.model.outputs.labels if evidence.model.outputs else (),
        stated.values,
        again.values,
        strict=True,
    ):
        scale = max(map(abs, (*then, *now)), default=0.0)
        if any(abs(a - b) > _ROUNDING * scale for a, b in zip(then, now, strict=True)):
            wrong = f"other values of {label} come out"
            return Claim(name=NUMBERS, verdict="does not hold", detail=wrong)
    told = f"{len(stated.ranks):,} ranks of {len(stated.values):,} outputs"
    return Claim(name=NUMBERS, verdict="holds", detail=told)
