"""An input as the user gave it, and the same fitted to a model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.core.records import InputIdentity, InputKind

Pixels = npt.NDArray[np.float32]
"""(channels, height, width), float32 in [0, 1]."""

Array = npt.NDArray[Any]
"""float32 or int64, of any shape."""


def pixels_sha256(pixels: Pixels) -> str:
    """Digest of the numbers that receive the noise: shape, then float32 little-endian bytes."""
    return arrays_sha256([pixels.astype(np.float32, copy=False)])


def arrays_sha256(arrays: Sequence[Array]) -> str:
    """Digest of all parts of an input: for each its shape, then its little-endian bytes."""
    digest = hashlib.sha256()
    for array in arrays:
        shape = "x".join(str(side) for side in array.shape)
        kind = array.dtype.newbyteorder("<")
        digest.update(shape.encode() + b"\n")
        digest.update(np.ascontiguousarray(array, dtype=kind).tobytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class ImageInput:
    """An image at its own size, before any model is chosen.

    Attributes:
        name: short name for people.
        source: as the user named it; loading it again gives the same image.
        sha256: digest of the file's bytes (of the pixel bytes where there is no file).
        pixels: (C, H, W) with C 1 or 3.
        label, label_name: the true class, where it is known.
        notes: what was done while reading (orientation, alpha flattened, 16 bits scaled).
    """

    kind: ClassVar[InputKind] = "image"

    name: str
    source: str
    sha256: str
    pixels: Pixels
    label: int | None = None
    label_name: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairInput:
    """An image and a text, before any model is chosen.

    Attributes:
        name, source: as of an ``ImageInput``.
        sha256: digest of the image's and the text's digests.
        image: at its own size.
        text: the words.
        label, label_name: the true class, where it is known.
    """

    kind: ClassVar[InputKind] = "pair"

    name: str
    source: str
    sha256: str
    image: ImageInput
    text: str
    label: int | None = None
    label_name: str | None = None
    notes: tuple[str, ...] = ()


def paired(
    image: ImageInput,
    text: str,
    *,
    name: str,
    source: str,
    label: int | None = None,
    label_name: str | None = None,
) -> PairInput:
    """An image and a text put together."""
    words = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    digest = hashlib.sha256(f"{image.sha256}\n{words}\n".encode()).hexdigest()
    return PairInput(
        name=name,
        source=source,
        sha256=digest,
        image=image,
        text=text,
        label=label,
        label_name=label_name,
        notes=image.notes,
    )


@dataclass(frozen=True)
class FittedInput:
    """An input in the shape a model takes.

    Attributes:
        identity: which input it is.
        arrays: what receives the noise: one array for an image, a text or a graph's features, one
            for each part of a pair or a table.
        context: what the noise leaves alone but a model needs, such as a graph's edges.
    """

    identity: InputIdentity
    arrays: tuple[Array, ...]
    context: object | None = None

    @classmethod
    def image(cls, identity: InputIdentity, pixels: Pixels) -> FittedInput:
        """An image alone."""
        return cls(identity, (pixels,))

    @property
    def pixels(self) -> Pixels:
        """The first part: of an image or a pair the pixels (C, H, W)."""
        return self.arrays[0]
