"""Rotation by interpolation, certified anchor by anchor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from engine.regions import Region, Term, Turn
from engine.schemes.anchored import Anchored, terms_after
from engine.transforms import ROTATION, Warp


class Rotation(Anchored):
    """Every rotation by at most ``degrees`` about the centre, either way (:class:`Anchored`)."""

    key: ClassVar[str] = "rotation"
    title: ClassVar[str] = "Rotation"
    citation: ClassVar[str] = (
        "Li et al., TSS: Transformation-Specific Smoothing for Robustness Certification, CCS 2021"
    )
    attacker: ClassVar[str] = "rotate the image about its centre by any angle of the range"
    region_type: ClassVar[type[Region]] = Turn
    warp: ClassVar[Warp] = ROTATION
    furthest: ClassVar[float] = 180.0
    terms: ClassVar[Mapping[str, Term]] = terms_after(ROTATION, "counter-clockwise rotation")

    degrees: float = Field(
        default=10.0,
        gt=0,
        le=180,
        title="range",
        description="largest angle of rotation, either way",
        json_schema_extra={"unit": "degrees", "step": 5.0},
    )

    @property
    def reach(self) -> float:
        """The degrees."""
        return self.degrees
