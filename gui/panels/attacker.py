"""What the attacker may do: the choice of scheme, in words."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from engine.schemes import SCHEMES, Scheme
from gui.panels.section import Section, well, words
from gui.theme import set_role
from gui.widgets.elided import ElidedLabel


class AttackerPanel(Section):
    """Offers the catalogue of schemes and explains the chosen one."""

    chosen = Signal(object)
    """The scheme class."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Attacker may", parent=parent)
        frame, column = well()
        self.sentence, self.source = words(), ElidedLabel()
        set_role(self.source, "small")
        self.box = QComboBox()
        self.box.setAccessibleName("Smoothing scheme")
        self.box.setMinimumContentsLength(8)
        for scheme in SCHEMES:
            self.box.addItem(scheme.title, scheme)
        for widget in (self.sentence, self.box, self.source):
            column.addWidget(widget)
        self.content.addWidget(frame)
        self.box.activated.connect(self._choose)
        self._explain()

    def scheme(self) -> type[Scheme]:
        """The chosen class."""
        return SCHEMES[self.box.currentIndex()]

    @Slot()
    def _choose(self) -> None:
        self._explain()
        self.chosen.emit(self.scheme())

    def _explain(self) -> None:
        scheme = self.scheme()
        self.sentence.setText(f"{scheme.attacker}.")
        self.source.setText(scheme.citation)
