"""What a figure is once it is ready to be drawn: numbers and words placed in a unit frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

RGB = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Drawing:
    """Input of one typst function in ``assets/report/figures.typ``.

    Attributes:
        kind: which function draws it.
        width, height: of the exported image, in mm; height None leaves it to the contents.
        data: what it draws; positions are fractions of the frame, y upwards.
        files: images it shows, by name.
        alt: the image in words, for those who cannot see it.
    """

    kind: str
    width: float
    height: float | None
    data: Mapping[str, Any]
    alt: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def marked(ticks: Iterable[tuple[float, str]]) -> list[dict[str, Any]]:
    """Ticks as the drawings take them."""
    return [{"at": at, "text": text} for at, text in ticks]


def hex_rgb(colour: str) -> tuple[int, int, int]:
    """``#rrggbb`` as three bytes."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def png(pixels: RGB) -> bytes:
    """A lossless image of (height, width, 3) bytes."""
    out = BytesIO()
    Image.fromarray(pixels, "RGB").save(out, "PNG", optimize=False)
    return out.getvalue()


def enlarged(pixels: RGB, least: int) -> RGB:
    """Every pixel repeated so that the shorter side reaches ``least``: no viewer blurs it."""
    factor = max(1, -(-least // min(pixels.shape[:2])))
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)
