"""CIFAR-10 as training data: in torchvision's layout, or as a folder of images per class."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from engine.inputs.datasets import DOWNLOAD, PREFIX, opened
from engine.schemes import Rotation
from engine.training.augment import WIDE, cropped, turned, turned_after
from engine.training.data import DataSet, Part, floats
from engine.training.image_folder import Half, by_lot, read, tensors

NAME = "CIFAR10"
_SHAPE = (3, 32, 32)
_VALIDATION = 10
"""One in so many training images only chooses the epoch."""


def cifar10(root: Path, *, download: bool = False) -> DataSet:
    """The data set below ``root``; the last tenth of the training part, by lot, validates.

    Args:
        root: the folder that holds ``cifar-10-batches-py``, or else ``train`` and ``test`` with a
            folder of images per class in each.
        download: whether torchvision may fetch it.

    Raises:
        UserError: it is not there, or not whole.
    """
    copies = all((root / split).is_dir() for split in ("train", "test"))
    half = _folders if copies else partial(_published, download=download)
    train, test = half("train", root), half("test", root)
    order = by_lot(len(train.labels))
    validation = order[: len(order) // _VALIDATION]
    learning = order[len(order) // _VALIDATION :]
    count = len(test.labels)
    return DataSet(
        name="cifar10",
        title="CIFAR-10",
        things="images",
        train=tensors(train, learning),
        validation=tensors(train, validation),
        test=tensors(test, range(count)),
        specs=test.specs,
        class_names=train.classes,
        augment=cropped,
        normalization="cifar10",
        facts={
            "data": (
                "CIFAR-10, colour images of 32 by 32 pixels (Krizhevsky, Learning Multiple "
                f"Layers of Features from Tiny Images, 2009){_COPIES if copies else ''}"
            ),
            "split": {
                "train": len(learning),
                "validation": len(validation),
                "test": count,
                "rule": "test as published, validation by the order of the SHA-256 of 'picture N'",
            },
            "limits": "it knows images of ten kinds of things, no larger than 32 by 32 pixels",
        },
    )


def turned_cifar10(root: Path, *, download: bool = False) -> DataSet:
    """The same, cropped, mirrored and turned up to 35 degrees either way in training.

    Each validation image stands there once, at one of seven evenly spaced turns; test images are
    kept to the inscribed disc, as ``rotation`` shows them to a model.

    Args:
        root, download: as for :func:`cifar10`.

    Raises:
        UserError: it is not there, or not whole.
    """
    plain = cifar10(root, download=download)

    def kept(part: Part, degrees: torch.Tensor) -> Part:
        found = turned(floats(part[0]), degrees)
        return found.mul_(255).round_().to(torch.uint8), part[1]

    pixels, _ = plain.validation
    angles = torch.linspace(-WIDE, WIDE, 7)[torch.arange(len(pixels)) % 7]
    return replace(
        plain,
        title="CIFAR-10, turned",
        validation=kept(plain.validation, angles),
        test=kept(plain.test, torch.zeros(len(plain.test[1]))),
        augment=partial(turned_after, cropped),
        facts={
            **plain.facts,
            "data": (
                f"{plain.facts['data']}; in training each is turned at random by up to "
                f"{WIDE:g} degrees either way and kept black outside the inscribed disc, before "
                "the noise"
            ),
            "made_for": Rotation.key,
        },
    )


_COPIES = (
    ", as JPEG copies of the images, which lose detail: no figure here compares with published "
    "tables of CIFAR-10"
)


def _published(split: Literal["train", "test"], root: Path, *, download: bool) -> Half:
    """A part in torchvision's layout."""
    part: Any = opened(f"{PREFIX}{NAME}:{split}@{root}{DOWNLOAD if download else ''}")
    labels = np.asarray(part.targets, dtype=np.int64)
    specs = (f"{PREFIX}{NAME}:{split}:{index}@{root}" for index in range(len(labels)))
    return Half(part.data, labels, tuple(specs), tuple(part.classes))


def _folders(split: str, root: Path) -> Half:
    """A part as a folder of images per class."""
    return read(root / split, _SHAPE)
