"""Colours and marks of classes in the plane, and noisy samples stamped into an image."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from gui.style.theme import Theme, mixed, rgba

_ORDER = (0, 2, 1, 3)
"""Places of orange, green, pink and red among the theme's colours."""
_SHAPES = (
    ("###", "###", "###"),
    (".#.", "###", ".#."),
    ("#.#", ".#.", "#.#"),
    ("###", "#.#", "###"),
    ("#..", ".#.", "..#"),
)
"""A mark for each class, the cue beside its colour."""

Image = npt.NDArray[np.uint8]


def color_of(index: int, theme: Theme) -> str:
    """The colour that the class is named after."""
    return theme.accent if not index else theme.classes[_ORDER[(index - 1) % len(_ORDER)]]


def cells_image(cells: npt.NDArray[np.int16], theme: Theme, strength: float) -> QImage:
    """f as an image, row 0 of the cells at its foot."""
    count = int(cells.max()) + 1
    table = np.array(
        [rgba(mixed(color_of(i, theme), theme.surface, strength)) for i in range(count)], np.uint8
    )
    return _image(np.ascontiguousarray(table[np.flipud(cells)]), QImage.Format.Format_RGBA8888)


class Stamps:
    """A transparent image into which samples are stamped, a mark for each class.

    Args:
        side: pixels of the image.
        scale: pixels of a dot of a mark.
    """

    def __init__(self, side: int, scale: int) -> None:
        self.side, self._scale = max(1, side), max(1, scale)
        self._pixels: Image = np.zeros((self.side, self.side, 4), np.uint8)

    def clear(self) -> None:
        """Without samples."""
        self._pixels.fill(0)

    def add(
        self, places: npt.NDArray[np.float64], classes: npt.NDArray[np.int16], theme: Theme
    ) -> None:
        """Stamp samples at places (N, 2) in pixels, from the upper left corner."""
        for index in np.unique(classes):
            at = np.rint(places[classes == index]).astype(np.int64)
            color = QColor(color_of(int(index), theme))
            ink = np.array([color.blue(), color.green(), color.red(), 255], np.uint8)
            for across, down in self._offsets(int(index)):
                x, y = at[:, 0] + across, at[:, 1] + down
                seen = (x >= 0) & (y >= 0) & (x < self.side) & (y < self.side)
                self._pixels[y[seen], x[seen]] = ink

    def image(self) -> QImage:
        """What was stamped; valid until the next stamp."""
        return _image(self._pixels, QImage.Format.Format_ARGB32_Premultiplied)

    def _offsets(self, index: int) -> list[tuple[int, int]]:
        shape, scale = _SHAPES[index % len(_SHAPES)], self._scale
        return [
            ((x - 1) * scale + right, (y - 1) * scale + down)
            for y, row in enumerate(shape)
            for x, dot in enumerate(row)
            if dot == "#"
            for right in range(scale)
            for down in range(scale)
        ]


def tag(painter: QPainter, theme: Theme, at: QPointF, text: str, *, role: str) -> None:
    """Words on a ground of their own, their middle at a place."""
    painter.setFont(theme.font(role, bold=role == "title"))
    metrics = painter.fontMetrics()
    box = QRectF(0, 0, metrics.horizontalAdvance(text) + 8, metrics.height() + 2)
    box.moveCenter(at)
    ground = QColor(theme.surface)
    ground.setAlphaF(0.85)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(theme.text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _image(pixels: Image, layout: QImage.Format) -> QImage:
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, 4 * width, layout)
    image.pixels = pixels  # type: ignore[attr-defined]  # keeps the memory alive
    return image
