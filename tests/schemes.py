"""Schemes that only tests know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy.typing as npt

from engine.core.records import ProbabilityBounds
from engine.regions import Ball, Interval, Perturbation, Region, Term
from engine.schemes import Gaussian
from engine.schemes.base import NO_FACTS, Facts


class Brightness(Gaussian):
    """A shift of brightness that is certified further down than up."""

    terms: ClassVar[dict[str, Term]] = {"brightness": Term("shift", "brightness", signed=True)}
    region_type: ClassVar[type[Region]] = Interval

    def region(self, *given: object) -> Interval | None:
        """The ball's radius downwards, four fifths of it upwards."""
        ball = super().region(*given)
        return ball and Interval(
            term="brightness", lower=-ball.radius, upper=0.8 * ball.radius, unit="brightness"
        )

    def required_probability(self, perturbation: dict[str, float], *rest: object) -> float:
        """Phi(size / sigma), sizes upwards divided by 0.8."""
        shift = perturbation["brightness"]
        size = shift / 0.8 if shift > 0 else -shift
        return super().required_probability({"radius": size}, *rest)


class Blurred(Gaussian):
    """A ball that is smaller by an error which depends on the input."""

    def prepare(self, x: Sequence[npt.NDArray[Any]]) -> Facts:
        """A hundredth of the mean pixel."""
        return {"error": float(x[0].mean()) / 100}

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Ball | None:
        """The Gaussian's radius less the error; None where no error is known."""
        ball = super().region(bounds)
        if ball is None or "error" not in facts:
            return None
        radius = ball.radius - float(facts["error"])
        return ball.model_copy(update={"radius": radius}) if radius > 0 else None

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Of the radius and the error together."""
        error = float(facts.get("error", 1e9))
        return super().required_probability({"radius": perturbation["radius"] + error})
