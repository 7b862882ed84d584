"""Classifiers whose probabilities are known exactly, and inputs for them."""

from __future__ import annotations

import time
from typing import Any, TypeVar

import numpy as np
import torch

from engine.core.generators import result_of
from engine.core.records import Fitting, InputIdentity, ModelIdentity
from engine.inputs.base import FittedInput
from engine.models.base import Classifier

SHAPE = (1, 8, 8)
R = TypeVar("R")


def identity(classes: int = 2, **changes: Any) -> ModelIdentity:
    values: dict[str, Any] = {
        "name": "fake",
        "source": "fake",
        "format": "test",
        "sha256": "0" * 64,
        "architecture": "fake",
        "class_names": tuple(f"class {i}" for i in range(classes)),
        "input_shape": SHAPE,
    }
    return ModelIdentity(**{**values, **changes})


def fitted(value: float = 0.0, label: int | None = None) -> FittedInput:
    pixels = np.full(SHAPE, value, dtype=np.float32)
    return FittedInput(
        InputIdentity(
            fitting=Fitting(),
            name="flat",
            source="flat",
            sha256="1" * 64,
            pixels_sha256="2" * 64,
            shape=SHAPE,
            label=label,
        ),
        (pixels,),
    )


class HalfSpace(Classifier):
    """Class 0 iff the first pixel is below ``threshold``.

    At an input with first pixel x the smoothed p_0 is Phi((threshold - x) / sigma), and the true
    robust radius of the smoothed classifier is exactly ``threshold - x``.
    """

    def __init__(self, threshold: float, classes: int = 2) -> None:
        self.identity = identity(classes)
        self.threshold = threshold

    def prepare(self, device: torch.device, precision: str) -> None:
        pass

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        margin = self.threshold - batch.flatten(1)[:, 0]
        scores = torch.full((len(batch), len(self.identity.class_names)), -1e9)
        scores[:, 0], scores[:, 1] = margin, -margin
        return scores

    @property
    def differentiable(self) -> bool:
        return True


class Misbehaving(HalfSpace):
    """Does ``what`` from the ``after``-th call on: nan, crash, memory, twice, slow."""

    def __init__(self, what: str, after: int = 0, largest: int = 10**9) -> None:
        super().__init__(10.0)
        self.what, self.after, self.largest, self.calls = what, after, largest, 0

    @property
    def differentiable(self) -> bool:
        return False

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        scores = super().scores(batch)
        if self.calls <= self.after:
            return scores
        if self.what == "nan":
            return scores * float("nan")
        if self.what == "crash":
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
        if self.what == "memory" and len(batch) > self.largest:
            raise torch.OutOfMemoryError("CUDA out of memory")
        if self.what == "twice":
            return torch.cat((scores, scores))
        if self.what == "slow":
            time.sleep(0.03)
        return scores


finish = result_of
"""Run a procedure to its result."""
