"""Noise of density (1 + |x|_2^k)^-a (Yang et al., ICML 2020)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from engine.core.errors import UserError
from engine.noise.norm_laws import PowerLength, Shape
from engine.regions import Norm
from engine.schemes.norms import LEVEL_SETS_FROM, NormScheme, norm_field, power_field, tail_field

_BEYOND = 10.0
"""So much above d / k a is where it is not given."""


class Pow2(NormScheme):
    """g(x) = argmax_c P(f(x + lam e) = c) with density (1 + ||e||_2^k)^-a, a >= d / k + 1.

    In l2 by level sets.
    """

    key: ClassVar[str] = "pow-2"
    title: ClassVar[str] = "Power-law smoothing by the l2 norm"
    least_dimension: ClassVar[int] = LEVEL_SETS_FROM
    own: ClassVar[tuple[Norm, ...]] = ("l2",)

    norm: Norm = norm_field("l2")
    k: float = power_field(2.0, ge=0.5, le=8, what="power of the norm")
    a: float | None = tail_field("dimension / k + 10")

    def shape(self) -> Shape:
        """The law at scale 1."""
        return PowerLength("l2", self.k, self.a, _BEYOND)

    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """In l2."""
        from engine.certificates import norm_balls  # deferred: SciPy is slow to load

        a = dimension / self.k + _BEYOND if self.a is None else self.a
        return norm_balls.pow_2(dimension, self.k, a)

    def law_in_words(self) -> str:
        """Its name with its shape."""
        return f"pow-2, k {self.k:g}" + ("" if self.a is None else f", a {self.a:g}")

    def tail(self, dimension: int | None) -> tuple[str, float] | None:
        """dimension / k + 10."""
        if self.a is not None:
            return None
        return f"dimension / {self.k:g} + {_BEYOND:g}", (dimension or 0) / self.k + _BEYOND

    def check_dimension(self, count: int) -> None:
        """Refuse a shape of which there is no law, or no radius, in that dimension.

        Raises:
            UserError: naming the parameter.
        """
        least = count / self.k + 1.0
        if self.a is not None and self.a < least:
            raise UserError(
                f"--a {self.a:g} must be at least {least:g}, the dimension of this input by k "
                "and one more."
            )
        super().check_dimension(count)
