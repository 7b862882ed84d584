"""The handwritten digits that come with the program: scans, labels, and who may train on them.

The file holds the 1,797 scans of scikit-learn's ``load_digits`` (UCI, Optical Recognition of
Handwritten Digits), so that showing one needs neither scikit-learn nor torch.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError
from engine.core.resources import assets

GALLERY = 12
COUNT = 1797
LEVELS = 16
"""Scans have 17 grey levels, 0 to 16; pixels are level / 16."""

TEST, VALIDATION = 400, 200
"""Scans never trained on, and scans that only chose the epoch; the other 1,197 train."""

Part = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Digits:
    """All scans: ``pixels`` (1797, 1, 8, 8), float32 in [0, 1], ink is 1; ``labels`` (1797,)."""

    pixels: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]


@cache
def load_digits() -> Digits:
    """Read the shipped scans.

    Raises:
        UserError: the shipped file is missing or damaged.
    """
    path = assets() / "examples" / "digits.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            levels, labels = file["levels"], file["labels"]
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"The shipped digits in {path} cannot be read; install Certiscope again."
        ) from error
    pixels = (levels.astype(np.float32) / np.float32(LEVELS))[:, None]
    return Digits(pixels=pixels, labels=labels.astype(np.int64))


@cache
def split() -> dict[Part, tuple[int, ...]]:
    """Indices of the three parts: in the order of the SHA-256 of ``digit N``.

    A digest needs no random generator, so the split is the same for every seed, library and
    machine, and anyone can work it out again.
    """
    order = sorted(range(COUNT), key=lambda n: hashlib.sha256(f"digit {n}".encode()).digest())
    test, rest = order[:TEST], order[TEST:]
    return {
        "train": tuple(sorted(rest[VALIDATION:])),
        "validation": tuple(sorted(rest[:VALIDATION])),
        "test": tuple(sorted(test)),
    }


def part_of(index: int) -> Part:
    """Which part a scan belongs to."""
    return next(part for part, indices in split().items() if index in indices)


def gallery() -> list[int]:
    """A dozen held-out scans: the first of every class, 0 to 9, and two more."""
    labels, test = load_digits().labels, split()["test"]
    first = [next(index for index in test if labels[index] == digit) for digit in range(10)]
    return first + [index for index in test if index not in first][: GALLERY - len(first)]


def enlarged(pixels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Scans (..., 8, 8) rendered with 16 by 16 pixels: bilinear, edges kept, exact in float32.

    A new pixel lies a quarter of an old one from the middle of the old one that it is part of, so
    that along each side it is 3/4 of that and 1/4 of the neighbour on its own side.
    """
    for axis in (-2, -1):
        length = pixels.shape[axis]
        steps = np.arange(2 * length)
        nearest = steps // 2
        beside = np.clip(nearest + np.where(steps % 2, 1, -1), 0, length - 1)
        pixels = np.float32(0.75) * pixels.take(nearest, axis) + np.float32(0.25) * pixels.take(
            beside, axis
        )
    return pixels
