"""Axes with short labels."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF

from gui.theme import Theme


class CountAxis(pg.AxisItem):
    """An axis of counts: ``20k`` and ``1.5M`` in place of long digits, on both scales."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """One label per tick."""
        return [compact(10**value if self.logMode else value) for value in values]


def compact(count: float) -> str:
    """A round count in few characters.

    >>> compact(20000), compact(1_500_000), compact(500)
    ('20k', '1.5M', '500')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(count) >= size:
            return f"{count / size:g}{letter}"
    return f"{count:g}"


def style_axis(axis: pg.AxisItem, theme: Theme, *, widest: str = "0.000") -> None:
    """Theme an axis; a left axis is made wide enough for labels as long as ``widest``."""
    font = theme.font("small")
    axis.setPen(pg.mkPen(theme.border))
    axis.setTextPen(theme.muted)
    axis.label.setFont(font)
    if axis.orientation == "left":
        width = round(QFontMetricsF(font).horizontalAdvance(widest))
        axis.setStyle(tickFont=font, autoExpandTextSpace=False, tickTextWidth=width)
        axis.setWidth(width + 12)
    else:
        axis.setStyle(tickFont=font)
        axis.setHeight(None)
