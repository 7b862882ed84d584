"""The form of a training: data, method and noise, and the fields that these declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from engine.core.errors import UserError
from engine.core.fields import FieldSpec, checked, field_specs
from engine.core.records import Record
from engine.schemes import Gaussian, Scheme
from engine.training.methods import METHODS, Method
from engine.training.noises import NOISES
from engine.training.recipe import Recipe
from gui.jobs.training_jobs import AskedTraining
from gui.setup.fields import Field
from gui.style.theme import set_role
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.layouts import alignment_of, emptied, filled, labelled
from gui.widgets.section import Section, say, words

DATA = {
    "the shipped digits": "digits",
    "CIFAR-10 in a folder": "cifar10:",
    "a folder of images per class": "",
}
_QUICK: Mapping[str, Any] = {"epochs": 60, "check_every": 5, "draws": 10}
"""In place of the long training of the shipped digits, so that a first one takes a minute."""


class TrainingForm(Section):
    """What is asked for; what was typed for a method or noise comes back with it.

    Signals:
        changed: something was typed or chosen.
    """

    changed = Signal()

    def __init__(self, asker: FileAsker, *, parent: QWidget | None = None) -> None:
        super().__init__("What to train", parent=parent)
        self._asker = asker
        self._typed: dict[type[Record], dict[str, Any]] = {}
        self._kinds: tuple[type[Record], ...] = ()
        self.data, self.method, self.scheme = QComboBox(), QComboBox(), QComboBox()
        self.data.addItems(list(DATA))
        self.method.addItems([method.title for method in METHODS])
        self.scheme.addItems([scheme.title for scheme in NOISES])
        self.scheme.setCurrentText(Gaussian.title)
        self.place, self.out = QLineEdit(), QLineEdit("out")
        self.browse = QPushButton("&Choose…")
        self.idea, self.source = words(), words(role="small")
        self.complaint = words(role="abstained", name="What is wrong with this form")
        self.fields: dict[str, Field] = {}
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._lay_out()
        self.data.currentTextChanged.connect(self._follow_data)
        self.method.currentTextChanged.connect(self._build)
        self.scheme.currentTextChanged.connect(self._build)
        self.browse.clicked.connect(self._ask)
        self._follow_data()
        self._build()

    @property
    def chosen(self) -> type[Method]:
        """The method."""
        return METHODS[self.method.currentIndex()]

    @property
    def noise(self) -> type[Scheme]:
        """Whose noise trains."""
        return NOISES[self.scheme.currentIndex()]

    @property
    def folder(self) -> Path:
        """Where the result goes: a folder, or the file of weights itself."""
        return Path(self.out.text().strip() or "out")

    def asked(self) -> AskedTraining | None:
        """What the form asks for; None where it complains."""
        for field in self.fields.values():
            field.complain("")
        say(self.complaint, "")
        try:
            values = self._values()
            scheme = checked(self.noise, **self._of(self.noise, values))
            method = checked(self.chosen, **self._of(self.chosen, values))
            checked(Recipe, scheme=scheme, method=method, **self._of(Recipe, values))
        except UserError as error:
            self._complain(str(error))
            return None
        prefix = DATA[self.data.currentText()]
        data = prefix if prefix == "digits" else f"{prefix}{self.place.text().strip()}"
        if not data.removeprefix("cifar10:"):
            self._complain("Choose the folder that holds the images.")
            return None
        values |= {"data": data, "method": self.chosen.key}
        return AskedTraining(values, scheme, self.folder)

    def enable(self, enabled: bool) -> None:
        """Nothing may change while a training is at work."""
        for widget in (self.data, self.method, self.scheme, self.place, self.out, self.browse):
            widget.setEnabled(enabled)
        for field in self.fields.values():
            field.row.setEnabled(enabled)

    def _lay_out(self) -> None:
        choices = QGridLayout()
        choices.setColumnStretch(1, 1)
        for row, (title, widget) in enumerate(
            (("images", self.data), ("method", self.method), ("noise", self.scheme))
        ):
            widget.setAccessibleName(title)
            widget.setMinimumContentsLength(10)
            widget.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            choices.addWidget(labelled(title, widget), row, 0)
            choices.addWidget(widget, row, 1)
        self._where = QWidget()
        filled(QHBoxLayout(self._where), (self.place, 1), self.browse, spacing=8)
        self.place.setAccessibleName("Folder of the images")
        choices.addWidget(self._where, 3, 0, 1, 2)
        self.out.setAccessibleName("Folder for the result")
        self.out.setToolTip("Weights, card, and the state from which a training is resumed.")
        choices.addWidget(labelled("save in", self.out), 4, 0)
        choices.addWidget(self.out, 4, 1)
        self.content.addLayout(choices)
        for said in (self.idea, self.source, self.complaint):
            self.content.addWidget(said)
        self.content.addLayout(self._grid)

    @Slot()
    def _on_typed(self) -> None:
        self.changed.emit()

    @Slot()
    def _follow_data(self) -> None:
        self._where.setVisible(DATA[self.data.currentText()] != "digits")
        self.changed.emit()

    @Slot()
    def _build(self) -> None:
        """The fields of method, noise and recipe; those that are rare come last."""
        for kind in self._kinds:
            self._typed[kind] = self._of(kind, self._values())
        emptied(self._grid)
        self.fields, self._kinds = {}, (self.chosen, self.noise, Recipe)
        usual, rare = list[FieldSpec](), list[FieldSpec]()
        for kind in self._kinds:
            for spec in (one for one in field_specs(kind) if one.of_noise):
                (rare if spec.advanced else usual).append(spec)
        for row, spec in enumerate((*usual, *rare)):
            self._add(row, self._started(spec))
        for kind in self._kinds:
            for name, value in self._typed.get(kind, {}).items():
                self.fields[name].set_value(value)
        idea = self.chosen.idea
        say(self.idea, f"{idea[:1].upper()}{idea[1:]}.")
        say(self.source, self.chosen.citation)
        say(self.complaint, "")
        self.changed.emit()

    def _values(self) -> dict[str, Any]:
        return {name: field.value() for name, field in self.fields.items()}

    @staticmethod
    def _started(spec: FieldSpec) -> FieldSpec:
        return replace(spec, default=_QUICK.get(spec.name, spec.default))

    def _add(self, row: int, spec: FieldSpec) -> None:
        field = Field(spec, of_a_run=False)
        field.speak_of("image")  # nothing else is trained here
        self.fields[spec.name] = field
        self._grid.addWidget(field.label, 2 * row, 0)
        self._grid.addWidget(field.row, 2 * row, 1, alignment_of(field.row))
        self._grid.addWidget(field.below, 2 * row + 1, 0, 1, 2)
        field.on_change(self._on_typed)

    @staticmethod
    def _of(kind: type[Record], values: Mapping[str, Any]) -> dict[str, Any]:
        names = {spec.name for spec in field_specs(kind)}
        return {name: value for name, value in values.items() if name in names}

    def _complain(self, sentence: str) -> None:
        for field in self.fields.values():
            if field.is_named_by(sentence):
                field.complain(sentence)
                return
        say(self.complaint, sentence)
        set_role(self.complaint, "abstained")

    @Slot()
    def _ask(self) -> None:
        self._asker.open_folder("Folder of images", lambda path: self.place.setText(str(path)))
