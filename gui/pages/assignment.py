"""Client, purpose, auditor and remarks: written into the report and checked by nobody."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from engine.core.errors import UserError
from engine.core.fields import field_specs
from engine.evidence.assignment import Assignment, assigned
from gui.controllers.exports import Exports
from gui.widgets.flag_names import in_the_window
from gui.widgets.layouts import filled, labelled
from gui.widgets.section import Section, say, words
from gui.widgets.tips import set_tip

_PAUSE_MS = 500
"""The pages are made anew when typing has paused for this long."""
_REMARKS, _FEW = 110, 40
"""Pixels of the remarks, and what they make do with in a low window."""
_NO_KEY = "Opens Signing keys first: no key is open"


class AssignmentForm(QWidget):
    """A field for each text, and whether the file is signed.

    Attributes:
        lines, remarks: the editors.

    Signals:
        changed: the report reads differently now.
        keys_asked: a signature is wanted, and no key is open.
    """

    changed = Signal()
    keys_asked = Signal()

    def __init__(self, exports: Exports, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exports = exports
        self.lines: dict[str, QLineEdit] = {}
        self.remarks = QPlainTextEdit(tabChangesFocus=True)
        self.remarks.setMinimumHeight(_FEW)
        self.remarks.setMaximumHeight(_REMARKS)
        self.complaint = words(role="abstained")
        self.sign = QCheckBox("S&ign what is saved")
        section = Section("In the report")
        for spec in field_specs(Assignment):
            editor: QWidget = self.remarks
            if spec.name != "remarks":
                editor = self.lines[spec.name] = QLineEdit()
                self.lines[spec.name].textEdited.connect(self._wait)
            editor.setAccessibleName(spec.title.capitalize())
            editor.setToolTip(spec.help)
            section.content.addWidget(labelled(spec.title, editor))
            section.content.addWidget(editor)
        note = words("As you state it; no check covers it.", "small")
        filled(QVBoxLayout(self), section, self.complaint, note, self.sign, (QWidget(), 1))
        say(self.complaint, "")
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.take)
        self.remarks.textChanged.connect(self._wait)
        self.sign.clicked.connect(self._choose)
        exports.signing_changed.connect(self._follow)
        self._follow()

    @Slot()
    def _wait(self) -> None:
        self._pause.start()

    @Slot()
    def take(self) -> None:
        """Put what is typed into what is saved from now on, or say why it cannot stand there."""
        self._pause.stop()
        texts = {name: editor.text() for name, editor in self.lines.items()}
        try:
            found = assigned(**texts, remarks=self.remarks.toPlainText())
        except UserError as error:
            say(self.complaint, in_the_window(str(error)))
            return
        say(self.complaint, "")
        if found != self._exports.assignment:
            self._exports.assignment = found
            self.changed.emit()

    @Slot()
    def _choose(self) -> None:
        exports = self._exports
        if exports.signer is None:
            self.sign.setChecked(False)
            self.keys_asked.emit()
        else:
            exports.set_signer(exports.signer, signs=self.sign.isChecked())

    @Slot()
    def _follow(self) -> None:
        signer = self._exports.signer
        self.sign.setChecked(self._exports.signs)
        set_tip(self.sign, _NO_KEY if signer is None else f"As '{signer.public.name}'")
