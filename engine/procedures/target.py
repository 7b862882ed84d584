"""Stopping when a perturbation is certified, or when it is out of reach."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bounds import bound_method, eprocess
from engine.core.errors import UserError
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.evidence import StopReason
from engine.evidence.settings import ENUMERATION, RunSettings
from engine.procedures.bound_trajectory import region_of
from engine.regions import Perturbation, Region


@dataclass(frozen=True)
class Target:
    """A perturbation to decide.

    Certified: the declared bound certifies it. Out of reach: the mirrored e-process at alpha
    excludes every probability that would be needed; this only saves samples and is no claim.
    """

    perturbation: Perturbation
    settings: RunSettings

    @classmethod
    def of(cls, settings: RunSettings) -> Target | None:
        """The target of some settings; None if they have none.

        Raises:
            UserError: the declared bound may not be stopped early, or the scheme has other terms.
        """
        text = target_text(settings)
        if not text:
            return None
        if not bound_method(settings.bound).any_stop:
            name = "--target" if settings.target else "--target-radius"
            help_ = "choose --bound live or anytime"
            if settings.bound == ENUMERATION:
                help_ = f"leave {name} out, {settings.scheme.key} counts all of its noise"
            raise UserError(
                f"{name} stops early, and the {settings.bound} bound may not be stopped; {help_}."
            )
        return cls(settings.scheme.parse_at(text, name="--target"), settings)

    def verdict(self, votes: Votes, top: int, bounds: ProbabilityBounds) -> StopReason | None:
        """Whether the votes decide the target; None to go on."""
        region = region_of(self.settings.scheme, bounds)
        if region is not None and region.contains(self.perturbation):
            return "target certified"
        needed = self.settings.scheme.required_probability(self.perturbation)
        if eprocess.upper(votes.counts[top], votes.n, self.settings.alpha) < needed:
            return "target out of reach"
        return None


def answered(settings: RunSettings, region: Region | None) -> tuple[str, bool] | None:
    """The target of some settings, and whether ``region`` holds it; None without a target.

    None too where target and region do not speak of the same thing: evidence that somebody wrote
    may contradict itself, and a report on it must still be made.
    """
    try:
        text = target_text(settings)
        if not text:
            return None
        perturbation = settings.scheme.parse_at(text, name="--target")
        return text, region is not None and region.contains(perturbation)
    except (UserError, KeyError):
        return None


def target_text(settings: RunSettings) -> str:
    """The target in the scheme's terms; empty if there is none.

    Raises:
        UserError: two targets, or a radius for a scheme that certifies no ball.
    """
    radius = settings.target_radius
    if radius <= 0:
        return settings.target
    if settings.target:
        raise UserError("Give either --target-radius or --target, not both.")
    if "radius" not in settings.scheme.terms:
        terms = ",".join(f"{term}=1" for term in settings.scheme.terms)
        raise UserError(
            f"The scheme '{settings.scheme.key}' certifies no radius; say --target {terms} instead "
            "of --target-radius."
        )
    return f"radius={radius!r}"
