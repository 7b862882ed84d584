"""Translation, heuristic: random shifts, then Gaussian noise, and no bound on the error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.regions import Amount, Perturbation, Region, Term
from engine.schemes.heuristic import Heuristic
from engine.schemes.nested_translation import NORM, UNIT, ShiftedThenNoised, shifted


class HeuristicTranslation(Heuristic):
    """Shifts by any fraction of a pixel, without a guarantee (:class:`Heuristic`)."""

    key: ClassVar[str] = "heuristic-translation"
    title: ClassVar[str] = "Translation by fractions, heuristic (certifies nothing)"
    attacker: ClassVar[str] = (
        "shift the image by any fraction of a pixel, of which nothing is certified"
    )
    region_type: ClassVar[type[Region]] = Amount
    terms: ClassVar[Mapping[str, Term]] = {"shift": Term("l2 norm of the shift", UNIT)}

    sigma_gamma: float = Field(
        default=1.5,
        ge=0.1,
        le=30,
        title="sigma of the shift",
        description="standard deviation of the random shift in each direction",
        json_schema_extra={"unit": UNIT, "step": 0.5, "slider": [0.5, 10.0, 0.5]},
    )

    @property
    def outer(self) -> float:
        """In pixels."""
        return self.sigma_gamma

    def noise(self) -> ShiftedThenNoised:
        """One shift of the whole image, then every pixel."""
        return ShiftedThenNoised(self.sigma_gamma, self.sigma, self.low_pass)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """The image shifted to the right."""
        import torch  # deferred: the window lists schemes before torch loads

        shifts = torch.tensor([[0.0, moves["shift"]]], dtype=torch.float64)
        return np.asarray(shifted(torch.from_numpy(x)[None], shifts)[0].numpy())

    def within(self, reach: float) -> Amount:
        """In any direction."""
        return Amount(term="shift", upper=reach, unit=NORM)
