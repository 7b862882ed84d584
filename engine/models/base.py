"""The contract of a base classifier: a batch of tensors in, a class index each out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from engine.core.batches import Batch
from engine.core.records import ModelIdentity
from engine.models.request import ModelRequest, NormalizeName

if TYPE_CHECKING:
    from engine.inputs.base import FittedInput
    from engine.inputs.coding import Coding

__all__ = ["NO_CLASS", "Classifier", "ModelRequest", "NormalizeName"]

NO_CLASS = -1
"""Index of a sample for which the model named no class: it counts against every class."""


class Classifier(ABC):
    """A base classifier: a deterministic function in eval mode.

    Whatever comes after the noise (normalisation, clipping, resizing, denoising) is inside it.
    Subclasses live one per file format; wrappers (ensembles, denoisers) are classifiers too.
    """

    identity: ModelIdentity

    @abstractmethod
    def prepare(self, device: torch.device, precision: str) -> None:
        """Move to ``device`` and set the arithmetic; called before the first batch of a run.

        Raises:
            UserError: this format cannot run there or in that precision.
        """

    @abstractmethod
    def scores(self, batch: Any) -> torch.Tensor:
        """Scores (B, K) of a noised batch on the device.

        For an image model the batch is (B, C, H, W), float32 in [0, 1] plus noise; for an input
        of several parts it is a tuple of tensors.
        """

    @property
    def differentiable(self) -> bool:
        """Whether gradients reach the input (an adversarial direction can be found)."""
        return False

    @property
    def coding(self) -> Coding | None:
        """What the model reads texts or tables with; None for images and graphs."""
        return None

    def bound_to(self, fitted: FittedInput) -> Classifier:
        """This model for one input, where it needs what the noise leaves alone (a graph's edges).

        Raises:
            UserError: the model cannot take this input.
        """
        del fitted
        return self

    def classify(self, batch: Batch) -> torch.Tensor:
        """Class indices (B,), int64; NO_CLASS where the winning score is not finite."""
        best, index = self.scores(batch).max(dim=1)
        return torch.where(torch.isfinite(best), index, NO_CLASS)

    def said(self) -> Sequence[str | None]:
        """The answers behind the last batch's classes, of a generative model; else nothing."""
        return ()

    def unload(self) -> None:  # noqa: B027 - most formats hold nothing to give back
        """Give the device's memory back."""
