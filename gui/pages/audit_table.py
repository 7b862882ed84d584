"""The table of a set: rows with small images, a filter above, and the row that is chosen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.pages.audit_model import ATTACKED, OUTCOMES, AuditModel
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.columns import FittedColumns
from gui.widgets.image import to_image
from gui.widgets.layouts import filled
from gui.widgets.text_table_model import Index, plain_table

if TYPE_CHECKING:
    from engine.inputs.base import Pixels
    from engine.procedures.set_standing import SetRow

Draw = Callable[[Sequence[str], int, Callable[[dict[str, "Pixels | None"]], object]], None]
"""Makes small images of inputs, of a side in pixels, and tells when they are there."""
SIDE, _LINE = 24, 30
"""Pixels of an image's side and of a row's height, before scaling."""
_KEPT, _AT_ONCE, _PAUSE_MS = 800, 48, 40
"""Images that are kept; those asked for together; the pause in which they are gathered."""
_ALL = "every outcome"
_LEAST = (120, 60, 70, 90, 80, 80, 90)


class Thumbnails(QStyledItemDelegate):
    """Draws the first column with a small image; those not seen yet are asked for as they come.

    Args:
        draw: makes them.
    """

    arrived = Signal()

    def __init__(self, draw: Draw, parent: QWidget) -> None:
        super().__init__(parent)
        self._draw = draw
        self._known: OrderedDict[str, QIcon | None] = OrderedDict()
        self._wanted: dict[str, None] = {}
        self._asked: set[str] = set()
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self._ask)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Whoever sees a cell sees its image soon."""
        self._want(_row(index).spec)
        super().paint(painter, option, index)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """The cell, with its image where there is one."""
        super().initStyleOption(option, index)
        # files of one folder begin alike: their ends tell them apart
        option.textElideMode = Qt.TextElideMode.ElideLeft
        icon = self._known.get(_row(index).spec)
        side = round(themes.current().px(SIDE))
        if icon is not None:
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.icon = icon
            option.decorationSize = QSize(side, side)

    def forget(self) -> None:
        """Images of another set."""
        self._known.clear()
        self._wanted.clear()
        self._asked.clear()

    def _want(self, spec: str) -> None:
        if spec in self._known:
            self._known.move_to_end(spec)
        elif spec not in self._asked:
            self._wanted[spec] = None
            if not self._soon.isActive():
                self._soon.start()

    @Slot()
    def _ask(self) -> None:
        """Those that were looked at last: whoever scrolls past wants no other."""
        newest = list(self._wanted)[-_AT_ONCE:]
        self._wanted.clear()
        self._asked.update(newest)
        self._draw(newest, 2 * SIDE, self._take)

    def _take(self, found: dict[str, Pixels | None]) -> None:
        for spec, pixels in found.items():
            self._asked.discard(spec)
            self._known[spec] = _icon(pixels)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        self.arrived.emit()


def _row(index: Index) -> SetRow:
    model = index.model()
    assert isinstance(model, AuditModel)
    return model.row_at(index)


def _icon(pixels: Pixels | None) -> QIcon | None:
    if pixels is None:
        return None
    picture = QPixmap.fromImage(to_image(pixels))
    return QIcon(
        picture.scaled(
            3 * SIDE,
            3 * SIDE,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.FastTransformation
            if picture.width() < SIDE
            else Qt.TransformationMode.SmoothTransformation,
        )
    )


class AuditTable(QWidget):
    """Filter, outcome, count, and the rows.

    Signals:
        chosen: a row that somebody selected; None where none is.
    """

    chosen = Signal(object)

    def __init__(self, draw: Draw, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = AuditModel()
        self.filter = QLineEdit(placeholderText="Filter", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter the inputs")
        self.outcome = QComboBox()
        self.outcome.addItems([_ALL, *OUTCOMES])
        self.outcome.setAccessibleName("Show inputs with")
        self.told = QLabel()
        set_role(self.told, "small")
        self.view = plain_table(self.model, "Inputs of the set", ())
        header = self.view.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.view.setSortingEnabled(True)
        self.thumbnails = Thumbnails(draw, self.view)
        self.view.setItemDelegateForColumn(0, self.thumbnails)
        self.thumbnails.arrived.connect(self._repaint)
        self.columns = FittedColumns(self.view, _LEAST, follows=False)
        self._pictured = False
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.filter.textChanged.connect(self._filter)
        self.outcome.currentIndexChanged.connect(self._filter)
        self.line = QWidget()
        filled(QHBoxLayout(self.line), (self.filter, 2), self.outcome, (self.told, 3), spacing=8)
        filled(QVBoxLayout(self), self.line, (self.view, 1), spacing=6)
        themes.registry.follow(self.retheme)
        self.retheme()

    @property
    def row(self) -> SetRow | None:
        """The selected row."""
        found = self.view.selectionModel().selectedRows()
        return self.model.row_at(found[0]) if found else None

    def show_rows(self, rows: Sequence[SetRow], count: int) -> None:
        """Show rows, or more of the same; widths are found anew each time they have doubled."""
        first, before = self.model.rowCount() == 0, self.model.total
        if rows is not self.model.rows:
            self.thumbnails.forget()
            self._pictured = False
        bar = self.view.verticalScrollBar()
        at_end = not first and bar.maximum() > 0 and bar.value() == bar.maximum()
        self.model.show_rows(rows, count)
        news = self.view.isColumnHidden(ATTACKED) == self.model.attacked
        self.view.setColumnHidden(ATTACKED, not self.model.attacked)
        doubled = self.model.total.bit_length() > before.bit_length()
        if (first and count) or news or doubled:
            self.columns.fit()
        if at_end and self.row is None:
            self.view.scrollToBottom()
        self._tell()

    @Slot()
    def retheme(self) -> None:
        """Rows as high as their images; on a stage nobody filters."""
        theme = themes.current()
        self.line.setVisible(not theme.on_stage)
        line = round(theme.px(_LINE))
        self.view.verticalHeader().setDefaultSectionSize(line)
        self.columns.fit()

    @Slot()
    def _repaint(self) -> None:
        """Images arrived, of which the first ones need room."""
        if not self._pictured:
            self._pictured = True
            self.columns.fit()
        self.view.viewport().update()

    @Slot()
    def _filter(self) -> None:
        outcome = self.outcome.currentText()
        self.model.filter(self.filter.text(), "" if outcome == _ALL else outcome)
        self._tell()

    def _tell(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        rows = f"{total:,} input{'s' * (total != 1)}"
        self.told.setText(rows if shown == total else f"{shown:,} of {rows}")

    @Slot(QItemSelection, QItemSelection)
    def _choose(self, chosen: QItemSelection, before: QItemSelection) -> None:
        self.chosen.emit(self.row)
