"""Noise of density exp(-sum |x_i|^p) (Yang et al., ICML 2020)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from pydantic import Field

from engine.noise.norm_laws import Power, Shape
from engine.regions import Norm
from engine.schemes.norms import NormScheme, norm_field


class ExpP(NormScheme):
    """g(x) = argmax_c P(f(x + lam e) = c) with density exp(-sum |e_i|^p).

    In l1 for p >= 1 lam times the (2 p_lower - 1)-quantile of |e_i|; for p < 1 by the differential
    method.
    """

    key: ClassVar[str] = "exp-p"
    title: ClassVar[str] = "Exponential smoothing, every number by itself"
    own: ClassVar[tuple[Norm, ...]] = ("l1",)

    norm: Norm = norm_field("l1")
    power: float = Field(
        default=4.0,
        ge=0.1,
        le=100,
        title="power",
        description="p in exp(-sum |x_i|^p)",
        json_schema_extra={"step": 1.0},
    )

    def shape(self) -> Shape:
        """The law at scale 1."""
        return Power(self.power)

    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """In l1, where one number decides."""
        from engine.certificates import norm_balls  # deferred: SciPy is slow to load

        return norm_balls.exp_p(self.power)

    def law_in_words(self) -> str:
        """Its name with its shape."""
        return f"exp-p, power {self.power:g}"
