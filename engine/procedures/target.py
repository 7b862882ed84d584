"""Stopping when a perturbation is certified, or when it is out of reach."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bounds import bound_method, eprocess
from engine.core.errors import UserError
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.evidence import StopReason
from engine.evidence.settings import Counting, RunSettings
from engine.procedures.bound_trajectory import region_of
from engine.regions import Perturbation, Region
from engine.schemes.base import NO_FACTS, Facts


@dataclass(frozen=True)
class Target:
    """A perturbation to decide.

    Certified: the declared bound certifies it. Out of reach: the mirrored e-process at alpha
    excludes every probability that would be needed; this only saves samples and is no claim.
    """

    perturbation: Perturbation
    settings: Counting

    @classmethod
    def of(cls, settings: Counting) -> Target | None:
        """The target of some settings; None if they have none.

        Raises:
            UserError: the declared bound may not be stopped early, or the scheme has other terms.
        """
        if not settings.target:
            return None
        if not bound_method(settings.bound).any_stop:
            raise UserError(
                f"--target stops early, and the {settings.bound} bound may not be stopped; choose "
                "--bound anytime or live."
            )
        return cls(settings.scheme.parse_at(settings.target, name="--target"), settings)

    def verdict(
        self, votes: Votes, top: int, bounds: ProbabilityBounds, facts: Facts = NO_FACTS
    ) -> StopReason | None:
        """Whether the votes decide the target; None to go on."""
        region = region_of(self.settings.scheme, bounds, facts)
        if region is not None and region.contains(self.perturbation):
            return "target certified"
        needed = self.settings.scheme.required_probability(self.perturbation, facts)
        if eprocess.upper(votes.counts[top], votes.n, self.settings.alpha) < needed:
            return "target out of reach"
        return None


def answered(settings: RunSettings, region: Region | None) -> tuple[str, bool] | None:
    """The target of some settings, and whether ``region`` holds it; None without a target.

    None too where target and region do not speak of the same thing: evidence that somebody wrote
    may contradict itself, and a report on it must still be made.
    """
    if settings.kind != "certify" or not settings.target:
        return None
    try:
        perturbation = settings.scheme.parse_at(settings.target, name="--target")
        return settings.target, region is not None and region.contains(perturbation)
    except (UserError, KeyError):
        return None
