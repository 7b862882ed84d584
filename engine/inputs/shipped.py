"""The shipped examples, by set and number: ``digits:7``, ``cifar10:3``, ``filter:12``.

``lattice:lit`` and ``lattice:dimmed`` are the two images of the lattice attack: one is certified,
the other proves the claim false. Both are one digit on the 8-bit grid; ``engine.models.lattice``
says what is done with them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from engine.core.errors import UserError
from engine.core.resources import assets
from engine.demos.data import aircraft, cifar10, digits, filter, letters, signs
from engine.inputs.base import ImageInput, PairInput, Pixels, paired, pixels_sha256
from engine.inputs.text import TextInput, shortened

LATTICE = "lattice"
_LEVELS = np.float32(255)
LARGE = "digits16"
"""The scans rendered with 16 by 16 pixels, for turns."""
_SEEN: dict[digits.Part, tuple[str, ...]] = {
    "train": ("the shipped models were trained on this scan",),
    "validation": ("this scan helped to choose the shipped models",),
    "test": (),
}


class NumberedSet(NamedTuple):
    """A set whose members are named by their number.

    Attributes:
        one, many: what a member is called.
        size: number of members, from 0 on.
        listed: numbers that the name of the set stands for: no shipped model was trained on them.
        example: a number to name in messages.
        load: the member of a number.
    """

    one: str
    many: str
    size: Callable[[], int]
    listed: Callable[[], Sequence[int]]
    example: Callable[[], int]
    load: Callable[[int], ImageInput | TextInput | PairInput]


def _digit(index: int, *, large: bool = False) -> ImageInput:
    found = digits.load_digits()
    pixels, label = found.pixels[index].copy(), int(found.labels[index])
    if large:
        pixels = digits.enlarged(pixels)
    rendered = ("a scan of 8 by 8 pixels, rendered with 16 by 16 (bilinear)",) if large else ()
    return ImageInput(
        name=f"digit {index}",
        source=f"{LARGE if large else 'digits'}:{index}",
        sha256=pixels_sha256(pixels),
        pixels=pixels,
        label=label,
        label_name=str(label),
        notes=(*rendered, *_SEEN[digits.part_of(index)]),
    )


def _photograph(index: int) -> ImageInput:
    found = cifar10.load_images()
    pixels = found.levels[index].astype(np.float32) / _LEVELS
    label = int(found.labels[index])
    return ImageInput(
        name=f"{cifar10.CLASSES[label]} {index}",
        source=f"cifar10:{index}",
        sha256=pixels_sha256(pixels),
        pixels=pixels,
        label=label,
        label_name=cifar10.CLASSES[label],
        label_names=cifar10.CLASSES,
        notes=(f"a JPEG copy of {found.names[index]} of the test set of CIFAR-10",),
    )


def _sign(number: int) -> ImageInput:
    what = signs.sign(number)
    pixels = signs.drawn(what)
    seen = "the shipped model may have been trained on this image"
    return ImageInput(
        name=f"sign {number}",
        source=f"commands:{number}",
        sha256=pixels_sha256(pixels),
        pixels=pixels,
        label=what.kind,
        label_name=signs.SIGNS[what.kind],
        notes=(seen,) if number >= signs.TRAINED_FROM else (),
    )


def _aircraft(number: int) -> ImageInput:
    pixels = aircraft.drawn(aircraft.aircraft(number))
    seen = "the shipped model may have been trained on this image"
    return ImageInput(
        name=f"aircraft {number}",
        source=f"aircraft:{number}",
        sha256=pixels_sha256(pixels),
        pixels=pixels,
        notes=(seen,) if number >= aircraft.TRAINED_FROM else (),
    )


def _letter(number: int) -> TextInput:
    written = letters.letter(number)
    seen = "the shipped models may have been trained on this letter"
    return TextInput(
        name=f"letter {number}: {shortened(written.text)}",
        source=f"letters:{number}",
        sha256=hashlib.sha256(written.text.encode()).hexdigest(),
        text=written.text,
        label=written.matter,
        label_name=letters.CLASSES[written.matter],
        notes=(seen,) if number >= letters.TRAINED_FROM else (),
    )


def _pair(index: int) -> PairInput:
    pairs = filter.load_pairs()
    pixels, source = pairs.levels[index].astype(np.float32) / _LEVELS, f"filter:{index}"
    words, thing, label = pairs.texts[index], pairs.things[index], int(pairs.labels[index])
    return paired(
        ImageInput(f"a drawn {thing}", source, pixels_sha256(pixels), pixels),
        words,
        name=f"pair {index}: a {thing} with {shortened(words)}",
        source=source,
        label=label,
        label_name=filter.CLASSES[label],
    )


SETS = {
    "digits": NumberedSet(
        one="digit",
        many="scans",
        size=lambda: digits.COUNT,
        listed=lambda: digits.split()["test"],
        example=lambda: digits.gallery()[0],
        load=_digit,
    ),
    LARGE: NumberedSet(
        one="digit",
        many="scans",
        size=lambda: digits.COUNT,
        listed=lambda: digits.split()["test"],
        example=lambda: digits.gallery()[0],
        load=partial(_digit, large=True),
    ),
    "cifar10": NumberedSet(
        one="image",
        many="images",
        size=lambda: cifar10.COUNT,
        listed=lambda: range(cifar10.COUNT),
        example=lambda: 0,
        load=_photograph,
    ),
    "commands": NumberedSet(
        one="image",
        many="images",
        size=lambda: signs.COUNT,
        listed=lambda: range(signs.TEST),
        example=lambda: 5,
        load=_sign,
    ),
    "aircraft": NumberedSet(
        one="image",
        many="images",
        size=lambda: aircraft.COUNT,
        listed=lambda: range(aircraft.TEST),
        example=lambda: 0,
        load=_aircraft,
    ),
    "letters": NumberedSet(
        one="letter",
        many="letters",
        size=lambda: letters.COUNT,
        listed=lambda: range(letters.TEST),
        example=lambda: 5,
        load=_letter,
    ),
    "filter": NumberedSet(
        one="pair",
        many="pairs",
        size=lambda: len(filter.load_pairs().texts),
        listed=lambda: range(len(filter.load_pairs().texts)),
        example=lambda: 12,
        load=_pair,
    ),
}


def claims(spec: str) -> bool:
    """``SET`` or ``SET:NUMBER``, and ``lattice:NAME``."""
    name, colon, _ = spec.partition(":")
    return name in SETS or (name == LATTICE and bool(colon))


def expand(spec: str) -> list[str]:
    """A set stands for those of its members that no shipped model was trained on."""
    name, _, rest = spec.partition(":")
    if rest:
        return [spec]
    found = _card()["pictures"] if name == LATTICE else SETS[name].listed()
    return [f"{name}:{one}" for one in found]


def load(spec: str) -> ImageInput | TextInput | PairInput:
    """The member that ``spec`` names.

    Raises:
        UserError: there is none of that number or name, or its file is damaged.
    """
    name, _, text = spec.partition(":")
    if name == LATTICE:
        return _lattice(spec, text)
    found, text = SETS[name], text.strip()
    count, example = found.size(), f"{name}:{found.example()}"
    if not text:
        raise UserError(
            f"{spec} stands for {len(found.listed())} {found.many}; name one, e.g. {example}."
        )
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) < count):
        raise UserError(
            f"There is no {found.one} '{text[:40]}'; give {name}:N with N from 0 to "
            f"{count - 1:,}, e.g. {example}."
        )
    return found.load(int(text))


def gallery(name: str = "digits") -> list[str]:
    """A dozen digits of all ten classes that no shipped model has seen, of one of their sets."""
    return [f"{name}:{index}" for index in digits.gallery()]


def _lattice(spec: str, name: str) -> ImageInput:
    card = _card()
    if name not in card["pictures"]:
        known = " or ".join(f"{LATTICE}:{known}" for known in card["pictures"])
        raise UserError(f"There is no image {spec}; give {known}.")
    facts = card["pictures"][name]
    levels = np.rint(digits.load_digits().pixels[facts["digit"]] * _LEVELS)
    for row, column in card["pixels"]:
        levels[0, row, column] = facts.get("level", levels[0, row, column])
    pixels: Pixels = levels / _LEVELS
    return ImageInput(
        name=f"digit {facts['digit']}, {name}",
        source=spec,
        sha256=pixels_sha256(pixels),
        pixels=pixels,
        label=facts["label"],
        label_name=card["classes"][facts["label"]],
    )


def _card() -> dict[str, Any]:
    path = assets() / "models" / "lattice-attack.json"
    card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return card
