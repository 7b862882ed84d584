"""Rotation, heuristic: random rotations, then Gaussian noise, and no bound on the error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.regions import Perturbation, Region, Term
from engine.schemes.heuristic import Heuristic
from engine.schemes.nested_rotation import UNIT, Rotations, TurnedThenNoised
from engine.transforms import ROTATION, warped


class HeuristicRotation(Heuristic):
    """Rotations about the centre, without a guarantee (:class:`Heuristic`)."""

    key: ClassVar[str] = "heuristic-rotation"
    title: ClassVar[str] = "Rotation, heuristic (certifies nothing)"
    attacker: ClassVar[str] = "rotate the image about its centre, of which nothing is certified"
    region_type: ClassVar[type[Region]] = Rotations
    terms: ClassVar[Mapping[str, Term]] = {"rotation": Term("rotation", UNIT, signed=True)}

    sigma_gamma: float = Field(
        default=20.0,
        ge=0.1,
        le=40,
        title="sigma of the rotation",
        description="standard deviation of the random rotation",
        json_schema_extra={"unit": UNIT, "step": 1.0, "slider": [1.0, 40.0, 1.0]},
    )

    @property
    def outer(self) -> float:
        """In degrees."""
        return self.sigma_gamma

    def noise(self) -> TurnedThenNoised:
        """One angle for the whole image, then every pixel."""
        return TurnedThenNoised(self.sigma_gamma, self.sigma, self.low_pass)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """The image turned, black outside of the disc."""
        return np.asarray(warped(x, ROTATION, moves["rotation"]), dtype=np.float32)

    def within(self, reach: float) -> Rotations:
        """Either way, half a turn at most."""
        far = min(reach, 180.0)
        return Rotations(term="rotation", lower=-far, upper=far, unit=UNIT)
