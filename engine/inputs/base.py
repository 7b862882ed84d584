"""An input as the user gave it, and the same fitted to a model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.records import InputIdentity

Pixels = npt.NDArray[np.float32]
"""(channels, height, width), float32 in [0, 1]."""


def pixels_sha256(pixels: Pixels) -> str:
    """Digest of the numbers that receive the noise: shape, then float32 little-endian bytes."""
    shape = "x".join(str(side) for side in pixels.shape)
    data = np.ascontiguousarray(pixels, dtype="<f4").tobytes()
    return hashlib.sha256(shape.encode() + b"\n" + data).hexdigest()


@dataclass(frozen=True)
class ImageInput:
    """A picture at its own size, before any model is chosen.

    Attributes:
        name: short name for people.
        source: as the user named it; loading it again gives the same picture.
        sha256: digest of the file's bytes (of the pixel bytes where there is no file).
        pixels: (C, H, W) with C 1 or 3.
        label, label_name: the true class, where it is known.
        notes: what was done while reading (orientation, alpha flattened, 16 bits scaled).
    """

    name: str
    source: str
    sha256: str
    pixels: Pixels
    label: int | None = None
    label_name: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FittedInput:
    """A picture in the shape a model takes: what receives the noise."""

    identity: InputIdentity
    pixels: Pixels
