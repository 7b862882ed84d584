"""A log of certifications or predictions, column by column. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

Kind = Literal["certify", "decide", "predict", "radii"]
"""What a log holds: certified radii; targets that were proved in phases; predictions alone; or
radii alone, 'wrong' and 'abstained' in one (MACER)."""
ABSTAINED = -1


@dataclass(frozen=True)
class Log:
    """One log, in the order of its rows.

    Attributes:
        path: of its file, and after ``#`` the part of it that this is.
        kind: what it holds.
        sigma: of the noise that was certified with; None where nothing says it.
        sigma_origin: how it is known: ``given``, ``name`` (of the file), ``training`` (the name has
            the noise of the training alone) or empty.
        training_sigma: of the noise that the name says the model was trained with.
        index: of each input in its data set.
        label, predicted: class indices; ``predicted`` is -1 for an abstention. Of kind ``radii``
            both are empty.
        radius: as written; NaN where the log has none.
        correct: label and prediction are the same; recomputed wherever they are known.
        stated: the column ``correct`` as written; NaN where there is none.
        digits: most significant digits of a radius as it is written; 0 without radii.
    """

    path: str
    kind: Kind
    sigma: float | None
    sigma_origin: str
    training_sigma: float | None
    index: Integers
    label: Integers
    predicted: Integers
    radius: Reals
    correct: Booleans
    stated: Reals
    digits: int = 0

    def __len__(self) -> int:
        return len(self.index)

    @property
    def has_radii(self) -> bool:
        """Whether the log says how far its claims reach."""
        return self.kind != "predict"

    @property
    def sizes(self) -> Reals:
        """How far each row is correct: its radius, 0 where it is wrong or abstained."""
        return np.where(self.correct, np.nan_to_num(self.radius).clip(min=0.0), 0.0)

    @property
    def certified(self) -> Booleans:
        """Rows that certify some class, right or wrong."""
        if self.kind == "radii":
            return self.correct
        found: Booleans = self.predicted != ABSTAINED
        return found
