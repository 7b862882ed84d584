"""What the attacker may do: the choice of scheme, in words."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from engine.core.records import InputIdentity, ModelIdentity
from engine.evidence.subject import as_taken
from engine.schemes import Gaussian, Scheme
from gui.setup.catalogue import SCHEME, Catalogue
from gui.style.theme import set_role
from gui.widgets.elided import ElidedLabel
from gui.widgets.elided_combo import ElidedCombo
from gui.widgets.input_kinds import listed
from gui.widgets.section import Section, well, words

_ROWS = 24
"""Entries of the list that are seen without scrolling."""


class AttackerPanel(Section):
    """Offers the catalogue of schemes and explains the chosen one."""

    chosen = Signal(object)
    """The scheme class."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Attacker may", parent=parent)
        self._kind = self._taken = ""
        self._set: Scheme | None = None
        frame, column = well()
        self.sentence, self.kinds, self.source = words(), words(role="small"), ElidedLabel()
        set_role(self.source, "small")
        self.catalogue = Catalogue(self)
        self.box = ElidedCombo()
        self.box.setAccessibleName("Smoothing scheme")
        self.box.setMinimumContentsLength(8)
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.box.setMaxVisibleItems(_ROWS)
        self.box.setModel(self.catalogue)
        for widget in (self.sentence, self.box, self.kinds, self.source):
            column.addWidget(widget)
        self.content.addWidget(frame)
        self.box.activated.connect(self._choose)
        self.show_scheme(Gaussian)

    def scheme(self) -> type[Scheme]:
        """The chosen class."""
        chosen: type[Scheme] = self.box.currentData(SCHEME)
        return chosen

    def show_scheme(self, scheme: type[Scheme]) -> None:
        """Choose a scheme without telling anybody."""
        self.box.setCurrentIndex(self.catalogue.place(scheme))
        self._say(scheme)
        self.kinds.setText(f"For {listed(scheme.inputs)}; {scheme.randomness} guarantee.")
        self.source.setText(scheme.citation)

    def follow(self, model: ModelIdentity | None, given: InputIdentity | None) -> None:
        """Offer what fits; if the chosen scheme does not, choose the first one that does."""
        self._kind = model.kind if model is not None else ""
        self._taken = as_taken(given) if given is not None else ""
        self.catalogue.follow(model, given)
        self._say(self.scheme())
        other = self.catalogue.first_that_fits()
        if other is not None and not self.catalogue.fits(self.scheme()):
            self.show_scheme(other)
            self.chosen.emit(other)

    def describe(self, scheme: Scheme) -> None:
        """Say what the attacker may do under the parameters of the form, such as a norm."""
        self._set = scheme
        self._say(self.scheme())

    def _say(self, scheme: type[Scheme]) -> None:
        """In the terms of the model's kind of input, and of the input as the model takes it."""
        of = f" That is the {scheme.subject} {self._taken}." if self._taken else ""
        known = self._set if type(self._set) is scheme else None
        may = scheme.attacker_of(self._kind)
        if known is not None:
            may = known.attacker_in_words(self._kind)
        self.sentence.setText(f"{may}.{of}")

    @Slot()
    def _choose(self) -> None:
        self.show_scheme(self.scheme())
        self.chosen.emit(self.scheme())
