"""An input as the user gave it, and the same fitted to a model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from engine.core.records import Fitting, InputIdentity, InputKind, ModelIdentity

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


def name_number(name: str) -> int | None:
    """The number that a name is: ``7``, ``07`` or ``class_7``; None if it is none.

    >>> name_number("class 10"), name_number("n01440764")
    (10, None)
    """
    found = re.fullmatch(r"(?:(?:class|label)[ _-]?)?(\d{1,5})", name, re.ASCII | re.IGNORECASE)
    return int(found[1]) if found else None


def label_in(
    names: Sequence[str], label: int | None, name: str | None
) -> tuple[int | None, tuple[str, ...]]:
    """The class by its name if the model has it, else by its number; and what to say of it.

    Args:
        names: the model's classes.
        label: the class as the input's own source numbers it; None if it is not known.
        name: its name there, where it has one.
    """
    if label is None or name in names:
        return (None if label is None or name is None else list(names).index(name)), ()
    number = name_number(name or "")
    if number is not None and number != label:
        if number < len(names):
            said = f"its label '{name}' is taken for class {number} ('{names[number]}'), its number"
            return number, (said,)
        return None, (f"its label '{name}' is the number of no class of the model",)
    if label >= len(names):
        return None, (f"its label '{name or ''}' (number {label}) is not a class of the model",)
    if not name:
        return label, ()
    return label, (f"its label '{name}' is taken for class {label} ('{names[label]}') by number",)


@dataclass(frozen=True)
class Given:
    """An input before any model is chosen.

    Attributes:
        name: short name for people.
        source: as the user named it; loading it again gives the same input.
        sha256: digest of the file's bytes (of the contents where there is no file).
        label, label_name: the true class, where it is known.
        notes: what was done while reading (orientation, alpha flattened, edges made undirected).
    """

    kind: ClassVar[InputKind]

    name: str
    source: str
    sha256: str
    label: int | None = field(default=None, kw_only=True)
    label_name: str | None = field(default=None, kw_only=True)
    notes: tuple[str, ...] = field(default=(), kw_only=True)

    def identity(self, model: ModelIdentity, *said: str, **facts: Any) -> InputIdentity:
        """What is recorded of it once it is fitted to a model.

        Args:
            model: that takes it.
            said: more notes.
            facts: the fields that depend on the kind of input and on the fitting.
        """
        label, notes = label_in(model.class_names, self.label, self.label_name)
        return InputIdentity(
            name=self.name,
            source=self.source,
            sha256=self.sha256,
            kind=self.kind,
            label=label,
            label_name=None if label is None else self.label_name,
            notes=(*self.notes, *notes, *said),
            **{"fitting": Fitting(), **facts},
        )


@dataclass(frozen=True)
class ImageInput(Given):
    """An image at its own size.

    Attributes:
        pixels: (C, H, W) with C 1 or 3.
        levels: as of a :class:`engine.core.records.Fitting`.
        converted: reading has changed its values: another colour space, transparency, fewer bits.
    """

    kind: ClassVar[Literal["image"]] = "image"

    pixels: Pixels
    levels: int = field(default=0, kw_only=True)
    converted: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class PairInput(Given):
    """An image at its own size and a text; the digest is that of the digests of both."""

    kind: ClassVar[Literal["pair"]] = "pair"

    image: ImageInput
    text: str


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
