"""The handwritten digits as training data."""

from __future__ import annotations

from dataclasses import replace

import torch

from engine.demos.data.digits import enlarged, load_digits, split
from engine.models.architectures.digits_cnn import CLASS_NAMES
from engine.schemes import Rotation
from engine.training.augment import WIDE, moved, turned, turned_widely
from engine.training.data import DataSet, Part


def part(name: str) -> Part:
    """Pixels and labels of ``train``, ``validation`` or ``test``."""
    digits, chosen = load_digits(), list(split()[name])  # type: ignore[index]
    return torch.from_numpy(digits.pixels[chosen]), torch.from_numpy(digits.labels[chosen])


def digits() -> DataSet:
    """The shipped scans, in the split that shows every model the same held-out digits."""
    parts = split()
    return DataSet(
        name="digits",
        title="Handwritten digits",
        things="digits",
        train=part("train"),
        validation=part("validation"),
        test=part("test"),
        specs=tuple(f"digits:{index}" for index in parts["test"]),
        class_names=CLASS_NAMES,
        augment=moved,
        normalization="none",
        facts={
            "data": (
                "1,797 scans of handwritten digits, 8 by 8 pixels (Alpaydin & Kaynak, Optical "
                "Recognition of Handwritten Digits, UCI Machine Learning Repository 1998, CC BY "
                "4.0), as shipped with scikit-learn"
            ),
            "split": {
                **{name: len(indices) for name, indices in parts.items()},
                "rule": "by the order of the SHA-256 of 'digit N'; see engine/demos/data/digits.py",
                "indices": {name: list(indices) for name, indices in parts.items()},
            },
            "limits": (
                "it knows only scans like those it was trained on and expects light ink on dark "
                "ground, so a photograph of dark ink on paper has to be inverted; training and "
                "test scans come from the same writers, so the figures say little about other "
                "hands"
            ),
        },
    )


def large_digits() -> DataSet:
    """The same scans with 16 by 16 pixels, for a noise that turns them itself."""
    plain = digits()

    def large(part: Part) -> Part:
        return torch.from_numpy(enlarged(part[0].numpy())), part[1]

    return replace(
        plain,
        name="digits16",
        train=large(plain.train),
        validation=large(plain.validation),
        test=large(plain.test),
        specs=tuple(f"digits16:{index}" for index in split()["test"]),
        facts={
            **plain.facts,
            "data": (
                f"{plain.facts['data']}; each scan is rendered with 16 by 16 pixels (bilinear, "
                "engine/demos/data/digits.py), since turns of a scan of 8 by 8 are too coarse"
            ),
        },
    )


def turned_digits() -> DataSet:
    """The same, turned up to 35 degrees either way in training.

    Each validation image stands there seven times, at evenly spaced turns, so that the epoch is
    chosen by what the model does with turned digits.
    """
    large = large_digits()
    pixels, labels = large.validation
    angles = torch.linspace(-WIDE, WIDE, 7)
    fixed = torch.cat([turned(pixels, angle.expand(len(pixels))) for angle in angles])
    return replace(
        large,
        title="Handwritten digits, turned",
        validation=(fixed, labels.repeat(len(angles))),
        augment=turned_widely,
        facts={
            **large.facts,
            "data": (
                f"{large.facts['data']}; in training each is turned at random by up to 35 degrees "
                "either way and kept black outside the inscribed disc, before the noise"
            ),
            "made_for": Rotation.key,
        },
    )
