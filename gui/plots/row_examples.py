"""What does it mean, for rows of tables: cells that noise and an attack touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.plots.perturbation_slider import ChangingPlot, change_caption
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.elided import ElidedLabel

if TYPE_CHECKING:
    from engine.figures import RowCell, RowsFigure, RowValues
    from engine.regions import Perturbation

_FRAMED = Qt.ItemDataRole.UserRole
"""Role of the theme's token for the frame of a replaced field; None for no frame."""
_NAME, _ROW, _CHANGED, _FIRST_NOISY = range(4)
_NARROWEST = 44
_LINE = 21
"""Pixels of a column, and of a line, before scaling."""


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
        token = index.data(_FRAMED)
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


class RowsPlot(ChangingPlot["RowsFigure"]):
    """A small table: the row, the row after a change of a certified size, and noisy samples.

    A number that moved has an arrow, a field that was replaced a frame, both in colour.

    Attributes:
        table: a line for each column of the row.
        caption: the size of the change that is shown.
    """

    stem: ClassVar[str] = "row"

    def make_body(self) -> QWidget:
        """The table, and what the change in it is."""
        body = super().make_body()
        self.table, self.caption = _table(), ElidedLabel()
        set_role(self.caption, "small")
        column = QVBoxLayout(self.images)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.table, 1)
        column.addWidget(self.caption)
        return body

    def draw(self, figure: RowsFigure) -> None:
        """All copies, cell by cell."""
        self.table.clear()
        self.table.setRowCount(len(figure.columns))
        self.table.setColumnCount(_FIRST_NOISY + len(figure.samples))
        self._head(_NAME, "")
        for line, column in enumerate(figure.columns):
            self._put(line, _NAME, column.name, ink="muted", tip=column.name)
        self._show_copy(_ROW, "row", figure.original, "accent")
        for place, sample in enumerate(figure.samples, start=_FIRST_NOISY):
            told = figure.told(sample) or "nothing changed"
            self._show_copy(place, "noisy", sample, "accent", detail=f"One noisy sample: {told}")
        self.caption.hide()
        self.table.setColumnHidden(_CHANGED, True)
        self.offer_changes()
        self._fit()
        self.tell_noise(figure.noise_in_words)

    def summary(self) -> str:
        """The answers, and what was done to each copy."""
        figure = self.figure
        if figure is None:
            return ""
        copies = "; ".join(
            f"{sample.answer} ({figure.told(sample) or 'nothing changed'})"
            for sample in figure.samples
        )
        words = f"The row, which the base model calls {figure.original.answer}, and noisy samples: "
        changed = "" if self.caption.isHidden() else f"; {self.caption.text()}"
        return f"{words}{copies}{changed}."

    def show_change(self, change: Perturbation) -> None:
        """Show an attack of this size, certified or not."""
        figure = self.figure
        changed = figure.changed(change) if figure is not None else None
        if figure is None or figure.attack is None or changed is None:
            return
        self.slider.follow(change)
        said = change_caption(figure.region, change, changed.answer)
        detail = f"{said}\n{figure.told(changed)}; {figure.attack.how}"
        self._show_copy(_CHANGED, "changed", changed, "runner_up", detail=detail)
        self.table.setColumnHidden(_CHANGED, False)
        self._spread()
        self.caption.setText(said)
        self.caption.setToolTip(detail)
        self.caption.show()

    def _show_copy(
        self, place: int, name: str, row: RowValues, ink: str, *, detail: str = ""
    ) -> None:
        figure = self.figure
        assert figure is not None
        self._head(place, f"{name}\n{row.answer}", tip=detail or f"Without noise: {row.answer}")
        for line, (column, cell) in enumerate(zip(figure.columns, figure.cells(row), strict=True)):
            tip = f"{column.name}: {cell.told()}" + (f", {cell.mark}" if cell.mark else "")
            self._put(line, place, cell.shown(), ink=_ink(cell, ink), tip=tip)
            framed = ink if cell.mark == "replaced" else None
            self.table.item(line, place).setData(_FRAMED, framed)

    def _put(self, line: int, place: int, text: str, *, ink: str, tip: str) -> None:
        item = QTableWidgetItem(text)
        item.setForeground(QColor(getattr(themes.current(), ink)))
        item.setToolTip(tip)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, tip)
        self.table.setItem(line, place, item)

    def _head(self, place: int, text: str, *, tip: str = "") -> None:
        item = QTableWidgetItem(text)
        item.setToolTip(tip)
        self.table.setHorizontalHeaderItem(place, item)

    def _fit(self) -> None:
        """Columns as wide as their words, lines as high as the type."""
        self.table.setFont(themes.current().font("small"))
        self.table.verticalHeader().setDefaultSectionSize(round(themes.current().px(_LINE)))
        self._spread()

    def _spread(self) -> None:
        """Every copy as wide as its words, and what room is left shared out among them."""
        self.table.resizeColumnsToContents()
        copies = range(_ROW, self.table.columnCount())
        shown = [place for place in copies if not self.table.isColumnHidden(place)]
        used = sum(self.table.columnWidth(place) for place in (_NAME, *shown))
        more = max(0, self.table.viewport().width() - used) // max(1, len(shown))
        for place in shown:
            wide = self.table.columnWidth(place)
            self.table.setColumnWidth(place, wide + min(more, wide // 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width leaves other room."""
        super().resizeEvent(event)
        if self.figure is not None:
            self._spread()


def _ink(cell: RowCell, ink: str) -> str:
    return ink if cell.mark else "text"


def _table() -> QTableWidget:
    table = QTableWidget()
    table.setAccessibleName("The row and its copies")
    table.setItemDelegate(Frames(table))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setFrameShape(QFrame.Shape.NoFrame)
    set_role(table, "plain")
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.horizontalHeader().setMinimumSectionSize(_NARROWEST)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    return table
