"""Noise of density |x|_inf^-j exp(-|x|_inf^k) (Yang et al., ICML 2020)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from engine.core.errors import UserError
from engine.noise.norm_laws import GammaLength, Shape
from engine.regions import Norm
from engine.schemes.norms import NormScheme, divisor_field, norm_field, power_field


class ExpInf(NormScheme):
    """g(x) = argmax_c P(f(x + lam e) = c) with density ||e||_inf^-j exp(-||e||_inf^k), j < d - 1.

    In l1 2 lam g (p - 1/2) with g = d / (d - 1) G((d - j) / k) / G((d - j - 1) / k); in linf, for
    j = 0, lam ln(1 / (2 (1 - p))) for k = 1 and by the differential method for other k.
    """

    key: ClassVar[str] = "exp-inf"
    title: ClassVar[str] = "Exponential smoothing by the linf norm"
    least_dimension: ClassVar[int] = 2
    own: ClassVar[tuple[Norm, ...]] = ("l1", "linf")

    norm: Norm = norm_field("linf")
    k: float = power_field(1.0)
    j: float = divisor_field()

    def shape(self) -> Shape:
        """The law at scale 1."""
        return GammaLength("linf", self.k, self.j)

    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """In l1, and in linf for j = 0."""
        from engine.certificates import norm_balls  # deferred: SciPy is slow to load

        return norm_balls.exp_inf(dimension, self.k, self.j)

    def own_norms(self) -> tuple[Norm, ...]:
        """Both for j = 0, else l1."""
        return ("l1",) if self.j else self.own

    def law_in_words(self) -> str:
        """Its name with its shape."""
        return f"exp-inf, k {self.k:g}, j {self.j:g}"

    def check_dimension(self, count: int) -> None:
        """Refuse a shape of which there is no law, or no radius, in that dimension.

        Raises:
            UserError: naming the parameter.
        """
        if self.j >= count - 1 > 0:
            raise UserError(
                f"--j {self.j:g} must be below {count - 1:,}, the dimension of this input less one."
            )
        super().check_dimension(count)
