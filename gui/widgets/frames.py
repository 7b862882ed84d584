"""Keypoints and boxes over an image, each in the frame of what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from gui.style import theme as themes

if TYPE_CHECKING:
    from engine.figures.places import Edges, Place

_INKS = ("accent", "runner_up", "certified", "danger", "text")
"""Tokens of the theme, one place after the other."""
_LINE, _DOT, _HALO = 1.6, 2.6, 3.6
_CLEAR = 110
"""Of 255: the light around a line, which is read on dark images too."""


def ink_of(number: int) -> str:
    """The colour of a place by its number: they begin anew where there are more."""
    color: str = getattr(themes.current(), _INKS[number % len(_INKS)])
    return color


def paint_frames(painter: QPainter, target: QRect, size: QSize, places: Sequence[Place]) -> None:
    """Paint places over an image.

    Args:
        painter: of the widget.
        target: where the image is painted.
        size: of the image in its own pixels, which places are given in.
        places: with frames and answers; a place without an answer has a frame alone.
    """
    theme, halo = themes.current(), QColor(255, 255, 255, _CLEAR)
    for number, place in enumerate(places):
        ink = QColor(ink_of(number))
        painter.setBrush(QBrush())
        for edges in (place.outer, place.at):
            if edges is not None and edges[:2] != edges[2:]:
                for colour, width in ((halo, _HALO), (ink, _LINE)):
                    painter.setPen(QPen(colour, theme.px(width)))
                    painter.drawRect(_in(target, size, edges))
        if place.at is not None and place.at[:2] == place.at[2:]:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            middle, reach = _in(target, size, place.at).center(), theme.px(_DOT)
            painter.drawEllipse(QPointF(middle), reach, reach)
    painter.setBrush(QBrush())


def _in(target: QRect, size: QSize, edges: Edges) -> QRectF:
    """Edges in pixels of the image as a part of the target."""
    wide, high = target.width() / size.width(), target.height() / size.height()
    left, top, right, bottom = edges
    whole = QRectF(0, 0, size.width(), size.height())
    kept = QRectF(left, top, right - left, bottom - top)
    kept = kept.intersected(whole) if kept.isValid() else kept
    return QRectF(
        target.left() + kept.left() * wide,
        target.top() + kept.top() * high,
        kept.width() * wide,
        kept.height() * high,
    )
