"""What the lab needs to know of a data set of images."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from engine.core.records import InputIdentity

Part = tuple[torch.Tensor, torch.Tensor]
"""Pixels (N, C, H, W), float32 in [0, 1] or bytes, and labels (N,)."""

Augmentation = Callable[[torch.Tensor, torch.Generator], torch.Tensor]


@dataclass(frozen=True)
class DataSet:
    """Images in three parts.

    Attributes:
        name: begins the names of the models, ``digits``.
        title: for people.
        things: one image in words, in the plural.
        train, validation, test: the last is seen by no training and chooses no epoch.
        specs: names of the test images, as the program opens them.
        class_names: one name per class.
        augment: applied to training images before the noise.
        normalization: between noise and network, for networks that see the image itself.
        facts: for the card: ``data``, ``split`` and ``limits``.
    """

    name: str
    title: str
    things: str
    train: Part
    validation: Part
    test: Part
    specs: tuple[str, ...]
    class_names: tuple[str, ...]
    augment: Augmentation
    normalization: str
    facts: Mapping[str, Any]

    @property
    def any_image(self) -> InputIdentity:
        """Any one of its images, as a scheme judges whether its parameters fit."""
        return InputIdentity(
            name=self.title, source=self.name, sha256="", pixels_sha256="", shape=self.shape
        )

    @property
    def sha256(self) -> str:
        """Digest of the images and labels that training sees."""
        digest = hashlib.sha256()
        for tensor in (*self.train, *self.validation):
            flat = tensor.cpu().contiguous().reshape(-1)
            digest.update(f"{tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(flat.view(torch.uint8).numpy().tobytes())
        return digest.hexdigest()

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of an image."""
        _, channels, height, width = self.test[0].shape
        return channels, height, width


def floats(pixels: torch.Tensor) -> torch.Tensor:
    """Pixels in [0, 1], whether they are kept as such or as bytes."""
    return pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels
