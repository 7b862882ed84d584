"""The contract of a base classifier: a batch of tensors in, a class index each out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import torch

from engine.records import ModelIdentity

NO_CLASS = -1
"""Index of a sample for which the model named no class: it counts against every class."""

NormalizeName = Literal["auto", "none", "cifar10", "imagenet", "imagenet-center", "cifar10-center", "half"]


@dataclass(frozen=True)
class ModelRequest:
    """How a user names a model.

    Attributes:
        spec: ``demo:digits-0.25``, a path to a file or directory, or a hub id.
        arch: architecture for files that hold only weights; empty to infer it.
        normalize: layer between noise and network; ``auto`` takes what is stored or detected.
        trust: consent to a file format that can run code.
        class_names: optional file with one class name per line.
    """

    spec: str
    arch: str = ""
    normalize: str = "auto"
    trust: bool = False
    class_names: Path | None = None


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
    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) of a batch (B, C, H, W), float32 in [0, 1] plus noise, on the device."""

    @property
    def differentiable(self) -> bool:
        """Whether gradients reach the input (an adversarial direction can be found)."""
        return False

    def classify(self, batch: torch.Tensor) -> torch.Tensor:
        """Class indices (B,), int64; NO_CLASS where the winning score is not finite."""
        best, index = self.scores(batch).max(dim=1)
        return torch.where(torch.isfinite(best), index, NO_CLASS)

    def unload(self) -> None:
        """Give the device's memory back."""


@dataclass(frozen=True)
class NormalizationReport:
    """What a normalisation layer was taken to be, and why."""

    name: str
    words: str
    origin: Literal["given", "stored in the file", "detected", "default"]
    candidates: tuple[str, ...] = field(default=())
