"""The form of a run, made from the fields that scheme and settings declare."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)

from engine.errors import UserError
from engine.fields import FieldSpec, checked, field_specs
from engine.schemes import Gaussian, Scheme
from engine.settings import RunSettings
from gui.panels.section import Section, words
from gui.preferences import Preferences
from gui.theme import set_role


class NumberEdit(QLineEdit):
    """A number typed freely; Up and Down move it by a step."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(_text(spec.default))
        self._spec = spec

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Steps with the arrow keys, within the field's range."""
        signs = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        sign = signs.get(Qt.Key(event.key()))
        if sign is None or self._spec.step is None:
            super().keyPressEvent(event)
            return
        try:
            number = _number(self.text(), self._spec.kind) + sign * self._spec.step
        except (ValueError, OverflowError):
            return
        whole = self._spec.kind == "int"
        number = int(number) if whole else round(number, 10)
        low, high = self._spec.minimum, self._spec.maximum
        # a float may be confined to an open interval; its ends are for typing
        inside = (low is None or number > low) and (high is None or number < high)
        if inside or (whole and number in (low, high)):
            self.setText(_text(number))


class Field:
    """The editor of one field, and the raw value in it."""

    def __init__(self, spec: FieldSpec) -> None:
        self.spec = spec
        self.label = QLabel(spec.title)
        self.editor: QComboBox | QLineEdit
        if spec.kind == "choice":
            self.editor = QComboBox()
            self.editor.addItems(list(spec.choices))
            self.editor.setCurrentText(str(spec.default))
        else:
            self.editor = QLineEdit(spec.default) if spec.kind == "str" else NumberEdit(spec)
        self.below = words(self.hint(), "small")
        self.label.setBuddy(self.editor)
        self.editor.setAccessibleName(spec.title)
        self.editor.setAccessibleDescription(self.hint())
        self.editor.setToolTip(self.hint())

    def hint(self) -> str:
        """Unit and help in one line."""
        return " · ".join(part for part in (self.spec.unit, self.spec.help) if part)

    def complain(self, sentence: str) -> None:
        """Say what is wrong below the editor, or, with an empty sentence, what it is for."""
        set_role(self.label, "abstained" if sentence else "")
        set_role(self.below, "abstained" if sentence else "small")
        self.below.setText(sentence or self.hint())

    def value(self) -> Any:
        """What was typed: a number where it is one, else the text, which the check refuses."""
        if isinstance(self.editor, QComboBox):
            return self.editor.currentText()
        text = self.editor.text().strip()
        if self.spec.kind == "str":
            return text
        try:
            return _number(text, self.spec.kind)
        except (ValueError, OverflowError):
            return text

    def set_value(self, value: Any) -> None:
        """Show a value."""
        if isinstance(self.editor, QComboBox):
            self.editor.setCurrentText(str(value))
        else:
            self.editor.setText(_text(value))


