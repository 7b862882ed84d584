"""What is pruned, by which scores, how far, and with how many maps."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.core.errors import UserError
from engine.core.fields import checked, field_specs
from engine.pruning.records import METHODS, RECONSTRUCTED, TITLES, PruningSettings
from gui.jobs.pruning_jobs import PruneWish
from gui.setup.fields import Field
from gui.widgets.layouts import alignment_of, filled
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import Section, say, words

WIDTH = 300
_SHIPPED = "demo:aircraft"


class PruningSetup(QWidget):
    """A column of three parts.

    Signals:
        ask_model, ask_folder: a file or a folder is wanted.
        changed: another table is described.
    """

    ask_model = Signal()
    ask_folder = Signal()
    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.origin = QComboBox()
        self.origin.addItems(["A detector", "One trained anew for every seed"])
        self.origin.setAccessibleName("Prune")
        self.model = QLineEdit(_SHIPPED)
        self.model.setAccessibleName("The detector: demo:aircraft, or a file")
        self.browse = QPushButton("&File…")
        self.browse.setAccessibleName("Choose the file of a detector")
        self.boxes = {method: QCheckBox(TITLES[method]) for method in METHODS}
        self.fields = [Field(spec, of_a_run=False) for spec in field_specs(PruningSettings)]
        self.folder: Path | None = None
        self.keep = QPushButton("Keep the networks &in…")
        self.kept = words(role="small")
        self._lay_out()
        self._connect()

    def wish(self) -> PruneWish:
        """The table that is described.

        Raises:
            UserError: no score is chosen, no model is named, or a value is out of range.
        """
        named = self.model.text().strip()
        if self._given and not named:
            raise UserError("Name the detector, e.g. demo:aircraft, or have one trained.")
        methods = tuple(method for method, box in self.boxes.items() if box.isChecked())
        if not methods:
            raise UserError("Choose at least one score.")
        values = {field.spec.name: field.value() for field in self.fields}
        settings = checked(PruningSettings, methods=methods, **values)
        return PruneWish(named if self._given else "", settings, self.folder)

    @Slot(Path)
    def put_folder(self, path: Path) -> None:
        """Keep the networks there."""
        self.folder = path
        say(self.kept, f"Every network goes to {path}, with its card.")

    @property
    def _given(self) -> bool:
        return self.origin.currentIndex() == 0

    def _lay_out(self) -> None:
        what, scores, how = Section("What is pruned"), Section("Scores"), Section("How")
        named = filled(QHBoxLayout(), (self.model, 1), self.browse)
        filled(what.content, self.origin, named)
        for method, box in self.boxes.items():
            box.setChecked(True)
            scores.content.addWidget(box, 0, alignment_of(box))
            if method.startswith("usn"):
                box.setToolTip(f"{RECONSTRUCTED}.")
        note = words(f"{RECONSTRUCTED}.", role="small")
        scores.content.addWidget(note)
        for field in self.fields:
            filled(how.content, field.label, field.row, field.below)
        filled(how.content, self.keep, self.kept)
        say(self.kept, "")
        scroll = ScrollColumn("The pruning", spacing=14)
        for part in (what, scores, how):
            scroll.column.addWidget(part)
        scroll.column.addStretch(1)
        filled(QVBoxLayout(self), scroll)

    def _connect(self) -> None:
        self.browse.clicked.connect(self.ask_model)
        self.keep.clicked.connect(self.ask_folder)
        self.origin.currentIndexChanged.connect(self._follow)
        self.model.textChanged.connect(self.changed)
        for box in self.boxes.values():
            box.toggled.connect(self.changed)
        for field in self.fields:
            field.on_change(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()

    @Slot()
    def _follow(self) -> None:
        for widget in (self.model, self.browse):
            widget.setEnabled(self._given)
        self.changed.emit()
