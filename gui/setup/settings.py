"""The form of a run, made from the fields that scheme and settings declare."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from engine.core.errors import UserError
from engine.core.fields import FieldSpec, checked, field_specs
from engine.core.records import InputIdentity
from engine.evidence.settings import Counting, Execution, carried_out, declared, run_specs
from engine.schemes import Gaussian, Scheme, siblings
from gui.controllers.preferences import Preferences
from gui.setup.fields import Field
from gui.setup.requirements import NeedsView
from gui.widgets.buttons import quiet_button
from gui.widgets.flag_names import in_the_window
from gui.widgets.layouts import alignment_of, emptied
from gui.widgets.section import Section, say, words

_CHOICE = 2
"""From this many on there is a choice."""
_GAP = 8
"""Pixels below the choice of kernel."""
_KERNEL = "What the noise does to a word or field; noise levels stay when another is chosen"


class SettingsPanel(Section):
    """Fields of the scheme, then of the run; a wrong value is explained at once, at its field.

    What was typed for a scheme comes back when it is chosen again.

    Attributes:
        complaint: why the form makes no settings; empty where it does.
        hint: a complaint that is about no single field.
        kernel: chooses among schemes that differ in their kernel alone; None where one fits.
        needs: what the settings can come to; shown by whoever knows.
        more: unfolds the fields that are declared as advanced.
    """

    changed = Signal(object)
    """New, valid settings of CERTIFY; :meth:`execution` says how they are carried out."""
    switched = Signal(object)
    """Another scheme of the same group, chosen by its kernel."""
    refused = Signal(str)
    """Why the form makes no settings."""

    def __init__(
        self, *, preferences: Preferences | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__("Settings", parent=parent)
        self._preferences = preferences
        self._scheme: type[Scheme] = Gaussian
        self._typed: dict[type[Scheme], dict[str, Any]] = {}
        self._run_typed: dict[str, Any] = {}
        self._given: InputIdentity | None = None
        self._fitting: frozenset[type[Scheme]] = frozenset()
        self.kernel: QComboBox | None = None
        self._filling = False
        self._noise, self._usual, self._rare = _grid(), _grid(), _grid()
        self.needs = NeedsView()
        self.hint = words(role="provisional", name="What is wrong with these settings")
        self.content.addLayout(self._noise)
        self.content.addWidget(self.needs)
        self.content.addLayout(self._usual)
        self.content.addWidget(self.hint)
        self._build_more()
        self.complaint = ""
        self.scheme_fields: list[Field] = []
        self.run_fields: list[Field] = []
        self._folded: list[Field] = []
        self.set_scheme(self._scheme)

    @property
    def scheme(self) -> type[Scheme]:
        """The scheme whose form this is."""
        return self._scheme

    @property
    def fields(self) -> dict[str, Field]:
        """All fields by name."""
        return {field.spec.name: field for field in (*self.scheme_fields, *self.run_fields)}

    def set_scheme(self, scheme: type[Scheme]) -> None:
        """Make the form of another scheme; the run's own settings stay."""
        self._remember()
        self._build(scheme)

    def offer_kernels(self, fitting: Collection[type[Scheme]]) -> None:
        """Of the schemes that fit model and input, offer those of the form's group."""
        before, self._fitting = self._kin(), frozenset(fitting)
        if self._kin() != before:
            self._remember()
            self._build(self._scheme)

    def set_kernel(self, scheme: type[Scheme]) -> None:
        """The same form for another kernel: values of the fields that both have stay."""
        self._remember()
        shared = {"target", *(spec.name for spec in field_specs(scheme))}
        shared &= set(self._typed[self._scheme])
        kept = {name: self._typed[self._scheme][name] for name in shared}
        self._typed[scheme] = {**self._typed.get(scheme, {}), **kept}
        self._build(scheme)
        self.switched.emit(scheme)

    def show_scheme(self, scheme: Scheme) -> None:
        """Show a scheme and its parameters."""
        self._remember()
        fields = field_specs(type(scheme))
        self._typed[type(scheme)] = {spec.name: getattr(scheme, spec.name) for spec in fields}
        self._build(type(scheme))

    def show_settings(self, settings: Counting, execution: Execution) -> None:
        """Fill the form."""
        self.show_scheme(settings.scheme)
        values = {**execution.model_dump(), **settings.model_dump()}
        values["target"] = self._typed_target(settings.target)
        self._fill({f.spec.name: values[f.spec.name] for f in self.run_fields})

    def put(self, *, target: str = "", **numbers: int) -> None:
        """Put in what a plan or an advice came to, as far as it is given and asked for here."""
        fields = self.fields
        values: dict[str, Any] = {k: v for k, v in numbers.items() if v and k in fields}
        if target:
            values["target"] = self._typed_target(target)
        self._fill(values)

    def suit(self, given: InputIdentity) -> None:
        """Follow the input: parameters that do not fit it are replaced by those that do."""
        self._given = given
        for field in self.fields.values():
            field.speak_of(given.kind)
        self._suit()
        if not self.complaint:
            self._mark(self._remark())

    def settings(self) -> Counting:
        """The form's settings.

        Raises:
            UserError: a value is out of range, as one sentence.
        """
        scheme = checked(self._scheme, **{f.spec.name: f.value() for f in self.scheme_fields})
        rest = {f.spec.name: f.value() for f in self.run_fields}
        target = rest.get("target")
        if isinstance(target, float):
            rest["target"] = target = f"radius={target!r}" if target else ""
        if target:
            scheme.parse_at(target, name="target")
        return declared("certify", scheme, rest)

    def execution(self) -> Execution:
        """How a run of the form is carried out.

        Raises:
            UserError: a value is out of range, as one sentence.
        """
        return carried_out({f.spec.name: f.value() for f in self.run_fields})

    def _typed_target(self, target: str) -> Any:
        """A target as its field holds it: a number where the scheme knows nothing but a radius."""
        if not by_radius(self._scheme):
            return target
        return float(target.removeprefix("radius=") or 0)

    def _build(self, scheme: type[Scheme]) -> None:
        """The form of a scheme; a rarely used field that is in use is not folded away."""
        self._clear()
        if scheme is not self._scheme:
            self.needs.clear()
        self._scheme = scheme
        self._add_kernel()
        self.scheme_fields = [Field(spec) for spec in field_specs(scheme)]
        self.run_fields = [Field(spec) for spec in form_specs(scheme)]
        known = {**self._run_typed, **self._typed.get(scheme, {})}
        self._folded = []
        for name, field in self.fields.items():
            if name in known:
                field.set_value(known[name])
            field.speak_of(self._given.kind if self._given is not None else "")
            rare = field.spec.advanced and field.value() == field.spec.default
            noise = field in self.scheme_fields
            self._add(self._rare if rare else self._noise if noise else self._usual, field)
            self._folded += [field] if rare else []
        self._fold()
        self._suit()
        self._check()

    def _remember(self) -> None:
        """A target is in the terms of its scheme; the rest of a run's settings is not."""
        run = {f.spec.name: f.value() for f in self.run_fields}
        target = {"target": run.pop("target")} if "target" in run else {}
        self._typed[self._scheme] = {f.spec.name: f.value() for f in self.scheme_fields} | target
        self._run_typed |= run

    def _build_more(self) -> None:
        self.more = quiet_button("", "More settings")
        self.more.setCheckable(True)
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
        rare = [field.spec.title for field in self._folded]
        self.more.setVisible(bool(rare))
        self.more.setText("Less ▴" if shown else "More ▾")
        self.more.setToolTip(", ".join(rare))
        self.folded.setVisible(shown and bool(rare))
        if self._preferences is not None:
            self._preferences.more_settings = shown

    def _add(self, grid: QGridLayout, field: Field) -> None:
        row = grid.rowCount()
        grid.addWidget(field.label, row, 0)
        grid.addWidget(field.row, row, 1, alignment_of(field.row))
        grid.addWidget(field.below, row + 1, 0, 1, 2)
        grid.setRowMinimumHeight(row + 1, 18)
        field.on_change(self._check)

    def _kin(self) -> tuple[type[Scheme], ...]:
        return tuple(one for one in siblings(self._scheme) if one in self._fitting)

    def _add_kernel(self) -> None:
        """The choice of kernel, where more than one fits."""
        self.kernel = None
        kin = self._kin()
        if self._scheme not in kin or len(kin) < _CHOICE:
            return
        box, label = QComboBox(), QLabel("kernel")
        for scheme in kin:
            box.addItem(scheme.kernel_name, scheme)
            box.setItemData(box.count() - 1, scheme.title, Qt.ItemDataRole.ToolTipRole)
        box.setCurrentIndex(kin.index(self._scheme))
        box.setAccessibleName("kernel")
        box.setAccessibleDescription(_KERNEL)
        box.setToolTip(_KERNEL)
        label.setBuddy(box)
        box.activated.connect(lambda place: self.set_kernel(box.itemData(place)))
        self._noise.addWidget(label, 0, 0)
        self._noise.addWidget(box, 0, 1)
        self._noise.setRowMinimumHeight(1, _GAP)
        self.kernel = box

    def _clear(self) -> None:
        for grid in (self._noise, self._usual, self._rare):
            for row in range(grid.rowCount()):
                grid.setRowMinimumHeight(row, 0)  # a grid keeps the rows of what it held
            emptied(grid)

    def _suit(self) -> None:
        """Put in the values that suit the input, where the present ones do not.

        A level of noise stays as long as it fits: it may be what the model was trained with. It
        stays too where no level would fit, since another input may be on its way.
        """
        if not self._remark() or self._given is None:
            return
        suited, fields = self._scheme.suited_to(self._given), self.fields
        levels = {name: fields[name].value() for name in suited if fields[name].spec.slider}
        self._fill({name: x for name, x in suited.items() if name not in levels})
        if self._remark():
            self._fill(suited)
            if self._remark():
                self._fill(levels)

    def _fill(self, values: dict[str, Any]) -> None:
        """Show some values; they are checked together, once all are there."""
        self._filling = True
        for name, value in values.items():
            self.fields[name].set_value(value)
        self._filling = False
        self._check()

    def _remark(self) -> str:
        """Why the scheme's parameters do not fit the input; empty where they do."""
        if self._given is None or self._given.kind not in self._scheme.inputs:
            return ""
        try:
            values = {f.spec.name: f.value() for f in self.scheme_fields}
            checked(self._scheme, **values).check_input(self._given)
        except UserError as error:
            return str(error)
        return ""

    @Slot()
    def _check(self) -> None:
        if self._filling:
            return
        try:
            settings, _ = self.settings(), self.execution()
        except UserError as error:
            self._mark(str(error))
            self.complaint = str(error)
            said = in_the_window(str(error))
            say(self.hint, "" if self._marked(str(error)) else said)
            self.needs.clear()
            self.refused.emit(said)
        else:
            # parameters for another input are still good for planning and for votes of others
            self._mark(self._remark())
            self.complaint = ""
            say(self.hint, "")
            self.changed.emit(settings)

    def _mark(self, sentence: str) -> None:
        """Show a sentence at the field it is about, which its first word names."""
        for field in self.fields.values():
            wrong = bool(sentence) and field.is_named_by(sentence)
            field.complain(sentence if wrong else "")
            if wrong and field in self._folded:
                self.more.setChecked(True)

    def _marked(self, sentence: str) -> bool:
        return any(field.is_named_by(sentence) for field in self.fields.values())


def form_specs(scheme: type[Scheme]) -> list[FieldSpec]:
    """What the form asks for beside the scheme, explained in its terms."""
    return [
        _as_asked(spec, scheme)
        for spec in run_specs("certify", scheme)
        if spec.name != "noise" or scheme().noise().has_modes  # integer noise has one mode only
    ]


def by_radius(scheme: type[Scheme]) -> bool:
    """Whether a target is typed as a number: the scheme knows nothing but a radius."""
    return tuple(scheme.terms) == ("radius",)


def _as_asked(spec: FieldSpec, scheme: type[Scheme]) -> FieldSpec:
    if spec.name != "target":
        return spec
    if by_radius(scheme):
        return replace(
            spec,
            title="stop at radius",
            help="end the run once this radius is certified or hopeless; 0 runs to n",
            kind="float",
            default=0.0,
            minimum=0.0,
            maximum=1000.0,
            unit="pixels in [0,1]",
            step=0.05,
        )
    example = ",".join(f"{term}=1" for term in scheme.terms)
    return replace(spec, help=f"end the run once this is certified or hopeless, e.g. {example}")


def _grid() -> QGridLayout:
    """Label and editor side by side, what they are for below."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(1)
    grid.setColumnStretch(1, 1)
    return grid
