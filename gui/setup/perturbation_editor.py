"""A perturbation in a scheme's own terms: one editor per term."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from engine.schemes import Scheme
from gui.widgets.counts import indented
from gui.widgets.input_kinds import of_kind
from gui.widgets.layouts import emptied, filled, labelled

_MOST = 1_000_000
_ALONE, _BESIDE_COUNTS = 0.5, 0.1
"""First strengths to ask for: where nothing is counted, and where something is."""


class TargetEditor(QWidget):
    """Whole numbers for what is counted, decimals for what is measured.

    Attributes:
        editors: by term.
    """

    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editors: dict[str, QSpinBox | QDoubleSpinBox] = {}
        self._scheme: type[Scheme] | None = None
        self._kind = ""
        self._typed: dict[str, float] = {}
        self._row = filled(QHBoxLayout(self), spacing=8)

    def set_scheme(self, scheme: type[Scheme], kind: str = "") -> None:
        """Ask for the terms of a scheme; what was typed for a term of that name stays.

        Where the ``kind`` of input is known, tips are in its noun.
        """
        if (scheme, kind) == (self._scheme, self._kind):
            return
        self._scheme, self._kind = scheme, kind
        self._typed |= {term: editor.value() for term, editor in self.editors.items()}
        emptied(self._row)
        self.editors = {term: self._editor(scheme, term) for term in scheme.terms}
        for term, editor in self.editors.items():
            self._row.addWidget(_titled(term, editor))
            editor.valueChanged.connect(lambda _: self.changed.emit())

    def text(self) -> str:
        """The perturbation, ``entities=2,epsilon=0.25``; empty if nothing is changed."""
        values = {term: editor.value() for term, editor in self.editors.items()}
        terms = self._scheme.terms if self._scheme is not None else {}
        if all(value == terms[term].neutral for term, value in values.items()):
            return ""
        return ",".join(f"{term}={value!r}" for term, value in values.items())

    def _editor(self, scheme: type[Scheme], name: str) -> QSpinBox | QDoubleSpinBox:
        term = scheme.terms[name]
        editor: QSpinBox | QDoubleSpinBox
        if term.whole:
            editor = indented(QSpinBox(minimum=-_MOST if term.signed else 0, maximum=_MOST))
            editor.setValue(int(self._typed.get(name, 1)))
        else:
            editor = indented(QDoubleSpinBox(decimals=3, maximum=1000.0, singleStep=0.05))
            if term.signed:
                editor.setMinimum(-1000.0)
            elif term.factor:
                editor.setMinimum(0.001)
            counted = any(one.whole for one in scheme.terms.values())
            first = term.neutral or (_BESIDE_COUNTS if counted else _ALONE)
            editor.setValue(self._typed.get(name, first))
        editor.setAccessibleName(f"{name} to certify")
        editor.setToolTip(of_kind(str(term), self._kind))
        return editor


def _titled(term: str, editor: QWidget) -> QWidget:
    box = QWidget()
    label = labelled(term, editor)
    label.setToolTip(editor.toolTip())
    filled(QVBoxLayout(box), label, editor)
    return box
