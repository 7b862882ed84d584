"""The shipped pairs of a drawn thing and an instruction: ``filter:12``.

The file holds the held-out pairs of the small safety filter, drawn by ``engine.demos.filter``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError
from engine.core.resources import assets
from engine.inputs.base import ImageInput, PairInput, paired, pixels_sha256
from engine.inputs.text import shortened

SET, PREFIX = "filter", "filter:"
CLASSES = ("safe", "unsafe")
_LEVELS = np.float32(255)


@dataclass(frozen=True)
class FilterPairs:
    """All shipped pairs.

    Attributes:
        levels: (N, 3, 32, 32) uint8.
        texts: N instructions.
        things: N names of what is drawn.
        labels: (N,) 0 for safe, 1 for unsafe.
    """

    levels: npt.NDArray[np.uint8]
    texts: tuple[str, ...]
    things: tuple[str, ...]
    labels: npt.NDArray[np.int64]


@cache
def load_pairs() -> FilterPairs:
    """Read the shipped pairs.

    Raises:
        UserError: the shipped file is missing or damaged.
    """
    path = assets() / "examples" / "filter.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            texts, things = (tuple(map(str, file[name])) for name in ("texts", "things"))
            return FilterPairs(file["levels"], texts, things, file["labels"].astype(np.int64))
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"The shipped pairs in {path} cannot be read; install Certiscope again."
        ) from error


def claims(spec: str) -> bool:
    """``filter`` or ``filter:N``."""
    return spec == SET or spec.startswith(PREFIX)


def expand(spec: str) -> list[str]:
    """``filter`` stands for all shipped pairs; the shipped model was trained on none of them."""
    if spec not in (SET, PREFIX):
        return [spec]
    return [f"{PREFIX}{index}" for index in range(len(load_pairs().texts))]


def load(spec: str) -> PairInput:
    """The pair that ``filter:N`` names.

    Raises:
        UserError: N is no number of a pair.
    """
    pairs, text = load_pairs(), spec.removeprefix(SET).removeprefix(":").strip()
    count = len(pairs.texts)
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) < count):
        raise UserError(
            f"There is no pair '{text[:40]}'; give filter:N with N from 0 to {count - 1}."
        )
    index = int(text)
    pixels = pairs.levels[index].astype(np.float32) / _LEVELS
    words, thing = pairs.texts[index], pairs.things[index]
    image = ImageInput(f"a drawn {thing}", spec, pixels_sha256(pixels), pixels)
    label = int(pairs.labels[index])
    name = f"pair {index}: a {thing} with {shortened(words)}"
    return paired(
        image, words, name=name, source=f"{PREFIX}{index}", label=label, label_name=CLASSES[label]
    )
