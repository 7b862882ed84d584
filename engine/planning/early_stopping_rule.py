"""The rule of an adaptive decision: is a predetermined target certified, phase by phase?

Horvath, Mueller, Fischer & Vechev, ICLR 2022: s phases of growing n, each with votes of its own.
A phase certifies if Clopper-Pearson at alpha/s does; all but the last give up if the upper bound at
beta/(s-1) is below what the target needs. By a union bound a false certificate has chance alpha at
most, and giving up although the probability suffices has chance beta.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from engine.bounds import bound_method, clopper_pearson
from engine.core.errors import BadValue, UserError
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.evidence import PhaseRecord
from engine.evidence.settings import DecideSettings
from engine.evidence.vote_chain import phases_of
from engine.regions import Perturbation, Region
from engine.schemes import Scheme
from engine.schemes.base import NO_FACTS, Facts

MOST_PHASES = 20
Verdict = Literal["certified", "given up"]
Weaken = Callable[[ProbabilityBounds], ProbabilityBounds]


def _as_they_are(bounds: ProbabilityBounds) -> ProbabilityBounds:
    return bounds


@dataclass(frozen=True)
class Rule:
    """What is decided, and how; declared before the first vote.

    Attributes:
        phases: estimation votes of each phase, growing.
        weaken: what the run's noise costs a bound.
        facts: of the input (``Scheme.prepare``).
    """

    scheme: Scheme
    target: Perturbation
    alpha: float
    beta: float
    phases: tuple[int, ...]
    weaken: Weaken = _as_they_are
    facts: Facts = field(default_factory=lambda: NO_FACTS)

    @classmethod
    def of(
        cls,
        settings: DecideSettings,
        weaken: Weaken = _as_they_are,
        facts: Facts = NO_FACTS,
    ) -> Rule:
        """The rule that some settings declare.

        Raises:
            UserError: the target is not in the scheme's terms, or as for :meth:`check`.
        """
        scheme = settings.scheme
        rule = cls(
            scheme=scheme,
            target=scheme.parse_at(settings.target, name="--target"),
            alpha=settings.alpha,
            beta=settings.beta,
            phases=phases_of(settings),
            weaken=weaken,
            facts=facts,
        )
        rule.check()
        return rule

    def check(self) -> None:
        """Refuse a rule that cannot be.

        Raises:
            UserError: no phases, too many, not growing, or beta out of range; or a noise law that
                is counted in order, so that its first votes are no random draw.
        """
        if self.scheme.counted is not None:
            raise UserError(
                f"{self.scheme.key} is exact, so a part of a count says nothing; use certify, "
                "which needs no phases."
            )
        if not 1 <= len(self.phases) <= MOST_PHASES:
            raise BadValue("phases", f"must be 1 to {MOST_PHASES} numbers.", "The phases")
        pairs = zip(self.phases, self.phases[1:], strict=False)
        if self.phases[0] < 1 or any(later <= earlier for earlier, later in pairs):
            raise BadValue("phases", "must grow, from 1 vote or more.", "The phases")
        if sum(self.phases) > 10**9:
            raise BadValue("phases", "take more than a billion votes together.", "The phases")
        if not 0 < self.beta < 1:
            raise BadValue("beta", f"must be between 0 and 1, without both (it was {self.beta:g}).")

    @property
    def alpha_each(self) -> float:
        """alpha of one phase."""
        return self.alpha / len(self.phases)

    def beta_of(self, phase: int) -> float | None:
        """beta of one phase; the last one cannot give up."""
        last = len(self.phases) - 1
        return None if phase == last else self.beta / last

    def bounds(self, phase: int, votes: Votes, top: int) -> ProbabilityBounds:
        """Clopper-Pearson at alpha/s, valid once the phase is counted to its end.

        It names the alpha of all phases, because which one decides depends on the votes.
        """
        drawn = bound_method("clopper-pearson").at(
            votes, top=top, alpha=self.alpha_each, n_plan=self.phases[phase]
        )
        number, total = phase + 1, len(self.phases)
        end = f"the end of phase {number} of {total}, which spends alpha/{total}"
        basis = f"valid: {end}" if drawn.valid else f"provisional, no claim before {end}"
        return self.weaken(drawn).model_copy(update={"alpha": self.alpha, "basis": basis})

    def region(self, bounds: ProbabilityBounds) -> Region | None:
        """What the bounds certify, if that covers the target."""
        region = self.scheme.region(bounds, self.facts) if bounds.valid else None
        return region if region is not None and region.contains(self.target) else None

    def record(self, phase: int, selection: Votes, estimation: Votes, top: int) -> PhaseRecord:
        """The phase with its bounds, counted to its end or not."""
        bounds, beta = self.bounds(phase, estimation, top), self.beta_of(phase)
        ceiling = None
        if beta is not None and bounds.valid:
            ceiling = clopper_pearson.upper(estimation.counts[top], estimation.n, beta)
        return PhaseRecord(
            selection=selection.counts,
            estimation=estimation.counts,
            selection_failures=selection.failures,
            estimation_failures=estimation.failures,
            guess=top,
            alpha=self.alpha_each,
            p_lower=bounds.p_lower if bounds.valid else None,
            beta=beta,
            p_ceiling=ceiling,
        )

    def verdict(self, bounds: ProbabilityBounds, record: PhaseRecord) -> Verdict | None:
        """What a phase decides; None to go on."""
        if self.region(bounds) is not None:
            return "certified"
        needed = self.scheme.required_probability(self.target, self.facts)
        if record.p_ceiling is not None and record.p_ceiling < needed:
            return "given up"
        return None
