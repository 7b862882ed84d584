"""Uniform noise in an l2 ball (Yang et al., ICML 2020)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from engine.noise.norm_laws import BallLength, Shape
from engine.regions import Norm
from engine.schemes.norms import NormScheme, norm_field


class UniformBall(NormScheme):
    """g(x) = argmax_c P(f(x + lam e) = c) with e uniform in the l2 ball.

    In l2 lam (2 - 4 I^-1(3/4 - p/2)) with the regularised beta function of (d + 1)/2 twice.
    """

    key: ClassVar[str] = "uniform-ball"
    title: ClassVar[str] = "Smoothing by a uniform ball"
    own: ClassVar[tuple[Norm, ...]] = ("l2",)

    norm: Norm = norm_field("l2")

    def shape(self) -> Shape:
        """The law at scale 1."""
        return BallLength()

    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """By the overlap of two balls."""
        from engine.certificates import norm_balls  # deferred: SciPy is slow to load

        return norm_balls.uniform_ball(dimension)
