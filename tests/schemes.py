"""Schemes that only tests know."""

from __future__ import annotations

from typing import ClassVar

from engine.regions import Interval, Region, Term
from engine.schemes import Gaussian


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
