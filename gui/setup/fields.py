"""Editors of single values, made from what a field declares."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from engine.core.fields import FieldSpec, as_number
from engine.core.glossary import meaning
from engine.schemes.parameter_fields import unit_for
from gui.style.theme import set_role
from gui.widgets.flag_names import in_the_window
from gui.widgets.input_kinds import of_kind
from gui.widgets.layouts import filled
from gui.widgets.level import LevelSlider
from gui.widgets.section import words

_ADJUST = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
_SHORTEST = 8
"""Letters of a choice that are always in sight."""
_BESIDE = 84
"""Pixels that a number has beside its slider."""


class NumberEdit(QLineEdit):
    """A number typed freely; Up and Down move it by a step."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(as_text(spec.default))
        self._spec = spec
        self.editingFinished.connect(self._group)

    @Slot()
    def _group(self) -> None:
        """A whole number that was typed has its digits in groups, as those that stand there."""
        if self._spec.kind != "int" or not self.text().strip():
            return
        try:
            grouped = as_text(as_number(self.text(), "int"))
        except (ValueError, OverflowError):
            return
        if grouped != self.text():
            self.setText(grouped)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Steps with the arrow keys, within the field's range."""
        signs = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        sign = signs.get(Qt.Key(event.key()))
        if sign is None or self._spec.step is None:
            super().keyPressEvent(event)
            return
        try:
            number = as_number(self.text(), self._spec.kind) + sign * self._spec.step
        except (ValueError, OverflowError):
            return
        whole = self._spec.kind == "int"
        number = int(number) if whole else round(number, 10)
        low, high = self._spec.minimum, self._spec.maximum
        # a float may be confined to an open interval; its ends are for typing
        inside = (low is None or number > low) and (high is None or number < high)
        if inside or (whole and number in (low, high)):
            self.setText(as_text(number))


class Field:
    """The editor of one field, and the raw value in it.

    Attributes:
        label, editor, below: its name, where it is typed, and what it is for.
        slider: moves with the editor, which may go further; None where none is declared.
        row: the editor, with its slider where there is one.

    Args:
        spec: what the field declares.
        of_a_run: its name is a term of a run, and has that meaning; of other work it may have
            another.
    """

    def __init__(self, spec: FieldSpec, *, of_a_run: bool = True) -> None:
        self.spec, self._kind = spec, ""
        self.label = QLabel(spec.title)
        self.editor = _editor(spec)
        self.below = words(self.hint(), "small")
        self.label.setBuddy(self.editor)
        self.label.setToolTip((of_a_run and meaning(spec.title)) or self.hint())
        self.editor.setAccessibleName(spec.title)
        self.editor.setAccessibleDescription(self.hint())
        self.editor.setToolTip(self.hint())
        self.slider = self._slider()
        self._lead()
        self.row = self.editor if self.slider is None else _beside(self.slider, self.editor)

    def hint(self) -> str:
        """Unit and help in one line, in the window's words and for the kind of input."""
        unit, said = unit_for(self.spec.unit, self._kind), self.spec.help
        if unit and unit not in said.split():  # "votes that choose the class" names it already
            said = " · ".join(filter(None, (unit, said)))
        return of_kind(in_the_window(said), self._kind)

    def speak_of(self, kind: str) -> None:
        """Say what the field is for with the nouns of a kind of input."""
        before, self._kind = self.hint(), kind
        if (hint := self.hint()) == before:
            return
        for widget in (self.editor, *([self.slider] if self.slider is not None else [])):
            widget.setAccessibleDescription(hint)
            widget.setToolTip(hint)
        if self.below.text() == before:  # else a complaint stands there
            self.below.setText(hint)

    def _slider(self) -> LevelSlider | None:
        line = self.editor
        if self.spec.slider is None or not isinstance(line, NumberEdit):
            return None
        slider = LevelSlider(*self.spec.slider, name=self.spec.title)
        slider.setAccessibleDescription(self.hint())
        slider.setToolTip(self.hint())
        slider.chosen.connect(lambda level: line.setText(as_text(level)))
        line.textChanged.connect(self._lead)
        return slider

    def complain(self, sentence: str) -> None:
        """Say what is wrong below the editor, or, with an empty sentence, what it is for."""
        set_role(self.label, "abstained" if sentence else "")
        set_role(self.below, "abstained" if sentence else "small")
        self.below.setText(in_the_window(sentence) or self.hint())

    def is_named_by(self, sentence: str) -> bool:
        """Whether a complaint is about this field: it begins with its name or its flag."""
        return sentence.startswith((f"{self.spec.name} ", f"{self.spec.flag} "))

    def value(self) -> Any:
        """What was typed: a number where it is one, else the text, which the check refuses."""
        if isinstance(self.editor, QCheckBox):
            return self.editor.isChecked()
        if isinstance(self.editor, QComboBox):
            text = self.editor.currentText()
            return None if self.spec.optional and text == self.spec.unset else text
        text = self.editor.text().strip()
        if self.spec.optional and not text:
            return None
        if self.spec.kind == "str":
            return text
        try:
            return as_number(text, self.spec.kind)
        except (ValueError, OverflowError):
            return text

    def set_value(self, value: Any) -> None:
        """Show a value."""
        if isinstance(self.editor, QCheckBox):
            self.editor.setChecked(bool(value))
        elif isinstance(self.editor, QComboBox):
            self.editor.setCurrentText(self.spec.unset if value is None else str(value))
        else:
            self.editor.setText(as_text(value))

    def _lead(self) -> None:
        """Take the slider along; what is no number leaves it where it is."""
        value = self.value()
        if self.slider is not None and isinstance(value, int | float) and math.isfinite(value):
            self.slider.follow(value)

    def on_change(self, slot: Callable[[], None]) -> None:
        """Call a method of a widget whenever the value changes."""
        if isinstance(self.editor, QCheckBox):
            self.editor.toggled.connect(slot)
        elif isinstance(self.editor, QComboBox):
            self.editor.currentTextChanged.connect(slot)
        else:
            self.editor.textChanged.connect(slot)


def _beside(slider: LevelSlider, editor: QWidget) -> QWidget:
    row = QWidget()
    editor.setMaximumWidth(_BESIDE)
    filled(QHBoxLayout(row), (slider, 1), editor, spacing=8)
    return row


def _editor(spec: FieldSpec) -> QCheckBox | QComboBox | QLineEdit:
    if spec.kind == "bool":
        box = QCheckBox()
        box.setChecked(bool(spec.default))
        return box
    if spec.kind == "choice":
        choices = QComboBox()
        choices.setMinimumContentsLength(_SHORTEST)  # in large type the longest has no room
        choices.setSizeAdjustPolicy(_ADJUST)
        choices.addItems([spec.unset, *spec.choices] if spec.optional else list(spec.choices))
        choices.setCurrentText(spec.unset if spec.default is None else str(spec.default))
        for place in range(choices.count()):
            tip = meaning(choices.itemText(place))
            choices.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        return choices
    line = QLineEdit(as_text(spec.default)) if spec.kind == "str" else NumberEdit(spec)
    if spec.optional:
        line.setPlaceholderText(spec.unset)
    return line


def as_text(value: Any) -> str:
    """A value as it is typed; nothing for one that is not given.

    >>> as_text(100_000), as_text(0.25), as_text(None)
    ('100,000', '0.25', '')
    """
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
