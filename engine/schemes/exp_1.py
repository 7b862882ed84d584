"""Noise of density exp(-|x|_1^k) (Yang et al., ICML 2020)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from engine.noise.norm_laws import GammaLength, Shape
from engine.regions import Norm
from engine.schemes.norms import NormScheme, norm_field, power_field


class Exp1(NormScheme):
    """g(x) = argmax_c P(f(x + lam e) = c) with density exp(-||e||_1^k); Laplace noise for k = 1.

    In l1 by the differential method.
    """

    key: ClassVar[str] = "exp-1"
    title: ClassVar[str] = "Exponential smoothing by the l1 norm"
    own: ClassVar[tuple[Norm, ...]] = ("l1",)

    norm: Norm = norm_field("l1")
    k: float = power_field(4.0)

    def shape(self) -> Shape:
        """The law at scale 1."""
        return GammaLength("l1", self.k)

    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """In l1."""
        from engine.certificates import norm_balls  # deferred: SciPy is slow to load

        return norm_balls.exp_1(dimension, self.k)

    def law_in_words(self) -> str:
        """Its name with its shape."""
        return f"exp-1, k {self.k:g}"
