"""CIFAR-10 as training data, in torchvision's layout on disk."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from engine.inputs.datasets import DOWNLOAD, PREFIX, opened
from engine.training.augment import cropped
from engine.training.data import DataSet, Part

NAME = "CIFAR10"
_VALIDATION = 10
"""One in so many training images only chooses the epoch."""


def cifar10(root: Path, *, download: bool = False) -> DataSet:
    """The data set below ``root``; the last tenth of the training part, by lot, validates.

    Args:
        root: the folder that holds ``cifar-10-batches-py``.
        download: whether torchvision may fetch it.

    Raises:
        UserError: it is not there, or not whole.
    """
    train, test = _part("train", root, download=download), _part("test", root, download=download)
    order = sorted(range(len(train.data)), key=_lot)
    validation = order[: len(order) // _VALIDATION]
    learning = order[len(order) // _VALIDATION :]
    count = len(test.data)
    return DataSet(
        name="cifar10",
        title="CIFAR-10",
        things="images",
        train=_tensors(train, learning),
        validation=_tensors(train, validation),
        test=_tensors(test, range(count)),
        specs=tuple(f"{PREFIX}{NAME}:test:{index}@{root}" for index in range(count)),
        class_names=tuple(train.classes),
        augment=cropped,
        normalization="cifar10",
        facts={
            "data": (
                "CIFAR-10, colour images of 32 by 32 pixels (Krizhevsky, Learning Multiple "
                "Layers of Features from Tiny Images, 2009)"
            ),
            "split": {
                "train": len(learning),
                "validation": len(validation),
                "test": count,
                "rule": "test as published, validation by the order of the SHA-256 of 'picture N'",
                "use": "validation chose the epoch; test was never used in training",
            },
            "limits": "it knows images of ten kinds of things, no larger than 32 by 32 pixels",
        },
    )


def _part(split: Literal["train", "test"], root: Path, *, download: bool) -> Any:
    return opened(f"{PREFIX}{NAME}:{split}@{root}{DOWNLOAD if download else ''}")


def _lot(index: int) -> bytes:
    return hashlib.sha256(f"picture {index}".encode()).digest()


def _tensors(part: Any, chosen: Any) -> Part:
    """Bytes (N, 3, 32, 32) and labels of the chosen images, in the order of the data set."""
    places = np.sort(np.fromiter(chosen, dtype=np.int64))
    pixels = np.ascontiguousarray(part.data[places].transpose(0, 3, 1, 2))
    labels = np.asarray(part.targets, dtype=np.int64)[places]
    return torch.from_numpy(pixels), torch.from_numpy(labels)
