"""Scaling by interpolation, certified anchor by anchor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from engine.regions import Term
from engine.schemes.anchored import Anchored, terms_after
from engine.transforms import SCALING, Warp


class Scaling(Anchored):
    """Every scaling by a factor from 1 - scale to 1 + scale about the centre (:class:`Anchored`).

    Where the image shrinks, black comes in from beyond its border, fading in over one pixel.
    """

    key: ClassVar[str] = "scaling"
    title: ClassVar[str] = "Scaling"
    citation: ClassVar[str] = (
        "Li et al., TSS: Transformation-Specific Smoothing for Robustness Certification, CCS 2021"
    )
    attacker: ClassVar[str] = (
        "enlarge or shrink the image about its centre by any factor of the range"
    )
    warp: ClassVar[Warp] = SCALING
    furthest: ClassVar[float] = 0.9
    terms: ClassVar[Mapping[str, Term]] = terms_after(
        SCALING, "factor of enlargement less 1, below 0 where it shrinks"
    )

    scale: float = Field(
        default=0.1,
        gt=0,
        le=0.9,
        title="range",
        description="largest enlargement or shrinking, 0.1 for factors from 0.9 to 1.1",
        json_schema_extra={"unit": "of its size", "step": 0.05},
    )

    @property
    def reach(self) -> float:
        """The scale."""
        return self.scale
