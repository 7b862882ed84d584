"""How a model that writes is asked, and what turns its answers into classes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QToolButton, QWidget

from engine.models.request import ModelRequest
from gui.files import FileAsker
from gui.theme import set_role

ORACLE_FILTER = "Oracles (*.txt *.json);;All files (*)"


class WritingFields(QWidget):
    """A line for the oracle's file and one for the prompt.

    Signals:
        changed: one of them was given.
    """

    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = FileAsker(self)
        self.oracle, self.prompt = QLineEdit(), QLineEdit()
        self.find = QToolButton(text="…")
        set_role(self.find, "quiet")
        self.find.setAccessibleName("Choose an oracle")
        self.find.setToolTip("Choose the file that turns answers into classes")
        self.find.clicked.connect(self.choose)
        self.oracle.setAccessibleName("Oracle")
        self.oracle.setPlaceholderText("the one beside the model")
        self.oracle.setToolTip("Turns answers into classes: lines such as 'turn left: left, go'")
        self.prompt.setAccessibleName("Prompt")
        self.prompt.setPlaceholderText("none")
        self.prompt.setToolTip("What the model is asked about every noisy copy")
        line = QHBoxLayout()
        line.addWidget(self.oracle, 1)
        line.addWidget(self.find)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow("Oracle", line)
        form.addRow("Prompt", self.prompt)
        for editor in (self.oracle, self.prompt):
            editor.returnPressed.connect(self.changed)

    def show_request(self, request: ModelRequest) -> None:
        """Show how a model was asked for."""
        self.oracle.setText(str(request.oracle or ""))
        self.prompt.setText(request.prompt)

    def given(self) -> tuple[Path | None, str]:
        """The oracle's file, if any, and the prompt."""
        oracle = self.oracle.text().strip()
        return Path(oracle) if oracle else None, self.prompt.text().strip()

    @Slot()
    def choose(self) -> None:
        """Ask for the oracle's file."""
        self._asker.open_file("Choose oracle", ORACLE_FILTER, self.take)

    def take(self, path: Path) -> None:
        """An oracle was chosen."""
        self.oracle.setText(str(path))
        self.changed.emit()
