"""The two images of the lattice attack: one is certified, the other proves the claim false.

Both are one digit on the 8-bit grid; ``engine.models.lattice`` says what is done with them.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from engine.core.errors import UserError
from engine.core.resources import assets
from engine.inputs.base import ImageInput, Pixels, pixels_sha256
from engine.inputs.digits import load_digits

PREFIX = "lattice:"
_LEVELS = np.float32(255)


def claims(spec: str) -> bool:
    """``lattice:lit`` or ``lattice:dimmed``."""
    return spec.startswith(PREFIX)


def expand(spec: str) -> list[str]:
    """``lattice:`` stands for both images."""
    return [spec] if spec.removeprefix(PREFIX) else [PREFIX + name for name in _card()["pictures"]]


def load(spec: str) -> ImageInput:
    """The image that ``spec`` names.

    Raises:
        UserError: it is neither of the two.
    """
    card, name = _card(), spec.removeprefix(PREFIX)
    if name not in card["pictures"]:
        known = " or ".join(PREFIX + known for known in card["pictures"])
        raise UserError(f"There is no image {spec}; give {known}.")
    facts = card["pictures"][name]
    pixels = _drawn(facts, card["pixels"])
    return ImageInput(
        name=f"digit {facts['digit']}, {name}",
        source=spec,
        sha256=pixels_sha256(pixels),
        pixels=pixels,
        label=facts["label"],
        label_name=card["classes"][facts["label"]],
    )


def _drawn(facts: dict[str, Any], watched: list[tuple[int, int]]) -> Pixels:
    """The digit on the 8-bit grid, the watched pixels at a level of their own if there is one."""
    levels = np.rint(load_digits().pixels[facts["digit"]] * _LEVELS)
    for row, column in watched:
        levels[0, row, column] = facts.get("level", levels[0, row, column])
    pixels: Pixels = levels / _LEVELS
    return pixels


def _card() -> dict[str, Any]:
    path = assets() / "models" / "lattice-attack.json"
    card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return card
