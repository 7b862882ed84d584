"""Noise of density (1 + |x|_inf)^-a (Yang et al., ICML 2020)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from engine.core.errors import UserError
from engine.noise.norm_laws import PowerLength, Shape
from engine.regions import Norm
from engine.schemes.norms import NormScheme, norm_field, tail_field

_BEYOND = 100.0
"""So much above the dimension a is where it is not given."""


class PowInf(NormScheme):
    """g(x) = argmax_c P(f(x + lam e) = c) with density (1 + ||e||_inf)^-a, a > d.

    In l1 2 lam d / (a - d) (p - 1/2); in linf by the differential method.
    """

    key: ClassVar[str] = "pow-inf"
    title: ClassVar[str] = "Power-law smoothing by the linf norm"
    own: ClassVar[tuple[Norm, ...]] = ("l1", "linf")

    norm: Norm = norm_field("linf")
    a: float | None = tail_field("dimension + 100")

    def shape(self) -> Shape:
        """The law at scale 1."""
        return PowerLength("linf", 1.0, self.a, _BEYOND)

    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """In l1 and in linf."""
        from engine.certificates import norm_balls  # deferred: SciPy is slow to load

        return norm_balls.pow_inf(dimension, dimension + _BEYOND if self.a is None else self.a)

    def law_in_words(self) -> str:
        """Its name with its shape."""
        return "pow-inf" if self.a is None else f"pow-inf, a {self.a:g}"

    def tail(self, dimension: int | None) -> tuple[str, float] | None:
        """dimension + 100."""
        if self.a is not None:
            return None
        return f"dimension + {_BEYOND:g}", (dimension or 0) + _BEYOND

    def check_dimension(self, count: int) -> None:
        """Refuse a shape of which there is no law, or no radius, in that dimension.

        Raises:
            UserError: naming the parameter.
        """
        if self.a is not None and self.a <= count:
            raise UserError(f"--a {self.a:g} must be above {count:,}, the dimension of this input.")
        super().check_dimension(count)
