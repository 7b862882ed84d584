"""The lecture's table for the plane: certified accuracy by radius for several sigma."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.playground.base_classifier import trained
from engine.playground.run import Plan, Run
from engine.playground.scenes import scene

SIGMAS = (0.1, 0.25, 0.5, 0.75, 1.0)
RADII = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
TESTED = 60
"""Test points of each class."""
_PLAN = Plan(n0=50, n=1000, alpha=0.001, bound="clopper-pearson")


@dataclass(frozen=True)
class SigmaRow:
    """What is certified of the test points under one sigma.

    Attributes:
        sigma: of the noise, in training and in certification.
        acr: sum of the radii of rightly certified points over all points.
        shares: of all points those that are right with at least each of :data:`RADII`; the first
            one counts every certificate.
        abstained: share of all points.
        points: how many were tested.
    """

    sigma: float
    acr: float
    shares: tuple[float, ...]
    abstained: float
    points: int


def sigma_rows(name: str, *, seed: int = 1) -> Iterator[SigmaRow]:
    """A row for each of :data:`SIGMAS`, the classifier trained anew under that noise.

    Args:
        name: of the scene; its test points are fresh.
        seed: of the votes.
    """
    tested = scene(name, seed=2, each=TESTED)
    for number, sigma in enumerate(SIGMAS):
        plane = trained(name, sigma)[1]
        plan = Plan(
            sigma=sigma, n0=_PLAN.n0, n=_PLAN.n, alpha=_PLAN.alpha, bound=_PLAN.bound, seed=seed
        )
        radii, abstained = [], 0
        for place, ((x, y), label) in enumerate(zip(tested.xy, tested.labels, strict=True)):
            done = Run(plane, plan, (float(x), float(y)), number * len(tested.xy) + place).finish()
            abstained += done.claimed is None
            if done.claimed is not None and done.selection.top == label:
                radii.append(done.claimed.radius)
        count = len(tested.xy)
        yield SigmaRow(
            sigma=sigma,
            acr=sum(radii) / count,
            shares=tuple(sum(one >= radius for one in radii) / count for radius in RADII),
            abstained=abstained / count,
            points=count,
        )


def table_in_words() -> str:
    """Under which settings the rows were made."""
    return f"n0 = {_PLAN.n0}, n = {_PLAN.n:,}, alpha {_PLAN.alpha} for each point, {_PLAN.bound}"
