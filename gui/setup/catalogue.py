"""The catalogue of schemes as one grouped list; those that do not fit the model say why."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QStandardItem, QStandardItemModel

from engine import schemes
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import InputIdentity, ModelIdentity
from engine.models.input_layout import layout
from engine.models.native_metadata import taught_scheme
from engine.schemes import Gaussian, Scheme
from gui.style import theme as themes
from gui.widgets.flag_names import in_the_window
from gui.widgets.input_kinds import KIND_WORDS, listed

SCHEME = Qt.ItemDataRole.UserRole
"""Role of the scheme class; headings have none."""


class Catalogue(QStandardItemModel):
    """Headings of the families, which cannot be chosen, and their schemes in catalogue order."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._complete = False
        self._add_family(Gaussian.family, [Gaussian])
        themes.registry.follow(self.retheme)
        self._look(None, None)

    def complete(self) -> None:
        """Enter every scheme, once.

        The window is painted with the one that a form begins with, and loads the others afterwards.
        """
        if self._complete:
            return
        self._complete = True
        of_family: dict[str, list[type[Scheme]]] = {}
        for scheme in schemes.SCHEMES:
            of_family.setdefault(scheme.family, []).append(scheme)
        for family, found in of_family.items():
            self._add_family(family, [one for one in found if self._place(one) < 0])
        self._look(None, None)

    def _add_family(self, family: str, found: list[type[Scheme]]) -> None:
        """Schemes below their heading; the first family has it already."""
        if self.rowCount() == 0 or family != Gaussian.family:
            heading = QStandardItem(family.capitalize())
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            heading.setAccessibleText(f"Family: {family}")
            self.appendRow(heading)
        for scheme in found:
            item = QStandardItem(scheme.title)
            item.setData(scheme, SCHEME)
            self.appendRow(item)

    def place(self, scheme: type[Scheme]) -> int:
        """The row of a scheme; -1 if it is not in the catalogue."""
        if scheme is not Gaussian:
            self.complete()
        return self._place(scheme)

    def _place(self, scheme: type[Scheme]) -> int:
        rows = range(self.rowCount())
        return next((row for row in rows if self.item(row).data(SCHEME) is scheme), -1)

    def follow(self, model: ModelIdentity | None, given: InputIdentity | None) -> None:
        """Enable the schemes that fit, and tell why the others do not."""
        self.complete()
        self._look(model, given)

    def _look(self, model: ModelIdentity | None, given: InputIdentity | None) -> None:
        for row in range(self.rowCount()):
            item = self.item(row)
            scheme: type[Scheme] | None = item.data(SCHEME)
            if scheme is None:
                continue
            reason = misfit(scheme, model, given)
            item.setEnabled(not reason)
            may = scheme.attacker_of(model.kind if model is not None else "")
            about = f"It lets the attacker {may}. For {listed(scheme.inputs)}."
            item.setToolTip(f"{reason}\n\n{about}" if reason else about)
            item.setAccessibleDescription(reason or about)
        self.retheme()

    def fits(self, scheme: type[Scheme]) -> bool:
        """Whether a scheme can be chosen for the model that was followed last."""
        place = self.place(scheme)
        return place >= 0 and self.item(place).isEnabled()

    def first_that_fits(self) -> type[Scheme] | None:
        """The first scheme that can be chosen."""
        return next((scheme for scheme in schemes.SCHEMES if self.fits(scheme)), None)

    def retheme(self) -> None:
        """Headings small, what does not fit pale, as the theme has it."""
        theme = themes.current()
        for row in range(self.rowCount()):
            item = self.item(row)
            heading = item.data(SCHEME) is None
            item.setFont(theme.font("small" if heading else "body", bold=heading))
            ink = theme.muted if heading else theme.text if item.isEnabled() else theme.off
            item.setForeground(QColor(ink))


def misfit(scheme: type[Scheme], model: ModelIdentity | None, given: InputIdentity | None) -> str:
    """Why a scheme cannot be used with a model and, if it is there, an input; empty if it can."""
    if model is None:
        return ""
    if model.kind not in scheme.inputs:
        takes, is_for = KIND_WORDS[model.kind].many, listed(scheme.inputs)
        return f"The model takes {takes}; this scheme is for {is_for}."
    if given is None or given.kind != model.kind:
        return ""
    taught = taught_scheme(model)
    same = taught is not None and type(taught) is scheme
    known = {name: getattr(taught, name) for name in scheme.model_fields} if same else {}
    try:
        suited = checked(scheme, **{**known, **scheme.suited_to(given)})
    except UserError:
        return ""  # a parameter beside those that follow the input: the form says which
    try:
        layout(suited, model, given)
        suited.check_input(given)
    except UserError as error:
        return in_the_window(str(error))
    return ""
