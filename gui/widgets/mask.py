"""Marks over an image: where the noise or an attack touched it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QLineF, QRect
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, Qt

from engine.core.late import np

if TYPE_CHECKING:
    import numpy.typing as npt

Mask: TypeAlias = "npt.NDArray[np.bool_]"
Grid: TypeAlias = "npt.NDArray[np.float64]"
_MOST_LINES = 6000


@dataclass(frozen=True, eq=False)
class Mark:
    """Pixels to point out.

    Attributes:
        places: (H, W).
        color: of hatch and outline.
        hatched: there is nothing left to see in them.
    """

    places: Mask
    color: str
    hatched: bool = False


def edges(mask: Mask) -> tuple[Grid, Grid]:
    """The border of the True cells, as x and y in pairs of points; cell (r, c) is centred there.

    The edge of the map counts as a border too.
    """
    padded = np.pad(mask, 1)
    row, column = np.nonzero(padded[:, 1:] != padded[:, :-1])
    x = np.repeat(column - 0.5, 2)
    y = np.column_stack((row - 1.5, row - 0.5)).ravel()
    up, across = np.nonzero(padded[1:] != padded[:-1])
    x_flat = np.column_stack((across - 1.5, across - 0.5)).ravel()
    y_flat = np.repeat(up - 0.5, 2)
    return np.concatenate((x, x_flat)), np.concatenate((y, y_flat))


def paint_mark(painter: QPainter, target: QRect, mark: Mark, *, width: float) -> None:
    """Hatch the places, or outline them; outlines too fine to be seen are left out."""
    wide = target.width() / mark.places.shape[1]
    high = target.height() / mark.places.shape[0]
    if mark.hatched:
        brush = QBrush(QColor(mark.color), Qt.BrushStyle.BDiagPattern)
        for row, first, last in _stretches(mark.places):
            left, right = (target.left() + round(side * wide) for side in (first, last))
            top, foot = (target.top() + round(side * high) for side in (row, row + 1))
            painter.fillRect(QRect(left, top, right - left, foot - top), brush)
        return
    x, y = edges(mark.places)
    if min(wide, high) < 2 or len(x) > _MOST_LINES:
        return
    left, top = (x + 0.5) * wide + target.left(), (y + 0.5) * high + target.top()
    painter.setPen(QPen(QColor(mark.color), width))
    ends = zip(left[::2], top[::2], left[1::2], top[1::2], strict=True)
    painter.drawLines([QLineF(*map(float, line)) for line in ends])


def _stretches(places: Mask) -> list[tuple[int, int, int]]:
    """Runs of True cells: (row, first column, one past the last)."""
    padded = np.pad(places, ((0, 0), (1, 1))).astype(np.int8)
    rows, turns = np.nonzero(np.diff(padded, axis=1))
    return [
        (int(row), int(first), int(last))
        for row, first, last in zip(rows[::2], turns[::2], turns[1::2], strict=True)
    ]
