"""Examples of table rows: a column for each example, a line for each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from engine.core.text import visible
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.elided import broken
from gui.widgets.text_table_model import plain
from gui.widgets.tips import set_tip

if TYPE_CHECKING:
    from engine.figures.examples import Example
    from engine.figures.media import CellsMedium

FRAMED = Qt.ItemDataRole.UserRole
"""Role of the theme's token for the frame of a replaced field; None for no frame."""
NAME, ROW, CHANGED, FIRST_NOISY = range(4)
_NARROWEST, _LINE = 44, 21
"""Pixels of a column, and of a line, before scaling."""
_LONGEST_ANSWERS = (100, 70, 48)
"""Pixels of an answer above a column, before scaling: less where no sample has room beside."""
_MOST_LINES = 4
"""Of an answer, where the rows leave room above them."""


class Frames(QStyledItemDelegate):
    """Cells as ever, and a frame around the text of a replaced field."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The cell, then its frame."""
        super().paint(painter, option, index)
        token = index.data(FRAMED)
        if token is None:
            return
        theme = themes.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(getattr(theme, token)), theme.px(1.2)))
        wide = option.fontMetrics.horizontalAdvance(str(index.data())) + 2 * theme.px(4)
        room = QRectF(option.rect).adjusted(1, 3, -1, -3)
        room.setWidth(min(room.width(), wide))
        painter.drawRoundedRect(room, 3, 3)
        painter.restore()


