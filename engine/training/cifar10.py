"""CIFAR-10 as training data: in torchvision's layout, or as a folder of images per class."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch

from engine.core.errors import UserError
from engine.inputs import folder
from engine.inputs.datasets import DOWNLOAD, PREFIX, opened
from engine.training.augment import WIDE, cropped, turned, turned_after
from engine.training.data import DataSet, Part, floats

NAME = "CIFAR10"
_SHAPE = (3, 32, 32)
_VALIDATION = 10
"""One in so many training images only chooses the epoch."""


class _Half(NamedTuple):
    """One published part: bytes (N, 32, 32, 3), classes (N,), names of images and of classes."""

    pixels: np.ndarray
    labels: np.ndarray
    specs: tuple[str, ...]
    classes: tuple[str, ...]


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
    order = sorted(range(len(train.labels)), key=_lot)
    validation = order[: len(order) // _VALIDATION]
    learning = order[len(order) // _VALIDATION :]
    count = len(test.labels)
    return DataSet(
        name="cifar10",
        title="CIFAR-10",
        things="images",
        train=_tensors(train, learning),
        validation=_tensors(train, validation),
        test=_tensors(test, range(count)),
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
                "use": "validation chose the epoch; test was never used in training",
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
        },
    )


_COPIES = (
    ", as JPEG copies of the images, which lose detail: no figure here compares with published "
    "tables of CIFAR-10"
)


def _published(split: Literal["train", "test"], root: Path, *, download: bool) -> _Half:
    """A part in torchvision's layout."""
    part: Any = opened(f"{PREFIX}{NAME}:{split}@{root}{DOWNLOAD if download else ''}")
    labels = np.asarray(part.targets, dtype=np.int64)
    specs = (f"{PREFIX}{NAME}:{split}:{index}@{root}" for index in range(len(labels)))
    return _Half(part.data, labels, tuple(specs), tuple(part.classes))


def _folders(split: str, root: Path) -> _Half:
    """A part as a folder of images per class, in the order of their names.

    Raises:
        UserError: an image does not open, or is not one of 32 by 32 pixels.
    """
    specs = tuple(folder.expand(str(root / split)))
    found = [folder.load(spec) for spec in specs]
    sizes = {image.pixels.shape for image in found}
    if sizes != {_SHAPE}:
        strange = next(image.source for image in found if image.pixels.shape != _SHAPE)
        raise UserError(f"{strange} is no colour image of 32 by 32 pixels, as CIFAR-10 has them.")
    levels = np.stack([np.rint(image.pixels * 255).astype(np.uint8) for image in found])
    labels = np.fromiter((image.label or 0 for image in found), dtype=np.int64)
    return _Half(levels.transpose(0, 2, 3, 1), labels, specs, found[0].label_names)


def _lot(index: int) -> bytes:
    return hashlib.sha256(f"picture {index}".encode()).digest()


def _tensors(half: _Half, chosen: Iterable[int]) -> Part:
    """Bytes (N, 3, 32, 32) and labels of the chosen images, in the order of the data set."""
    places = np.sort(np.fromiter(chosen, dtype=np.int64))
    pixels = np.ascontiguousarray(half.pixels[places].transpose(0, 3, 1, 2))
    return torch.from_numpy(pixels), torch.from_numpy(half.labels[places])
