"""An image with a text: ``pair:IMAGE|TEXT``."""

from __future__ import annotations

from engine.core.errors import UserError
from engine.inputs import text as texts
from engine.inputs.base import ImageInput, PairInput, paired

PREFIX, BETWEEN = "pair:", "|"


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
            f"{spec[:200]} is not a pair; write pair:IMAGE{BETWEEN}TEXT, e.g. "
            f"pair:photo.png{BETWEEN}wash the cup."
        )
    image = load_input(place.strip())
    if not isinstance(image, ImageInput):
        raise UserError(
            f"{place.strip()[:200]} is not an image; a pair is pair:IMAGE{BETWEEN}TEXT."
        )
    words = words.strip()
    from_file = words.lower().endswith(texts.SUFFIX) and BETWEEN not in words
    text = texts.decoded(
        texts.read(words) if from_file else words.encode("utf-8", "surrogatepass"),
        words if from_file else "The text of the pair",
    )
    name = f"{image.name} with {texts.shortened(text)}"
    return paired(image, text, name=name, source=spec)
