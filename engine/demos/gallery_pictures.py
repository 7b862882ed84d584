"""Small pictures for the cards of the welcome page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from engine.playground.base_classifier import trained
from engine.playground.false_claims import ALPHA, RUNS, peeking
from engine.playground.run import Plan, Run
from engine.report import palette

if TYPE_CHECKING:
    from PIL.Image import Image

SIZE = (480, 300)
"""Pixels of a picture, at most."""
_COLOURS = 64
_FINER = 2
"""Times as large is a picture drawn, so that its lines are smooth."""
_AT, _TRAINED = (-0.9, 0.9), 0.25
"""Where the playground's point starts, and the noise that its classifier is trained with."""
_DOT = 0.008
"""Radius of a point, in sides of the picture."""


def shrunk(png: bytes) -> bytes:
    """A drawing without its margins, in the size of a card and in few colours."""
    from PIL import Image, ImageChops

    image = Image.open(io.BytesIO(png)).convert("RGB")
    ground = Image.new("RGB", image.size, image.getpixel((0, 0)))
    image = image.crop(ImageChops.difference(image, ground).getbbox())
    image.thumbnail(SIZE, Image.Resampling.LANCZOS)
    return _png(image)


def page_picture(what: str, *, dark: bool) -> bytes:
    """The playground's plane with a certified disc, or the false claims of whoever peeks.

    Args:
        what: ``plane`` or ``rates``.
        dark: light ink on a dark ground.
    """
    return _png(_plane(dark=dark) if what == "plane" else _rates(dark=dark))


def _png(image: Image) -> bytes:
    buffer = io.BytesIO()
    image.quantize(_COLOURS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _plane(*, dark: bool) -> Image:
    """f, the points that it was trained on, and the disc of one run of CERTIFY."""
    from PIL import Image, ImageColor, ImageDraw

    points, plane = trained("moons", _TRAINED)
    tokens = palette.theme(dark=dark)
    table = [ImageColor.getrgb(palette.map_colour(rank, dark=dark)) for rank in range(2)]
    side = SIZE[1] * _FINER
    cells = np.array(table, np.uint8)[np.flipud(plane.cells)]
    image = Image.fromarray(cells).resize((side, side), Image.Resampling.BILINEAR)
    pen = ImageDraw.Draw(image)

    def box(x: float, y: float, radius: float) -> list[float]:
        scale = side / (2 * plane.half)
        across, down = (x + plane.half) * scale, (plane.half - y) * scale
        return [across - radius, down - radius, across + radius, down + radius]

    inks = tokens["accent"], tokens["upper"]
    for (x, y), label in zip(points.xy, points.labels, strict=True):
        pen.ellipse(box(x, y, _DOT * side), fill=inks[label])
    disc = Run(plane, Plan(), _AT, 1).finish().claimed
    reach = 0.0 if disc is None else disc.radius / (2 * plane.half) * side
    pen.ellipse(box(*_AT, reach), outline=tokens["good"], width=5 * _FINER)
    pen.ellipse(box(*_AT, 2 * _DOT * side), fill=tokens["ink"])
    return image.resize((SIZE[1], SIZE[1]), Image.Resampling.LANCZOS)


def _rates(*, dark: bool) -> Image:
    """Shares of false claims over two thousand runs, and alpha."""
    from PIL import Image, ImageDraw

    tokens, tallies = palette.theme(dark=dark), list(peeking())
    wide, high = SIZE[0] * _FINER, SIZE[1] * _FINER
    image = Image.new("RGB", (wide, high), tokens["paper"])
    pen = ImageDraw.Draw(image)
    top = 1.3 * max(one.careless / one.runs for one in tallies[len(tallies) // 20 :])

    def spot(runs: float, share: float) -> tuple[float, float]:
        return wide * runs / RUNS, high * (0.96 - 0.92 * min(1.0, share / top))

    pen.line([spot(0, ALPHA), spot(RUNS, ALPHA)], fill=tokens["ink"], width=2 * _FINER)
    for ink, claims in (
        (tokens["bad"], [one.careless for one in tallies]),
        (tokens["good"], [one.careful for one in tallies]),
    ):
        shares = zip(tallies, claims, strict=True)
        way = [spot(one.runs, count / one.runs) for one, count in shares]
        pen.line(way, fill=ink, width=5 * _FINER)
    return image.resize(SIZE, Image.Resampling.LANCZOS)
