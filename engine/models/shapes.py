"""Shapes of inputs as people write them: ``3x32x32``."""

from __future__ import annotations

import re

from engine.errors import UserError

Shape = tuple[int, int, int]
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
    match = re.fullmatch(r"(\d{1,4})x(\d{1,4})x(\d{1,4})", text)
    shape = tuple(int(n) for n in match.groups()) if match else ()
    if len(shape) != 3 or not all(1 <= n <= _LIMIT for n in shape):
        raise UserError(
            f"'{text}' is no input shape; write channels, height and width like 3x32x32."
        )
    return (shape[0], shape[1], shape[2])


def words(shape: Shape) -> str:
    """``3x32x32``."""
    return "x".join(str(n) for n in shape)
