"""Stopping when a radius is certified, or when it is out of reach."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bounds import bound_method, eprocess
from engine.errors import UserError
from engine.evidence import StopReason
from engine.procedures.claims import region_of
from engine.records import ProbabilityBounds, Votes
from engine.settings import RunSettings


@dataclass(frozen=True)
class Target:
    """A radius to decide.

    Certified: the declared bound certifies it. Out of reach: the mirrored e-process at alpha
    excludes every probability that would be needed; this only saves samples and is no claim.
    """

    radius: float
    settings: RunSettings

    @classmethod
    def of(cls, settings: RunSettings) -> Target | None:
        """The target of some settings; None if they have none.

        Raises:
            UserError: the declared bound may not be stopped early.
        """
        if settings.target_radius <= 0:
            return None
        if not bound_method(settings.bound).any_stop:
            raise UserError(
                f"--target-radius stops early, and the {settings.bound} bound may not be stopped; "
                "choose --bound live or anytime."
            )
        return cls(settings.target_radius, settings)

    def verdict(self, votes: Votes, top: int, bounds: ProbabilityBounds) -> StopReason | None:
        """Whether the votes decide the target; None to go on."""
        region = region_of(self.settings.scheme, bounds)
        if region is not None and region.contains({"radius": self.radius}):
            return "target certified"
        needed = self.settings.scheme.required_probability({"radius": self.radius})
        if eprocess.upper(votes.counts[top], votes.n, self.settings.alpha) < needed:
            return "target out of reach"
        return None
