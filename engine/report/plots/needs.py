"""Maps of required probabilities as coloured rectangles: what staircase and cells share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.figures import RegionFigure, Standing
from engine.regions.required_probability import BANDS
from engine.report import palette

NEVER = len(BANDS) + 1
MARGIN = 1.4
"""So much more is shown than is certified."""

Grid = npt.NDArray[np.float64]
Line = Sequence[tuple[float, float]]


def bands(required: Grid) -> npt.NDArray[np.int64]:
    """The band of every cell; NEVER where nothing suffices."""
    found = np.searchsorted(np.array(BANDS), required, side="left")
    return np.where(required >= 1, NEVER, found)


def rectangles(required: Grid) -> list[dict[str, Any]]:
    """Runs of one band along the rows, as fractions of the frame; row 0 is at the bottom."""
    rows, columns = required.shape
    found = []
    for row, line in enumerate(bands(required).tolist()):
        column = 0
        for band, run in groupby(line):
            wide = len(list(run))
            found.append(
                {"x": column / columns, "y": row / rows, "w": wide / columns, "h": 1 / rows,
                 "band": band}
            )  # fmt: skip
            column += wide
    return found


def scale(*, dark: bool) -> list[dict[str, str]]:
    """The bands with the level at their upper end; the last reaches certainty."""
    levels = [*(f"{level:g}" for level in BANDS), ""]
    return [
        {"colour": palette.need_colour(band / len(BANDS), dark=dark), "text": text}
        for band, text in enumerate(levels)
    ]


def subtitle(figure: RegionFigure) -> str:
    """Whose region it is."""
    name = f"class {figure.class_name}" if figure.class_name else ""
    return " · ".join(word for word in (name, figure.noise) if word)


def open_votes(standing: Standing | None) -> bool:
    """Whether votes are still to come."""
    return standing is not None and standing.unfinished


def shown(wanted: int, there: int) -> int:
    """How many of an axis's ``there`` cells are drawn for ``wanted`` that matter."""
    return min(there, max(4, round(MARGIN * wanted) + 1))
