"""What came of a training so far: the numbers of the epoch at hand, a row per epoch, the card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QTextBrowser, QVBoxLayout, QWidget

from gui.jobs import training_jobs
from gui.jobs.training_jobs import TrainingShown
from gui.style import theme as themes
from gui.widgets.columns import FittedColumns
from gui.widgets.facts import FactsTable, Rows
from gui.widgets.layouts import divided, filled
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say, words
from gui.widgets.text_table_model import RowsModel, plain_table

if TYPE_CHECKING:
    from engine.training.progress import Epoch

WAITING = (
    "A row for each epoch appears here, the newest first: loss, accuracy on noisy samples, and "
    "what validation images are certified for. The card of the finished model stands beside them."
)
_LEAST_CARD = 200
"""Pixels that a card needs beside the epochs and the numbers; before scaling."""
_SLACK = 4
"""Pixels: as wide as its columns to the pixel, a table scrolls."""
KEPT = "In this folder are, of earlier trainings:"


class TrainingResults(QWidget):
    """The numbers at the left, the epochs beside them, and at the right the card of the result.

    Attributes:
        complaint, said: why a training failed, and how it goes.
        epochs: the rows; the newest first.
        card: what was written beside the weights; hidden until it is.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.complaint, self.said = words(role="abstained"), words(role="small")
        for label in (self.complaint, self.said):
            label.give_way()
        self.facts = FactsTable()
        self.model: RowsModel[Epoch] = RowsModel(training_jobs.EPOCHS, training_jobs.epoch_row)
        self.epochs = plain_table(self.model, "Epochs", ())
        self._columns = FittedColumns(self.epochs, margin=3)
        self.card = QTextBrowser()
        self.card.setAccessibleName("Card of the trained model")
        self.card.hide()
        self._numbers = ScrollColumn("How far it is", spacing=8)
        self._numbers.column.addWidget(self.facts)
        self._numbers.column.addStretch(1)
        self._rows = QStackedWidget()
        waiting = words(WAITING, "muted")
        waiting.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._rows.addWidget(waiting)
        self._rows.addWidget(self.epochs)
        parts = (self._numbers, self._rows, self.card)
        self._whole = divided(Qt.Orientation.Horizontal, *parts, sizes=(230, 490, 270))
        filled(QVBoxLayout(self), self.complaint, self.said, (self._whole, 1), spacing=8)
        self._shared: tuple[int, ...] = ()
        self._there = False
        self._say([])
        themes.registry.follow(self._share)

    def show_training(self, shown: TrainingShown) -> None:
        """The numbers as they stand; rows are made anew only where an epoch has ended."""
        self._say(training_jobs.facts(shown))
        history = shown.progress.history if shown.progress is not None else ()
        if len(history) != len(self.model.rows):
            self._list(history)
        if shown.card:
            self.card.setMarkdown(shown.card.partition("\n")[2])  # its title is the files' name
        self.card.setVisible(bool(shown.card))
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another room is shared out anew."""
        super().resizeEvent(event)
        self._share()

    def show_kept(self, rows: list[tuple[str, str]]) -> None:
        """What earlier trainings left in the folder of the form."""
        say(self.said, KEPT if rows else "")
        self._say(rows)

    def clear(self) -> None:
        """Nothing of an earlier training."""
        self._list(())
        self._say([])
        self.card.hide()

    def _say(self, rows: Rows) -> None:
        """The numbers, which take room beside the epochs only where there are some."""
        self.facts.show_rows(rows)
        self._there = bool(rows)
        self._numbers.setVisible(self._there)

    def _share(self) -> None:
        """The epochs are read whole where there is room: the numbers give way to a card.

        Whoever moves a handle afterwards keeps that, until there is another room to share.
        """
        if not self.model.rows:
            self._numbers.setVisible(self._there)
            return
        room = self._whole.width()
        bar = self.epochs.verticalScrollBar().sizeHint().width()
        needed = sum(self._columns.wanted()) + bar + 2 * self.epochs.frameWidth() + _SLACK
        card = 0 if self.card.isHidden() else round(themes.current().px(_LEAST_CARD))
        numbers = self._numbers.minimumSizeHint().width() if self._there else 0
        self._numbers.setVisible(self._there and (not card or needed + card + numbers <= room))
        state = room, needed, card, int(self._numbers.isHidden())
        if state != self._shared:
            self._shared = state
            rest = max(0, room - needed)
            first = 0 if self._numbers.isHidden() else rest // 2 if card else rest
            self._whole.setSizes([first, needed, rest - first])

    def _list(self, history: Sequence[Epoch]) -> None:
        self.model.show_rows(list(history[::-1]))
        self._rows.setCurrentIndex(1 if history else 0)