class ExampleTable(QTableWidget):
    """The row, the row after a change of a certified size, and noisy samples as far as they fit.

    A number that moved has an arrow, a field that was replaced a frame, both in colour.

    Attributes:
        changed: the change in sight; None for none.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changed: Example | None = None
        self._heads: dict[int, tuple[str, Example]] = {}
        plain(self, "The row and its noisy samples")
        self.setItemDelegate(Frames(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        set_role(self, "plain")
        self.horizontalHeader().setMinimumSectionSize(_NARROWEST)
        align = Qt.AlignmentFlag
        self.horizontalHeader().setDefaultAlignment(align.AlignLeft | align.AlignTop)

    def show_examples(self, original: Example, samples: tuple[Example, ...]) -> None:
        """Show the row and its noisy samples."""
        names = [cell.column for cell in cast("CellsMedium", original.media[0]).cells]
        self.clear()
        self._heads.clear()
        self.setRowCount(len(names))
        self.setColumnCount(FIRST_NOISY + len(samples))
        self._head(NAME, "", "")
        for line, name in enumerate(names):
            self._put(line, NAME, name, ink="muted", tip=name)
        self._show(ROW, "row", original, "accent")
        for place, sample in enumerate(samples, start=FIRST_NOISY):
            self._show(place, "noisy", sample, "accent")
        self.setFont(themes.current().font("small"))
        self.verticalHeader().setDefaultSectionSize(round(themes.current().px(_LINE)))

    def show_changed(self, example: Example | None) -> None:
        """Show the changed row, or none."""
        self.changed = example
        if example is not None:
            self._show(CHANGED, "changed", example, "runner_up")
        self.setColumnHidden(CHANGED, example is None)
        self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width leaves other room."""
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Every example as wide as its words, and what room is left shared out among them."""
        noisy = range(FIRST_NOISY, self.columnCount())
        shown = [ROW] if self.isColumnHidden(CHANGED) else [ROW, CHANGED]
        for place in noisy:
            self.setColumnHidden(place, False)
        for longest in _LONGEST_ANSWERS:
            self._head_all(themes.current().px(longest))
            self.resizeColumnsToContents()
            first = [*shown, *noisy[:1]]
            if sum(map(self.columnWidth, (NAME, *first))) <= self.viewport().width():
                break
        self._narrow_names(shown)
        left = self.viewport().width() - sum(map(self.columnWidth, (NAME, *shown)))
        fitting = left // max(1, *(self.columnWidth(place) for place in noisy)) if noisy else 0
        for place in noisy[fitting:]:
            self.setColumnHidden(place, True)
        self._say_hidden(len(noisy[fitting:]))
        shown += noisy[:fitting]
        left = self.viewport().width() - sum(map(self.columnWidth, (NAME, *shown)))
        more = max(0, left) // len(shown)
        lines = self._answer_lines()
        for place in (one for one in shown if one in self._heads):  # none before there is a row
            wide, beside = self.columnWidth(place), self._beside_head(place)
            answer = self._heads[place][1].answer
            lacking = _wide(answer, self.horizontalHeader().fontMetrics()) + beside - wide
            self.setColumnWidth(place, wide + min(more, max(wide // 2, lacking)))
            self._head_one(place, self.columnWidth(place) - beside, lines)

    def _answer_lines(self) -> int:
        """How many an answer may take above its column: those that the rows leave free."""
        rows = self.rowCount() * self.verticalHeader().defaultSectionSize()
        each = self.horizontalHeader().fontMetrics().lineSpacing()
        return max(1, min(_MOST_LINES, (self.height() - rows) // each - 2))  # its name, and a gap

    def _beside_head(self, place: int) -> int:
        """Pixels that a column needs beside the letters of its heading; Qt counts these as bold."""
        head, bold = self.horizontalHeaderItem(place), QFont(self.horizontalHeader().font())
        bold.setBold(True)
        letters = _wide(head.text(), QFontMetrics(bold)) if head is not None else 0
        return self.horizontalHeader().sectionSizeHint(place) - letters

    def _narrow_names(self, shown: list[int]) -> None:
        """Rather shorten names of columns than scroll to the values beside them."""
        left = self.viewport().width() - sum(map(self.columnWidth, shown))
        least = round(themes.current().px(_NARROWEST))
        self.setColumnWidth(NAME, min(self.columnWidth(NAME), max(least, left)))

    def _say_hidden(self, count: int) -> None:
        """Above the names stands how many samples have no room here."""
        samples = "a noisy sample" if count == 1 else f"{count} noisy samples"
        tip = f"{samples} more where there is room, as after a double click" if count else ""
        self._head(NAME, f"{count} noisy\nnot shown" if count else "", tip)

    def _show(self, place: int, name: str, example: Example, ink: str) -> None:
        self._heads[place] = name, example
        for line, cell in enumerate(cast("CellsMedium", example.media[0]).cells):
            tip = f"{cell.column}: {cell.told()}" + (f", {cell.mark}" if cell.mark else "")
            ink_of = ink if cell.mark else "text"
            item = self._put(line, place, cell.shown(), ink=ink_of, tip=tip)
            item.setData(FRAMED, ink if cell.mark == "replaced" else None)

    def _head_all(self, most: float) -> None:
        """Name the columns, their answers no wider than so many pixels."""
        for place in self._heads:
            self._head_one(place, most)

    def _head_one(self, place: int, most: float, lines: int = 1) -> None:
        name, example = self._heads[place]
        answer = broken(example.answer, self.horizontalHeader().fontMetrics(), round(most), lines)
        detail = f"{example.caption}\n{example.note}" if example.note else example.caption
        self._head(place, f"{name}\n{answer}", detail)

    def _put(self, line: int, place: int, text: str, *, ink: str, tip: str) -> QTableWidgetItem:
        item = QTableWidgetItem(visible(text, lines=True))
        item.setForeground(QColor(getattr(themes.current(), ink)))
        set_tip(item, tip)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, tip)
        self.setItem(line, place, item)
        return item

    def _head(self, place: int, text: str, tip: str) -> None:
        item = QTableWidgetItem(visible(text, lines=True))
        set_tip(item, tip)
        self.setHorizontalHeaderItem(place, item)


def _wide(text: str, metrics: QFontMetrics) -> int:
    return max(map(metrics.horizontalAdvance, text.split("\n")))
