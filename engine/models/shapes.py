"""Shapes of inputs as people write them: ``3x32x32``."""

from __future__ import annotations

import re

from engine.core.errors import UserError

Shape = tuple[int, int, int]
CHANNELS = (1, 2, 3, 4, 6)
"""Of an image, with an indicator or a complement (``engine.models.input_layout``) the even ones."""
_LIMIT = 4096


def split_arch(text: str) -> tuple[str, Shape | None]:
    """Architecture and input shape of ``resnet18@3x64x64``; either part may be missing.

    Raises:
        UserError: the part after @ is no shape.
    """
    name, at, shape = text.partition("@")
    return name, parse_shape(shape) if at else None


def parse_shape(text: str) -> Shape:
    """(channels, height, width) of ``3x32x32``.

    Raises:
        UserError: it is written otherwise, or a number is out of range.
    """
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})x(\d{1,5})", text)
    shape = (int(match[1]), int(match[2]), int(match[3])) if match else (0, 0, 0)
    if not reasonable(shape):
        raise UserError(
            f"'{text}' is not an input shape; write channels, height and width like 3x32x32."
        )
    return shape


def reasonable(shape: Shape) -> bool:
    """Whether a noised image can have that shape: grey or colour, sides up to 4096."""
    return shape[0] in CHANNELS and all(1 <= side <= _LIMIT for side in shape[1:])


ONLY = (
    "only images with 1 or 3 channels (2, 4 or 6 with an indicator or a complement) and "
    "sides up to 4096 work"
)
"""What is reasonable, for refusals."""


def words(shape: Shape) -> str:
    """``3x32x32``."""
    return "x".join(str(n) for n in shape)
