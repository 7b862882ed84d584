"""What goes beside the evidence: a slice through the input, and examples."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.core.rounding import round_down
from engine.evidence.evidence import Evidence
from engine.figures.examples import ExamplesFigure
from engine.figures.regions import picture_of


class SliceFigure(BaseModel):
    """A two-dimensional slice through the input: who wins where.

    The point (u, v) is ``x + u e1 + v e2`` with orthonormal e1, e2; u and v are l2 distances in
    pixel units.

    Attributes:
        extent: u and v run over [-extent, extent].
        base: class of the base classifier, shape (k, k), row = v from low to high, column = u;
            -2 where not computed yet, -1 where the model named no class.
        smoothed: class by coarse majority vote, shape (m, m), same axes and marks.
        smoothed_votes: votes per cell of ``smoothed``.
        axes: what e1 and e2 are, in words.
        radius: certified radius to draw, None if nothing is certified.
        norm: of the radius.
        outline: (m, 2) where the plane leaves a ball that is no l2 ball; empty for a disc.
        class_names: of the model.
        center_class: the smoothed answer at the input.
        samples: (s, 2) projections of noisy samples on the slice, for the dots.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    extent: float
    base: npt.NDArray[np.int16]
    smoothed: npt.NDArray[np.int16]
    smoothed_votes: int
    axes: tuple[str, str]
    radius: float | None
    class_names: tuple[str, ...]
    center_class: int | None
    samples: npt.NDArray[np.float32]
    norm: Literal["l1", "l2", "linf"] = "l2"
    outline: npt.NDArray[np.float32] = np.zeros((0, 2), dtype=np.float32)

    @property
    def reach(self) -> float:
        """How far the ball reaches on the slice, in l2 distance."""
        if self.outline.size:
            return float(np.hypot(*self.outline.T).max())
        return self.radius or 0.0

    @property
    def size(self) -> str:
        """The radius, rounded down, with its norm where that is not the axes'; empty for none."""
        norm = "" if self.norm == "l2" else f" ({self.norm})"
        return "" if self.radius is None else f"R = {round_down(self.radius, 3)}{norm}"


class Illustrations(BaseModel):
    """Images that go beside the evidence; each may be missing."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    region: SliceFigure | None = None
    examples: ExamplesFigure | None = None


def has_slice(evidence: Evidence) -> bool:
    """Whether a plane through the input shows what was certified: a ball around an image."""
    return picture_of(evidence.settings.scheme) == "slice" and evidence.input.kind == "image"
