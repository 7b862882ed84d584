"""How a generative model is asked, how long it may write, and what makes classes of that."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from engine.models.request import MOST_TOKENS, USUAL_TOKENS, ModelRequest
from gui.widgets.buttons import quiet_button
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.layouts import filled

ORACLE_FILTER = "Oracles (*.txt *.json);;All files (*)"


class Writing(NamedTuple):
    """The oracle's file, if any, the prompt, and the longest answer in tokens, 0 for the usual."""

    oracle: Path | None = None
    prompt: str = ""
    max_new_tokens: int = 0


class Longest(QSpinBox):
    """The longest answer in tokens; the wheel scrolls the form it stands in."""

    def __init__(self) -> None:
        super().__init__(minimum=0, maximum=MOST_TOKENS)
        self.setSpecialValueText(f"{USUAL_TOKENS} tokens, the usual")
        self.setSuffix(" tokens")
        self.setAccessibleName("Longest answer")
        self.setToolTip(
            f"Tokens after which an answer is cut, 1 to {MOST_TOKENS:,}; 0 is {USUAL_TOKENS}. "
            "Return reads the model again"
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the form."""
        event.ignore()


class WritingFields(QWidget):
    """A line for the oracle's file, one for the prompt, and the longest answer in tokens.

    Signals:
        changed: one of them was given.
    """

    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = FileAsker(self)
        self.oracle, self.prompt = QLineEdit(), QLineEdit()
        tip = "Choose the file that turns answers into classes"
        self.browse = quiet_button("…", "Choose an oracle", tip)
        self.browse.clicked.connect(self.choose)
        self.oracle.setAccessibleName("Oracle")
        self.oracle.setPlaceholderText("the one beside the model")
        self.oracle.setToolTip("Turns answers into classes: lines such as 'turn left: left, go'")
        self.prompt.setAccessibleName("Prompt")
        self.prompt.setPlaceholderText("none")
        self.prompt.setToolTip("What the model is asked about every noisy sample")
        self.longest = Longest()
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow("Oracle", filled(QHBoxLayout(), (self.oracle, 1), self.browse))
        form.addRow("Prompt", self.prompt)
        form.addRow("Longest answer", self.longest)
        for editor in (self.oracle, self.prompt, self.longest.lineEdit()):
            editor.returnPressed.connect(self.changed)

    def show_request(self, request: ModelRequest) -> None:
        """Show how a model was asked for."""
        self.oracle.setText(str(request.oracle or ""))
        self.prompt.setText(request.prompt)
        self.longest.setValue(request.max_new_tokens)

    def given(self) -> Writing:
        """What stands in the fields."""
        oracle = self.oracle.text().strip()
        return Writing(
            Path(oracle) if oracle else None, self.prompt.text().strip(), self.longest.value()
        )

    @Slot()
    def choose(self) -> None:
        """Ask for the oracle's file."""
        self._asker.open_file("Choose oracle", ORACLE_FILTER, self.take)

    def take(self, path: Path) -> None:
        """An oracle was chosen."""
        self.oracle.setText(str(path))
        self.changed.emit()
