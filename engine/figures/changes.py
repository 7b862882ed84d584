"""Changes of a certified size: which there are, in words, and what they allow."""

from __future__ import annotations

from engine.regions import Perturbation, Region
from engine.regions.region import Budget


def sizes(region: Region | None) -> tuple[Perturbation, ...]:
    """The largest perturbations that a region certifies; none without a region."""
    return () if region is None else region.changes()


def described(region: Region, change: Perturbation) -> str:
    """A perturbation in few words, in a region's terms: ``2 pixels, l2 norm 0.310``."""
    return region.describe(change)


def budget(region: Region, change: Perturbation) -> Budget | None:
    """What a perturbation in a region's terms allows; None where it speaks of something else."""
    return region.budget(change)
