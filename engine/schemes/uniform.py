"""Uniform noise in a cube: balls in l1, l2 and linf (Yang et al., ICML 2020)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from engine.noise.norm_laws import Cube, Shape
from engine.regions import Norm
from engine.schemes.norms import NormScheme, norm_field


class Uniform(NormScheme):
    """g(x) = argmax_c P(f(x + lam e) = c) with e uniform in [-1, 1]^d.

    In l1 2 lam (p - 1/2), in linf 2 lam (1 - (3/2 - p)^(1/d)). On the 8-bit grid, drawn
    in integers, it is the scheme ``uniform-l1``.
    """

    key: ClassVar[str] = "uniform"
    mass_moves: ClassVar[bool] = True
    title: ClassVar[str] = "Uniform smoothing"
    own: ClassVar[tuple[Norm, ...]] = ("l1", "linf")

    norm: Norm = norm_field("l1")

    def shape(self) -> Shape:
        """The law at scale 1."""
        return Cube()

    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """By the overlap of two cubes."""
        from engine.certificates import norm_balls  # deferred: SciPy is slow to load

        return norm_balls.uniform(dimension)
