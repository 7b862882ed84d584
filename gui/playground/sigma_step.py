"""Step 3: the lecture's table of certified accuracy, made live for the playground's test points."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.core.rounding import exact, percent_down, round_down
from engine.playground.scenes import SCENES
from engine.playground.sigma_table import RADII, SIGMAS, SigmaRow, sigma_rows, table_in_words
from gui.widgets.layouts import filled
from gui.widgets.section import words

_PAUSE_MS = 150


class SigmaStep(QWidget):
    """A row for each sigma, as it is worked out; the best of a column is bold."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = QComboBox()
        self.scene.addItems(list(SCENES))
        self.scene.setAccessibleName("Points")
        heads = ["sigma", "ACR", *(f"r = {radius:g}" for radius in RADII), "abstains"]
        self.table = QTableWidget(len(SIGMAS), len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setAccessibleName("Certified accuracy by sigma and radius")
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        stretch = QHeaderView.ResizeMode.Stretch
        self.table.horizontalHeader().setSectionResizeMode(stretch)
        self.table.verticalHeader().setSectionResizeMode(stretch)
        self.said = words(role="muted", name="What the table says")
        filled(QVBoxLayout(self), self.scene, (self.table, 1), self.said, spacing=8)
        self.rows: list[SigmaRow] = []
        self._coming: Iterator[SigmaRow] = iter(())
        self._timer = QTimer(self, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._one_row)
        self.scene.currentTextChanged.connect(self._begin)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin when it is first seen."""
        super().showEvent(event)
        if self.rows:
            self._timer.start()
        else:
            self._begin()

    def hideEvent(self, event: QHideEvent) -> None:
        """Wait."""
        super().hideEvent(event)
        self._timer.stop()

    @Slot()
    def _begin(self) -> None:
        self.rows = []
        self.table.clearContents()
        name = self.scene.currentText()
        self._coming = sigma_rows(name)
        self.said.setText(f"Percent of the test points of '{name}', rounded down")
        self._timer.start()

    @Slot()
    def _one_row(self) -> None:
        row = next(self._coming, None)
        if row is None:
            self._timer.stop()
            return
        self.rows.append(row)
        cells = [exact(row.sigma), round_down(row.acr, 3)]
        cells += [percent_down(share, 1).removesuffix(" %") for share in row.shares]
        cells.append(percent_down(row.abstained, 1).removesuffix(" %"))
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            self.table.setItem(len(self.rows) - 1, column, item)
        self._mark_best()
        name = self.scene.currentText()
        self.said.setText(
            f"Percent of {row.points} fresh test points of '{name}', rounded down, that are right "
            f"with a radius of at least r (r = 0: with any). f is trained under each sigma; "
            f"{table_in_words()}. ACR: radii of right points over all points."
        )

    def _mark_best(self) -> None:
        """The best of each column, which is bold; none where all are 0."""
        columns = [[row.acr for row in self.rows]]
        columns += [[row.shares[place] for row in self.rows] for place in range(len(RADII))]
        for place, values in enumerate(columns, 1):
            for row, value in enumerate(values):
                if (item := self.table.item(row, place)) is not None:
                    font = item.font()
                    font.setBold(value == max(values) > 0)
                    item.setFont(font)