class SettingsPanel(Section):
    """Fields of the scheme, then of the run; a wrong value is explained at once, at its field.

    Attributes:
        complaint: why the form makes no settings; empty where it does.
        more: unfolds the fields that are declared as advanced.
    """

    changed = Signal(object)
    """New, valid :class:`RunSettings`."""
    refused = Signal(str)
    """Why the form makes no settings."""

    def __init__(
        self, *, preferences: Preferences | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__("Settings", parent=parent)
        self._preferences = preferences
        self._scheme: type[Scheme] = Gaussian
        self._usual, self._rare = _grid(), _grid()
        self.content.addLayout(self._usual)
        self._build_more()
        self.complaint = ""
        self.scheme_fields: list[Field] = []
        self.run_fields: list[Field] = []
        self.set_scheme(self._scheme)

    @property
    def fields(self) -> dict[str, Field]:
        """All fields by name."""
        return {field.spec.name: field for field in (*self.scheme_fields, *self.run_fields)}

    def set_scheme(self, scheme: type[Scheme]) -> None:
        """Make the form of another scheme; the run's own settings stay."""
        kept = {field.spec.name: field.value() for field in self.run_fields}
        self._clear()
        self._scheme = scheme
        self.scheme_fields = [Field(spec) for spec in field_specs(scheme)]
        self.run_fields = [Field(spec) for spec in field_specs(RunSettings)]
        for field in self.fields.values():
            self._add(self._rare if field.spec.advanced else self._usual, field)
        self._fold()
        for field in self.run_fields:
            if field.spec.name in kept:
                field.set_value(kept[field.spec.name])
        self._check()

    def show_settings(self, settings: RunSettings) -> None:
        """Fill the form."""
        if type(settings.scheme) is not self._scheme:
            self.set_scheme(type(settings.scheme))
        for field in self.scheme_fields:
            field.set_value(getattr(settings.scheme, field.spec.name))
        for field in self.run_fields:
            field.set_value(getattr(settings, field.spec.name))

    def settings(self) -> RunSettings:
        """The form's settings.

        Raises:
            UserError: a value is out of range, as one sentence.
        """
        scheme = checked(self._scheme, **{f.spec.name: f.value() for f in self.scheme_fields})
        rest = {f.spec.name: f.value() for f in self.run_fields}
        return checked(RunSettings, scheme=scheme, **rest)

    def _build_more(self) -> None:
        self.more = QToolButton(checkable=True)
        set_role(self.more, "quiet")
        self.more.setAccessibleName("More settings")
        if self._preferences is not None:
            self.more.setChecked(self._preferences.more_settings)
        self.folded = QWidget()
        self.folded.setLayout(self._rare)
        self.content.addWidget(self.more)
        self.content.addWidget(self.folded)
        self.more.toggled.connect(self._fold)

    @Slot()
    def _fold(self) -> None:
        """Show or hide the advanced fields, and remember it."""
        shown = self.more.isChecked()
        rare = [field.spec.title for field in self.fields.values() if field.spec.advanced]
        self.more.setVisible(bool(rare))
        self.more.setText("Less ▴" if shown else "More ▾")
        self.more.setToolTip(", ".join(rare))
        self.folded.setVisible(shown and bool(rare))
        if self._preferences is not None:
            self._preferences.more_settings = shown

    def _add(self, grid: QGridLayout, field: Field) -> None:
        row = grid.rowCount()
        grid.addWidget(field.label, row, 0)
        grid.addWidget(field.editor, row, 1)
        grid.addWidget(field.below, row + 1, 0, 1, 2)
        grid.setRowMinimumHeight(row + 1, 18)
        if isinstance(field.editor, QComboBox):
            field.editor.currentTextChanged.connect(self._check)
        else:
            field.editor.textChanged.connect(self._check)

    def _clear(self) -> None:
        for grid in (self._usual, self._rare):
            for row in range(grid.rowCount()):
                grid.setRowMinimumHeight(row, 0)  # a grid keeps the rows of what it held
            while (item := grid.takeAt(0)) is not None:
                if widget := item.widget():
                    widget.hide()
                    widget.deleteLater()

    @Slot()
    def _check(self) -> None:
        try:
            settings = self.settings()
        except UserError as error:
            self._mark(str(error))
            self.refused.emit(str(error))
        else:
            self._mark("")
            self.changed.emit(settings)

    def _mark(self, sentence: str) -> None:
        """Show a sentence at the field it is about, which its first word names."""
        self.complaint = sentence
        for name, field in self.fields.items():
            wrong = sentence.startswith(f"{name} ")
            field.complain(sentence if wrong else "")
            if wrong and field.spec.advanced:
                self.more.setChecked(True)


def _grid() -> QGridLayout:
    """Label and editor side by side, what they are for below."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(1)
    grid.setColumnStretch(1, 1)
    return grid


def _number(text: str, kind: str) -> int | float:
    """A typed number; digits may be grouped in an integer only, where a comma cannot be decimal.

    Raises:
        ValueError: it is none.
    """
    if kind == "float":
        return float(text)
    grouped = text.replace(",", "").replace(" ", "")
    number = float(grouped)
    if not number.is_integer():
        raise ValueError(text)
    return int(grouped) if grouped.lstrip("+-").isdigit() else int(number)


def _text(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
