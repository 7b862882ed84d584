"""An image with a text: ``pair:IMAGE|TEXT``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from engine.core.errors import UserError
from engine.core.records import InputKind
from engine.inputs import text as texts
from engine.inputs.base import ImageInput

PREFIX, BETWEEN = "pair:", "|"


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


def claims(spec: str) -> bool:
    """``pair:...``."""
    return spec.startswith(PREFIX)


def expand(spec: str) -> list[str]:
    """A pair stands for itself."""
    return [spec]


def load(spec: str) -> PairInput:
    """The image and the words; the words may be those of a .txt file.

    Raises:
        UserError: one of the two is missing or cannot be read.
    """
    from engine.inputs import load_input

    place, bar, words = spec.removeprefix(PREFIX).partition(BETWEEN)
    if not bar or not place.strip():
        raise UserError(
            f"{spec[:200]} is no pair; write pair:IMAGE{BETWEEN}TEXT, e.g. "
            f"pair:photo.png{BETWEEN}wash the cup."
        )
    image = load_input(place.strip())
    if not isinstance(image, ImageInput):
        raise UserError(f"{place.strip()[:200]} is no image; a pair is pair:IMAGE{BETWEEN}TEXT.")
    words = words.strip()
    from_file = words.lower().endswith(texts.SUFFIX) and BETWEEN not in words
    text = texts.decoded(
        texts.read(words) if from_file else words.encode("utf-8", "surrogatepass"),
        words if from_file else "The text of the pair",
    )
    name = f"{image.name} with {texts.shortened(text)}"
    return paired(image, text, name=name, source=spec)
