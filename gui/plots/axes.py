"""Axes with short labels."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtGui import QFontMetricsF

from engine.figures.axes import count_ticks, short_count
from gui.plots.graphics import pg
from gui.style.theme import Theme

_DECADE, _WITHIN = 1.0, 0.1
"""Spacings that stand for the ticks of a logarithmic axis with and without a label."""
_DIGITS = (tuple(range(1, 10)), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,))
_WANTED = (8, 5, 3, 2, 1)
"""Labels on an axis between two such places."""
_GAP = 10
"""Pixels between two labels."""
_BEYOND = 8
"""Pixels that a label may reach beyond the end of its axis; a longer one is not painted there."""
_FEWEST = 2
"""Labels that tell how far it is from one place to another."""


class CountAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis of counts: ``20k`` and ``1.5M`` in place of long digits, on both scales.

    Attributes:
        whole: there are ticks at whole numbers alone.
    """

    whole = False

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.setStyle(hideOverlappingLabels=_BEYOND)

    def set_whole(self, *, on: bool) -> None:
        """Ticks at whole numbers alone."""
        if on != self.whole:
            self.whole = on
            self.picture = None  # drawn anew
            self.update()

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """One label per tick; none for the small ticks of a logarithmic axis."""
        if self.logMode and spacing == _WITHIN:
            return [""] * len(values)
        return [short_count(10**value if self.logMode else value) for value in values]

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, Sequence[float]]]:
        """On a logarithmic axis: as many labels as have room, and a tick for every other digit."""
        if not self.logMode:
            found: list[tuple[float, Sequence[float]]] = super().tickValues(minVal, maxVal, size)
            return _whole(found, minVal, maxVal) if self.whole else found
        low, high = sorted((minVal, maxVal))
        labelled = self._labelled(low, high, size)
        others = [x for x in _ticks(low, high, _DIGITS[0]) if x not in labelled]
        return [(_DECADE, labelled), (_WITHIN, others)]

    def _labelled(self, low: float, high: float, size: float) -> list[float]:
        """The densest round numbers whose labels do not touch, if two of them can be read."""
        choices = [_ticks(low, high, digits) for digits in _DIGITS]
        if 0 < high - low < 1:  # a short axis, which is almost a linear one
            places = (count_ticks(10**low, 10**high, wanted) for wanted in _WANTED)
            choices += [[math.log10(place) for place in found] for found in places]
        fitting = [ticks for ticks in choices if self._fit(ticks, low, high, size)]
        for ticks in fitting:
            if self._read(ticks, low, high, size) >= _FEWEST:
                return ticks
        if fitting:
            return max(fitting, key=lambda ticks: self._read(ticks, low, high, size))
        step, ticks = 2, choices[-1]
        while not self._fit(ticks[::step], low, high, size):
            step += 1
        return ticks[::step]

    def _read(self, ticks: Sequence[float], low: float, high: float, size: float) -> int:
        """How many have their label painted."""
        scale = size / max(high - low, 1e-9)
        halves = [width / 2 - _BEYOND for width in self._widths(ticks)]
        return sum(
            half <= min((tick - low) * scale, (high - tick) * scale)
            for tick, half in zip(ticks, halves, strict=True)
        )

    def _fit(self, ticks: Sequence[float], low: float, high: float, size: float) -> bool:
        scale = size / max(high - low, 1e-9)
        widths = self._widths(ticks)
        return all(
            (b - a) * scale >= (left + right) / 2 + _GAP
            for a, b, left, right in zip(ticks, ticks[1:], widths, widths[1:], strict=False)
        )

    def _widths(self, ticks: Sequence[float]) -> list[float]:
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        return [metrics.horizontalAdvance(short_count(10**tick)) for tick in ticks]


def _whole(
    found: Sequence[tuple[float, Sequence[float]]], low: float, high: float
) -> list[tuple[float, Sequence[float]]]:
    """The ticks whose spacing is a whole number; each whole number where there are none."""
    kept = [level for level in found if level[0] >= 1.0 and level[0] == round(level[0])]
    return kept or [(1.0, [float(x) for x in range(math.ceil(low), math.floor(high) + 1)])]


def _ticks(low: float, high: float, digits: Sequence[int]) -> list[float]:
    """Logarithms of digit times power of ten within the range."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    places = (power + math.log10(digit) for power in powers for digit in digits)
    return [place for place in places if low - 1e-9 <= place <= high + 1e-9]


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
        high = round(QFontMetricsF(font).height())  # or the axis' name stands far from its numbers
        axis.setStyle(tickFont=font, autoExpandTextSpace=False, tickTextHeight=high)
        axis.setHeight(None)
