"""A small image with a caption: crisp pixels, right aspect, right on high-resolution screens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.core.late import np
from gui.style import theme as themes
from gui.widgets.elided import broken
from gui.widgets.frames import paint_frames
from gui.widgets.mask import Mark, paint_mark

if TYPE_CHECKING:
    import numpy.typing as npt

    from engine.figures.places import Place

_GAP = 4
_UNEVEN_SHOWS = 6
_LINES, _HIGH = 2, 9
"""Lines that a caption may take; one more in a view that is so many lines high."""


class ImageView(QWidget):
    """Shows a (C, H, W) float array in [0, 1]; values outside are clipped for display only.

    Attributes:
        image: what is shown, at the array's own size; None when empty.
        caption: the whole caption; painted shortened where it does not fit.
        mark: pixels that are pointed out; None for none.
        frames: keypoints and boxes that are drawn, each in its frame.
    """

    def __init__(self, caption: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image: QImage | None = None
        self.caption = caption
        self.mark: Mark | None = None
        self.frames: Sequence[Place] = ()
        self._detail = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(48, 56)
        self.setAccessibleName(caption)
        themes.registry.follow(self.retheme)

    def show_pixels(
        self,
        pixels: npt.NDArray[np.float32] | None,
        caption: str,
        *,
        detail: str = "",
        mark: Mark | None = None,
        frames: Sequence[Place] = (),
    ) -> None:
        """Show an array and its caption; ``detail`` is added to the tooltip."""
        self.mark, self.frames = mark, frames
        self.image = None if pixels is None else to_image(pixels)
        self.caption = caption
        self.setAccessibleName(caption)
        self.setAccessibleDescription(detail)
        self._detail = detail
        self._update_tooltip()
        self.update()

    def retheme(self) -> None:
        """Take up the theme in force."""
        self.update()

    def target(self) -> QRect:
        """Where the image is painted, in logical pixels."""
        room = self.rect().adjusted(1, 1, -1, -1 - self._caption_height())
        if self.image is None or room.width() < 1 or room.height() < 1:
            return QRect()
        size = _fitted(self.image.size(), room.size(), self.devicePixelRatioF())
        left = room.left() + (room.width() - size.width()) // 2
        top = room.top() + (room.height() - size.height()) // 2
        return QRect(left, top, size.width(), size.height())

    def shown_caption(self) -> str:
        """The caption as painted, in several lines where one has no room for it."""
        metrics = QFontMetrics(themes.current().font("small"))
        most = _LINES if self.height() < _HIGH * metrics.height() else _LINES + 1
        return broken(self.caption, metrics, self.width(), most)

    def drawn(self) -> QRect:
        """Where image and caption are."""
        return self.target().adjusted(0, 0, 0, self._caption_height() + 1)

    def sizeHint(self) -> QSize:
        """A thumbnail."""
        return QSize(96, 96 + self._caption_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A new width may need, or no longer need, the caption in the tooltip."""
        super().resizeEvent(event)
        self._update_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint image, frame and caption."""
        theme, target = themes.current(), self.target()
        painter = QPainter(self)
        if self.image is not None and not target.isEmpty():
            painter.drawImage(target, self._scaled(target))
            if self.mark is not None:
                paint_mark(painter, target, self.mark, width=theme.px(1.6))
            paint_frames(painter, target, self.image.size(), self.frames)
            painter.setPen(QPen(QColor(theme.border), theme.border_width))
            painter.drawRect(target.adjusted(-1, -1, 0, 0))
        painter.setPen(QColor(theme.muted))
        painter.setFont(theme.font("small"))
        below = self.height() - self._caption_height() if target.isEmpty() else target.bottom()
        strip = QRect(0, below + _GAP, self.width(), self._caption_height())
        painter.drawText(strip, Qt.AlignmentFlag.AlignHCenter, self.shown_caption())

    def _scaled(self, target: QRect) -> QImage:
        ratio = self.devicePixelRatioF()
        wide, high = round(target.width() * ratio), round(target.height() * ratio)
        assert self.image is not None
        shrinks = wide < self.image.width()
        mode = Qt.TransformationMode.SmoothTransformation
        crisp = Qt.TransformationMode.FastTransformation
        aspect = Qt.AspectRatioMode.IgnoreAspectRatio
        return self.image.scaled(wide, high, aspect, mode if shrinks else crisp)

    def _caption_height(self) -> int:
        if not self.caption:
            return 0
        lines = 1 + self.shown_caption().count("\n")
        return lines * QFontMetrics(themes.current().font("small")).height() + _GAP

    def _update_tooltip(self) -> None:
        told = self.shown_caption().replace("\n", " ") != self.caption or self._detail
        self.setToolTip("\n".join(filter(None, (self.caption, self._detail))) if told else "")


def to_image(pixels: npt.NDArray[np.float32]) -> QImage:
    """An image of a (C, H, W) array: 3 channels as RGB, any other number as their grey mean."""
    levels = np.clip(np.nan_to_num(pixels), 0.0, 1.0)
    if levels.shape[0] != 3:
        levels = np.repeat(levels.mean(axis=0, keepdims=True), 3, axis=0)
    data = np.ascontiguousarray(np.rint(levels * 255).astype(np.uint8).transpose(1, 2, 0))
    height, width, _ = data.shape
    return QImage(data.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _fitted(image: QSize, room: QSize, ratio: float) -> QSize:
    """The largest size in ``room``; whole device pixels per pixel where uneven ones would show."""
    scale = min(room.width() / image.width(), room.height() / image.height())
    device = scale * ratio
    if 1 <= device < _UNEVEN_SHOWS:
        scale = int(device) / ratio
    return QSize(max(1, int(image.width() * scale)), max(1, int(image.height() * scale)))


def thumbnail(pixels: npt.NDArray[np.float32], side: int) -> QPixmap:
    """An image in a square of ``side`` pixels; small ones keep their hard pixel edges."""
    image = to_image(pixels)
    small = max(image.width(), image.height()) < side
    mode = (
        Qt.TransformationMode.FastTransformation
        if small
        else Qt.TransformationMode.SmoothTransformation
    )
    return QPixmap.fromImage(image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, mode))
