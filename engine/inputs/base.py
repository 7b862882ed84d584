"""An input as the user gave it, and the same fitted to a model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from engine.core.late import np
from engine.core.records import Fitting, InputIdentity, InputKind, ModelIdentity
from engine.inputs.labels import Label, LabelMap, class_of, split_rule

if TYPE_CHECKING:
    import numpy.typing as npt

Pixels: TypeAlias = "npt.NDArray[np.float32]"
"""(channels, height, width), float32 in [0, 1]."""

Array: TypeAlias = "npt.NDArray[Any]"
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
class Given:
    """An input before any model is chosen.

    Attributes:
        name: short name for people.
        source: as the user named it; loading it again gives the same input.
        sha256: digest of the file's bytes (of the contents where there is no file).
        label, label_name: the true class, where it is known, as the source numbers and calls it.
        label_names: all labels of the source, by number; empty where they are not known.
        numbered: the source numbers its labels itself; else they are numbered as they are sorted.
        label_rule: how they become classes, as of an :class:`engine.inputs.labels.Label`.
        notes: what was done while reading (orientation, alpha flattened, edges made undirected).
    """

    kind: ClassVar[InputKind]

    name: str
    source: str
    sha256: str
    label: int | None = field(default=None, kw_only=True)
    label_name: str | None = field(default=None, kw_only=True)
    label_names: tuple[str, ...] = field(default=(), kw_only=True, repr=False)
    numbered: bool = field(default=False, kw_only=True)
    label_rule: str | LabelMap = field(default="", kw_only=True)
    notes: tuple[str, ...] = field(default=(), kw_only=True)

    def identity(self, model: ModelIdentity, *said: str, **facts: Any) -> InputIdentity:
        """What is recorded of it once it is fitted to a model.

        Args:
            model: that takes it.
            said: more notes.
            facts: the fields that depend on the kind of input and on the fitting.
        """
        label, note = None, ""
        if model.outputs is None:  # else its two classes are no labels of the source
            label, note = class_of(model.class_names, self._label())
        name = self.label_name
        if label is not None and isinstance(self.label_rule, LabelMap):
            name = name or model.class_names[label]
        return InputIdentity(
            name=self.name,
            source=self.source,
            sha256=self.sha256,
            kind=self.kind,
            label=label,
            label_name=None if label is None else name,
            notes=(*self.notes, *filter(None, (note,)), *said),
            **{"fitting": Fitting(), **facts},
        )

    def _label(self) -> Label:
        spec, _ = split_rule(self.source)
        inside = spec.rpartition("//")[2]
        files = dict.fromkeys((inside, PurePath(inside).name, spec))
        return Label(
            self.label,
            self.label_name,
            self.label_names,
            self.numbered,
            tuple(files),
            self.label_rule,
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
    **labelled: Any,
) -> PairInput:
    """An image and a text put together; ``labelled`` are fields of a :class:`Given`."""
    words = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    digest = hashlib.sha256(f"{image.sha256}\n{words}\n".encode()).hexdigest()
    return PairInput(
        name=name,
        source=source,
        sha256=digest,
        image=image,
        text=text,
        notes=image.notes,
        **labelled,
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
