"""Pareto noise in every number (Yang et al., ICML 2020)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from pydantic import Field

from engine.noise.norm_laws import Pareto as ParetoShape
from engine.noise.norm_laws import Shape
from engine.regions import Norm
from engine.schemes.norms import NormScheme, norm_field


class Pareto(NormScheme):
    """g(x) = argmax_c P(f(x + lam e) = c) with density prod (1 + |e_i|)^-(a + 1).

    In l1 lam w/a 2F1(1, b; b + 1; w^(1 + 1/a)) with w = 2 p - 1 and b = a / (a + 1), by the
    differential method.
    """

    key: ClassVar[str] = "pareto"
    title: ClassVar[str] = "Pareto smoothing"
    own: ClassVar[tuple[Norm, ...]] = ("l1",)

    norm: Norm = norm_field("l1")
    a: float = Field(
        default=3.0,
        ge=0.5,
        le=1000,
        title="tail",
        description="exponent of the tail",
        json_schema_extra={"step": 1.0},
    )

    def shape(self) -> Shape:
        """The law at scale 1."""
        return ParetoShape(self.a)

    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """In l1."""
        from engine.certificates import norm_balls  # deferred: SciPy is slow to load

        return norm_balls.pareto(self.a)

    def law_in_words(self) -> str:
        """Its name with its shape."""
        return f"pareto, a {self.a:g}"
