"""Noise of density |x|_2^-j exp(-|x|_2^k) (Yang et al., ICML 2020)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from engine.core.errors import UserError
from engine.noise.norm_laws import GammaLength, Shape
from engine.regions import Norm
from engine.schemes.norms import (
    LEVEL_SETS_FROM,
    NormScheme,
    divisor_field,
    norm_field,
    power_field,
)


class Exp2(NormScheme):
    """g(x) = argmax_c P(f(x + lam e) = c) with density ||e||_2^-j exp(-||e||_2^k), j <= d - 1.

    In l2, for j = 0, lam (d - 1) artanh(1 - 2 I^-1(1 - p)) for k = 1, with the regularised beta
    function of (d - 1)/2 twice, and lam / sqrt(2) Phi^-1(p) for k = 2, where it is Gaussian noise;
    for other k and j by level sets.
    """

    key: ClassVar[str] = "exp-2"
    title: ClassVar[str] = "Exponential smoothing by the l2 norm"
    least_dimension: ClassVar[int] = 2
    own: ClassVar[tuple[Norm, ...]] = ("l2",)

    norm: Norm = norm_field("l2")
    k: float = power_field(1.0, ge=0.2, le=10)
    j: float = divisor_field()

    def shape(self) -> Shape:
        """The law at scale 1."""
        return GammaLength("l2", self.k, self.j)

    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """In l2."""
        from engine.certificates import norm_balls  # deferred: SciPy is slow to load

        return norm_balls.exp_2(dimension, self.k, self.j)

    def law_in_words(self) -> str:
        """Its name with its shape."""
        return f"exp-2, k {self.k:g}, j {self.j:g}"

    def check_dimension(self, count: int) -> None:
        """Refuse a shape of which there is no law, or no radius, in that dimension.

        Raises:
            UserError: naming the parameter.
        """
        if self.j > count - 1 > 0:
            raise UserError(
                f"--j {self.j:g} must be at most {count - 1:,}, the dimension of this input less "
                "one."
            )
        closed = not self.j and self.k in (1.0, 2.0)
        self.check_size(count, self.least_dimension if closed else LEVEL_SETS_FROM)
        super().check_dimension(count)
