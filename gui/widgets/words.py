"""Words as chips: replaced ones framed, masked ones a bar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.core.text import visible
from gui.style import theme as themes
from gui.widgets.tips import set_tip

if TYPE_CHECKING:
    from engine.figures.media import WordsMedium

_GAP, _PAD, _BAR = 5.0, 3.0, 20.0
"""Pixels between words, within a frame, and of a bar; before scaling."""
_LEAD = 1.35
"""Distance of lines in heights of the type."""
_MORE = "..."
Placed = tuple[int, QRectF]


class WordsView(QWidget):
    """A caption and below it the words of a text, in as many lines as there is room for.

    Attributes:
        wording: what is shown; None while there is nothing.
        caption: above the words.
        ink: the theme's token for replaced words.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wording: WordsMedium | None = None
        self.caption = ""
        self.ink = "accent"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        themes.registry.follow(self.retheme)

    def show_words(
        self, wording: WordsMedium, caption: str, detail: str = "", ink: str = "accent"
    ) -> None:
        """Show a text; the tooltip has all of it, and ``detail``."""
        wording = wording.model_copy(update={"words": tuple(map(visible, wording.words))})
        caption, detail = visible(caption), visible(detail, lines=True)
        self.wording, self.caption, self.ink = wording, caption, ink
        whole = "\n".join(filter(None, (caption, detail, wording.text())))
        set_tip(self, whole)
        self.setAccessibleName(caption)
        marked = [w for w, mark in zip(wording.words, wording.marks, strict=True) if mark]
        touched = f"{wording.told()}: {' '.join(marked)}" if marked else ""
        self.setAccessibleDescription(". ".join(filter(None, (wording.text(), touched, detail))))
        self.update()

    def retheme(self) -> None:
        """Take up the theme in force."""
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a caption and two lines."""
        return QSize(160, round(3 * self._line()))

    def minimumSizeHint(self) -> QSize:
        """A caption and a line."""
        return QSize(90, round(2 * self._line()) + 2)

    def placed(self) -> list[Placed]:
        """The words that there is room for, each with its place; long texts begin at a mark."""
        if self.wording is None:
            return []
        first = next((i for i, mark in enumerate(self.wording.marks) if mark), 0)
        best = list(self._flow(0))
        if best and first <= best[-1][0]:
            return best
        best = list(self._flow(first))
        for start in range(first - 1, 0, -1):  # as much before the mark as leaves it in sight
            shown = list(self._flow(start))
            if not shown or shown[-1][0] < first:
                break
            best = shown
        return best

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint caption and words."""
        if self.wording is None:
            return
        theme, painter = themes.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(theme.muted))
        caption = metrics.elidedText(self.caption, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QPointF(0, metrics.ascent()), caption)
        placed = self.placed()
        for index, room in placed:
            self._paint_word(painter, index, room)
        painter.setPen(QColor(theme.muted))
        if placed and placed[0][0]:
            painter.drawText(QPointF(0, placed[0][1].top() + metrics.ascent()), _MORE)
        if placed and placed[-1][0] < len(self.wording.words) - 1:
            last = placed[-1][1]
            painter.drawText(QPointF(last.right() + 2, last.top() + metrics.ascent()), _MORE)

    def _paint_word(self, painter: QPainter, index: int, room: QRectF) -> None:
        assert self.wording is not None
        theme, mark = themes.current(), self.wording.marks[index]
        if mark == "masked":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.muted))
            painter.drawRoundedRect(room.adjusted(0, 2, 0, -2), 2, 2)
            return
        ink = QColor(getattr(theme, self.ink) if mark else theme.text)
        painter.setPen(QPen(ink, theme.px(1.2)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if mark:
            painter.drawRoundedRect(room, 3, 3)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.wording.words[index])

    def _flow(self, first: int) -> Iterator[Placed]:
        """Words from ``first`` on, line by line, as long as there is room."""
        assert self.wording is not None
        theme = themes.current()
        metrics = QFontMetricsF(theme.font("small"))
        gap, line = theme.px(_GAP), self._line()
        left, top = (metrics.horizontalAdvance(_MORE) + gap if first else 1.0), line
        for index in range(first, len(self.wording.words)):
            wide = min(self._wide(index, metrics), self.width() - 2)
            if left > 1.0 and left + wide > self.width() - 1:
                left, top = 1.0, top + line
            last_line = top + 2 * line > self.height()
            room = self.width() - 1 - (metrics.horizontalAdvance(_MORE) + 4 if last_line else 0)
            more = index < len(self.wording.words) - 1
            if top + line > self.height() + 2 or (last_line and more and left + wide > room):
                return
            yield index, QRectF(left, top, wide, metrics.height())
            left += wide + gap

    def _wide(self, index: int, metrics: QFontMetricsF) -> float:
        assert self.wording is not None
        theme, mark = themes.current(), self.wording.marks[index]
        if mark == "masked":
            return theme.px(_BAR)
        pad = 2 * theme.px(_PAD) if mark else 0.0
        return metrics.horizontalAdvance(self.wording.words[index]) + pad

    def _line(self) -> float:
        return QFontMetricsF(themes.current().font("small")).height() * _LEAD
