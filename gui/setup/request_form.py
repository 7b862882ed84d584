"""The fields of a request for a model, as a form; which there are, the request itself declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QSpinBox, QWidget

from engine.models.request import REQUEST_FIELDS, ModelRequest
from engine.models.request_fields import Group, RequestField
from gui.widgets.buttons import quiet_button
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.layouts import filled

_SHORTEST = 8


class Whole(QSpinBox):
    """A whole number of which 0 is the usual; the wheel scrolls the form it stands in."""

    def __init__(self, field: RequestField) -> None:
        super().__init__(minimum=0, maximum=field.most)
        self.setSpecialValueText(field.unset)
        self.setSuffix(f" {field.unit}")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the form."""
        event.ignore()


class RequestForm(QWidget):
    """An editor for each field of some groups; Return, a choice or a file gives them.

    Args:
        groups: of the fields that are shown.

    Attributes:
        editors: by the name of their field.
        form: the layout, to which more rows may be added.

    Signals:
        changed: one of them was given.
    """

    changed = Signal()

    def __init__(self, groups: Iterable[Group], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        shown = set(groups)
        self.fields = {
            each.name: each for each in REQUEST_FIELDS if each.group in shown and each.title
        }
        self.editors: dict[str, QWidget] = {}
        self.asker = FileAsker(self)
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 2, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        # a field stands below its name where both have no room beside one another, in large type
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for field in self.fields.values():
            self._add(field)

    def show_request(self, request: ModelRequest) -> None:
        """Show how a model was asked for."""
        for name, field in self.fields.items():
            _show(self.editors[name], field, getattr(request, name))

    def values(self) -> dict[str, Any]:
        """What stands in the fields."""
        return {name: field.read(_text(self.editors[name])) for name, field in self.fields.items()}

    def offer(self, name: str, values: Iterable[str]) -> None:
        """Usual values of a field, besides none."""
        box = self.editors[name]
        assert isinstance(box, QComboBox)
        box.clear()
        box.addItems(["", *values])

    def choose(self, name: str) -> None:
        """Ask for the file of a field."""
        field = self.fields[name]
        self.asker.open_file(field.label, field.files, partial(self.take, name))

    def take(self, name: str, path: Path) -> None:
        """The file of a field was chosen."""
        _show(self.editors[name], self.fields[name], path)
        self.changed.emit()

    @Slot()
    def _give(self) -> None:
        self.changed.emit()

    def _add(self, field: RequestField) -> None:
        editor = self.editors[field.name] = _editor(field, self._give)
        editor.setAccessibleName(field.label)
        editor.setToolTip(field.tip)
        if not field.file:
            self.form.addRow(field.title, editor)
            return
        row, name = QWidget(), f"Choose a file: {field.label}"
        find = quiet_button("…", name, name)
        find.clicked.connect(partial(self.choose, field.name))
        filled(QHBoxLayout(row), (editor, 1), find)
        row.setFocusProxy(editor)
        self.form.addRow(field.title, row)


def _editor(field: RequestField, given: Callable[[], object]) -> QWidget:
    if field.kind is int:
        whole = Whole(field)
        whole.lineEdit().returnPressed.connect(given)
        return whole
    if not (field.choices or field.offered):
        line = QLineEdit()
        line.setPlaceholderText(field.unset)
        line.returnPressed.connect(given)
        return line
    box = QComboBox()
    box.addItems(field.choices)
    box.setMinimumContentsLength(_SHORTEST)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.activated.connect(given)
    if field.offered:
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        written = box.lineEdit()
        assert written is not None  # it is editable
        written.setAccessibleName(field.label)
        written.setPlaceholderText(field.unset)
        written.returnPressed.connect(given)
    return box


def _show(editor: QWidget, field: RequestField, value: Any) -> None:
    if isinstance(editor, QSpinBox):
        editor.setValue(value)
    elif isinstance(editor, QLineEdit):
        editor.setText(field.text(value))
    elif isinstance(editor, QComboBox):
        editor.setCurrentIndex(editor.findData(value))
        if editor.currentIndex() < 0:
            editor.setCurrentText(field.text(value))


def _text(editor: QWidget) -> str:
    """What an editor holds; of a choice that is written differently the value that it is."""
    if isinstance(editor, QSpinBox):
        return str(editor.value())
    if isinstance(editor, QLineEdit):
        return editor.text().strip()
    assert isinstance(editor, QComboBox)
    written, place = editor.currentText().strip(), editor.currentIndex()
    if written and written != editor.itemText(place):
        return written
    return str(editor.currentData() or written)
