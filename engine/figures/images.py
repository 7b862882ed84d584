"""Images of the input: a slice through it, and what the numbers mean."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.evidence.evidence import Evidence
from engine.figures.attack import Attack, NoiseMark
from engine.figures.graph_examples import NodesFigure
from engine.figures.row_examples import RowsFigure
from engine.figures.text_examples import WordsFigure
from engine.regions import Region


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


class MeaningFigure(BaseModel):
    """What the numbers mean, as images: float arrays (C, H, W) in [0, 1].

    Attributes:
        original: the input as the model sees it.
        noisy: three noisy samples at this noise level, with the base classifier's answers.
        noisy_answers: class names for ``noisy``.
        perturbed: the input changed by exactly ``perturbed_norm``; None if no ball is certified.
        perturbed_norm: norm of that change, at most the certified radius.
        perturbed_how: in words, which direction was taken.
        perturbed_clipped: whether pixels were clipped to [0, 1] for display.
        noisy_places: (H, W) per noisy sample, True where the model was told of noise; or empty.
        noisy_mark: what the noise did there.
        attack: a change of any size, for regions that are no balls.
        region: what is certified, which says how large a change may be.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    original: npt.NDArray[np.float32]
    noisy: tuple[npt.NDArray[np.float32], ...]
    noisy_answers: tuple[str, ...]
    perturbed: npt.NDArray[np.float32] | None = None
    perturbed_norm: float | None = None
    perturbed_how: str = ""
    perturbed_clipped: bool = False
    noise_in_words: str
    noisy_places: tuple[npt.NDArray[np.bool_], ...] = ()
    noisy_mark: NoiseMark = ""
    attack: Attack | None = None
    region: Region | None = None


class Illustrations(BaseModel):
    """Images that go beside the evidence; each may be missing."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    region: SliceFigure | None = None
    meaning: MeaningFigure | NodesFigure | RowsFigure | WordsFigure | None = None


def has_slice(evidence: Evidence) -> bool:
    """Whether a plane through the input shows what was certified: a ball around an image."""
    return evidence.settings.scheme.region_kind == "ball" and evidence.input.kind == "image"
