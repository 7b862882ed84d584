"""Folders of images as training data: one folder per class, in ``train`` and ``test`` or alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from engine.core.errors import UserError
from engine.inputs import folder
from engine.training.data import DataSet, Part

_VALIDATION, _TEST = 10, 5
"""One in so many training images only chooses the epoch; of a folder alone, so many are tested."""


class Half(NamedTuple):
    """One part: bytes (N, H, W, C), classes (N,), names of images and of classes."""

    pixels: np.ndarray
    labels: np.ndarray
    specs: tuple[str, ...]
    classes: tuple[str, ...]


def read(root: Path, shape: tuple[int, ...] | None = None) -> Half:
    """A folder of images per class, in the order of their names.

    Args:
        shape: (C, H, W) that the images must have; None takes that of the first.

    Raises:
        UserError: an image does not open, or has another shape; or there are no classes.
    """
    specs = tuple(folder.expand(str(root)))
    if folder.ROOT_MARK not in specs[0]:
        raise UserError(
            f"The images of {root} lie in no folders that name their classes; put each into a "
            "folder of its class."
        )
    found = [folder.load(spec) for spec in specs]
    wanted = shape or found[0].pixels.shape
    odd = next((image for image in found if image.pixels.shape != wanted), None)
    if odd is not None:
        raise UserError(
            f"{odd.source} is no {_words(wanted)}, as the others are; bring all images to one size "
            "and one kind of colour."
        )
    levels = np.stack([np.rint(image.pixels * 255).astype(np.uint8) for image in found])
    labels = np.fromiter((image.label or 0 for image in found), dtype=np.int64)
    return Half(levels.transpose(0, 2, 3, 1), labels, specs, found[0].label_names)


def image_folder(root: Path) -> DataSet:
    """The images below ``root``: in ``train`` and ``test``, or split by lot.

    Raises:
        UserError: there is no such folder, fewer than two classes, a class without images to learn
            from, other classes to test, or what :func:`read` raises.
    """
    if not root.is_dir():
        raise UserError(
            f"There is no folder {root}; --data takes digits, cifar10:FOLDER, or a folder "
            "with one folder of images per class."
        )
    apart = all((root / part).is_dir() for part in ("train", "test"))
    train = read(root / "train" if apart else root)
    test = read(root / "test", _shape(train)) if apart else train
    if test.classes != train.classes:
        raise UserError(
            f"{root} has the classes {', '.join(train.classes)} to learn, and "
            f"{', '.join(test.classes)} to test; both need the same folders."
        )
    _check(root, train)
    order = by_lot(len(train.labels))
    tested = list(range(len(test.labels))) if apart else order[: len(order) // _TEST]
    rest = order if apart else order[len(order) // _TEST :]
    cut = max(1, len(rest) // _VALIDATION)
    validation, learning = rest[:cut], rest[cut:]
    chosen = sorted(tested)
    return DataSet(
        name=root.resolve().name,
        title=f"Images of {root.resolve().name}",
        things="images",
        train=tensors(train, learning),
        validation=tensors(train, validation),
        test=tensors(test, chosen),
        specs=tuple(test.specs[place] for place in chosen),
        class_names=train.classes,
        augment=lambda pixels, generator: pixels,
        normalization="none",
        facts={
            "data": f"the folder {root.resolve().name}, each a {_words(_shape(train))}",
            "split": {
                "train": len(learning),
                "validation": len(validation),
                "test": len(chosen),
                "rule": (
                    f"test {'as its folder says' if apart else 'and validation by lot'}"
                    f"{', validation by lot' if apart else ''}: the order of the SHA-256 of "
                    "'picture N'"
                ),
            },
            "limits": "it knows images like those of its folder",
        },
    )


def _check(root: Path, train: Half) -> None:
    if len(train.classes) < 2:
        raise UserError(
            f"{root} has one class, {train.classes[0]}: there is nothing to tell apart. Put the "
            "images into one folder for each of two or more classes."
        )
    counts = np.bincount(train.labels, minlength=len(train.classes))
    if not counts.all():
        empty = train.classes[int(np.argmin(counts))]
        raise UserError(f"The class {empty} of {root} has no image to learn from.")
    least = 2 * _VALIDATION
    if len(train.labels) < least:
        raise UserError(
            f"{root} has {len(train.labels)} images to learn from; a training needs {least}."
        )


def by_lot(number: int) -> list[int]:
    """The places of so many images in an order that depends on nothing else."""
    return sorted(range(number), key=_lot)


def _lot(index: int) -> bytes:
    return hashlib.sha256(f"picture {index}".encode()).digest()


def tensors(half: Half, chosen: Iterable[int]) -> Part:
    """Bytes (N, C, H, W) and labels of the chosen images, in the order of the data set."""
    places = np.sort(np.fromiter(chosen, dtype=np.int64))
    pixels = np.ascontiguousarray(half.pixels[places].transpose(0, 3, 1, 2))
    return torch.from_numpy(pixels), torch.from_numpy(half.labels[places])


def _shape(half: Half) -> tuple[int, ...]:
    _, height, width, channels = half.pixels.shape
    return channels, height, width


def _words(shape: Sequence[int]) -> str:
    channels, height, width = shape
    return f"{'colour' if channels == 3 else 'grey'} image of {width} by {height} pixels"
