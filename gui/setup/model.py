"""Which model: its name and identity, how it is read, and its answer without noise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QWidget,
)

from engine.core.records import Encoding, ModelIdentity
from engine.inputs.coding import number
from engine.models.kinds import DEMO
from engine.models.native_metadata import taught_scheme
from engine.models.request import EncodingName, ModelRequest, member_parts, oracle_part
from gui.controllers.session import Session
from gui.jobs.shipped import Offer
from gui.setup.ensemble import EnsembleFields
from gui.setup.generation import Writing, WritingFields
from gui.setup.path_field import SpecEdit, back_button, show_way_back
from gui.style.theme import set_role
from gui.widgets.buttons import menu_button, quiet_button
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.flag_names import in_the_window
from gui.widgets.input_kinds import KIND_WORDS
from gui.widgets.layouts import filled
from gui.widgets.section import Section, say, well, words

if TYPE_CHECKING:
    from engine.procedures.normalizations import Comparison

HASH_DIGITS = 12
_ENCODINGS: dict[Encoding, str] = {
    "plain": "",
    "indicator": ", told which pixels are noised",
    "complement": ", told which pixels are there",
}
_NO_MODEL = "Choose a shipped model, or drop a file here."


class ModelPanel(Section):
    """Shows the model and asks for another, or for the same one read in another way.

    Attributes:
        spec: a line for any model by name; it comes back with the name of one that did not open,
            so that it can be corrected or its architecture named.
        reading: how a file is read where the file itself does not say.
    """

    wanted = Signal(object)
    """A :class:`ModelRequest` to open."""

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__("Model", parent=parent)
        self._session = session
        self._seen: ModelRequest | None = None
        self._wants_oracle: ModelRequest | None = None
        self._asker = FileAsker(self)
        self.menu = QMenu(self)
        tip = "Shipped models, or any by its name"
        self.choose = menu_button("&Choose ▾", "Choose a model", tip, self.menu)
        self.by_name = self.menu.addAction("By &name or id…")
        self.ensemble = EnsembleFields()
        self.ensemble.wanted.connect(self.wanted)
        self.menu.addMenu(self.ensemble.menu)
        self.header.addWidget(self.choose)
        self.spec = SpecEdit("Model by name", "owner/name, a file or a folder")
        self.spec.given.connect(self._open_named)
        self.spec.closed.connect(self._go_back)
        self.by_name.triggered.connect(self._ask_for_name)
        self.content.addWidget(self.spec)
        self.back = back_button(self.spec.leave)
        self.content.addWidget(self.back)
        frame, facts = well()
        self.name, self.facts, self.check = words(role="title"), words(role="small"), words()
        for label in (self.name, self.facts, self.check):
            facts.addWidget(label)
        self.content.addWidget(frame)
        self.content.addWidget(self.ensemble)
        self._build_reading()
        session.loading.offered.connect(self.offer)
        session.loading.oracle_asked.connect(self._on_oracle_asked)
        session.loading.model_changed.connect(self.refresh)
        session.loading.fitted_changed.connect(self.refresh)
        session.form.changed.connect(self.refresh)
        session.normalizations.changed.connect(self._show_comparison)
        session.worker.activity_changed.connect(self.refresh)
        session.loading.input_changed.connect(self._show_reading)
        self.refresh()

    @Slot(object)
    def offer(self, offer: Offer) -> None:
        """What the engine knows to choose from."""
        shipped = QMenu("&Shipped models", self.menu)
        self.menu.insertMenu(self.by_name, shipped)
        for spec, title in offer.models:
            shipped.addAction(title, self._opener(spec))
        self.ensemble.offer(offer.models)
        self.normalize.clear()
        for name in offer.normalizations:
            self.normalize.addItem(name, name)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what the session holds."""
        loading = self._session.loading
        model, astray = loading.model, "model" in loading.astray
        if loading.models.busy:  # nothing of the old one, which somebody could take for the new
            self.name.setText("Opening…")
            say(self.facts, "")
        else:
            name = model.name if model else "No model yet"
            self.name.setText(f"Still open: {name}" if astray and model else name)
            say(self.facts, "\n".join(_facts(model)) if model else _NO_MODEL)
        say(self.check, "" if loading.models.busy or astray else self._check())
        show_way_back(self.back, model.name if astray and model else "")
        self._follow_request()
        self._show_reading()

    def _build_reading(self) -> None:
        self.reading = QWidget()
        form = QFormLayout(self.reading)
        form.setContentsMargins(0, 2, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.normalize, self.arch, self.encoding = QComboBox(), QComboBox(), QComboBox()
        self.encoding.addItems(get_args(EncodingName))
        self.arch.setEditable(True)
        self.normalize.setEditable(True)
        self.normalize.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        own = self.normalize.lineEdit()
        assert own is not None  # it is editable
        own.returnPressed.connect(self._reread)
        self.normalize.setToolTip(
            "Layer between noise and network; a file of weights does not say. Choose one, or write "
            "mean=.5,.5,.5,std=.2,.2,.2,scale=255,channels=bgr,resize=stretch|pad|crop"
        )
        self.arch.setToolTip("For files that hold only weights; empty to infer it")
        self.encoding.setToolTip("How the model is told which pixels are noised: in channels")
        for title, box in (
            ("N&ormalisation", self.normalize),
            ("&Architecture", self.arch),
            ("Noised pi&xels", self.encoding),
        ):
            box.setAccessibleName(title.replace("&", ""))
            box.setMinimumContentsLength(8)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.activated.connect(self._reread)
            form.addRow(title, box)
        typed = self.arch.lineEdit()
        assert typed is not None  # it is editable
        typed.setPlaceholderText("infer from the file")
        form.addRow("Class na&mes", self._build_names())
        self._build_head(form)
        self.measured = words(role="small")
        self.measured.hide()
        form.addRow(self.measured)
        self.content.addWidget(self.reading)
        self.writing = WritingFields()
        self.writing.changed.connect(self._reread)
        self.content.addWidget(self.writing)

    def _build_head(self, form: QFormLayout) -> None:
        self.output, self.threshold = QLineEdit(), QLineEdit()
        self.output.setPlaceholderText("the only one")
        self.threshold.setPlaceholderText("the highest score wins")
        for title, field, tip in (
            ("Out&put", self.output, "Which of several outputs is read, or which label"),
            (
                "&Threshold",
                self.threshold,
                "Above it a label holds: 0 for a logit",
            ),
        ):
            field.setAccessibleName(title.replace("&", ""))
            field.setToolTip(tip)
            field.returnPressed.connect(self._reread)
            form.addRow(title, field)

    def _build_names(self) -> QWidget:
        row = QWidget()
        self.names = QLineEdit()
        self.names.setPlaceholderText("those of the model")
        self.names.setAccessibleName("File of class names")
        self.names.setToolTip("A text file with one class name per line")
        self.names.returnPressed.connect(self._reread)
        name = "Choose a file of class names"
        find = quiet_button("…", name, name)
        find.clicked.connect(self._ask_for_names)
        filled(QHBoxLayout(row), (self.names, 1), find)
        row.setFocusProxy(self.names)
        return row

    def _follow_request(self) -> None:
        """After an attempt: show how the model was read, or let a failed one be corrected."""
        asked = self._session.loading.asked
        if self._session.loading.models.busy or asked is self._seen:
            return
        self._seen = asked
        if asked is not None and asked is not self._session.loading.request:
            self.spec.ask(asked.spec)
        else:
            self.spec.leave()
        self._show_request(asked)

    def _show_request(self, request: ModelRequest | None) -> None:
        if request is not None:
            self.normalize.setCurrentIndex(self.normalize.findData(request.normalize))
            if self.normalize.currentIndex() < 0:
                self.normalize.setEditText(request.normalize)
            self.arch.setCurrentText(request.arch)
            self.encoding.setCurrentText(request.encoding)
            self.names.setText(str(request.class_names or ""))
            self.output.setText(request.output)
            self.threshold.setText("" if request.threshold is None else repr(request.threshold))
            self.writing.show_request(request)
            self._show_comparison()
        self.ensemble.show_request(self._session.loading.request)

    @Slot()
    def _go_back(self) -> None:
        self._session.loading.go_back("model")
        self._show_reading()

    @Slot()
    def _show_reading(self) -> None:
        session, loading = self._session, self._session.loading
        request = loading.request
        read = request is not None and not request.spec.startswith(DEMO)
        shown = read or not self.spec.isHidden()
        appears = shown and self.reading.isHidden()
        self.reading.setVisible(shown)
        if appears and not self.arch.count():
            session.loading.find_architectures(self._offer_architectures)
        free = not session.runs.running and not session.loading.busy
        self.reading.setEnabled(free)
        self.ensemble.setEnabled(free)
        self.ensemble.menu.setEnabled(free and request is not None)
        self._show_writing()

    def _show_writing(self) -> None:
        """Oracle and prompt, for a generative model or that waits for an oracle."""
        session, loading = self._session, self._session.loading
        asked, typing = self._wants_oracle, not self.spec.isHidden()
        waits = asked is not None and typing and self.spec.spec() == asked.spec
        own = loading.request is not None and not loading.request.spec.startswith(DEMO)
        writes = own and loading.model is not None and loading.model.generation is not None
        self.writing.setVisible(waits or (writes and not typing))
        self.writing.setEnabled(not session.runs.running and not loading.busy)

    @Slot(object)
    def _on_oracle_asked(self, request: ModelRequest) -> None:
        self._wants_oracle = request
        self.refresh()

    @Slot()
    def _ask_for_name(self) -> None:
        self.spec.ask()
        self._show_reading()

    @Slot(str)
    def _open_named(self, spec: str) -> None:
        self.wanted.emit(self._request(spec))

    def _ask_for_names(self) -> None:
        filters = "Class names, one per line (*.txt *.names *.csv);;All files (*)"
        self._asker.open_file("Class names", filters, self._take_names)

    def _take_names(self, path: Path) -> None:
        self.names.setText(str(path))
        self._reread()

    def _offer_architectures(self, names: tuple[str, ...]) -> None:
        typed = self.arch.currentText()
        self.arch.clear()
        self.arch.addItems(["", *names])
        self.arch.setCurrentText(typed)

    @Slot()
    def _show_comparison(self) -> None:
        """Right without noise behind each normalisation, once that is known."""
        comparison, model = self._session.normalizations.comparison, self._session.loading.model
        self._label_normalizations(comparison)
        self.measured.setVisible(comparison is not None)
        if comparison is None or model is None:
            return
        odd = comparison.odd(model)
        set_role(self.measured, "abstained" if odd else "small")
        say(
            self.measured,
            f"Right without noise, of {comparison.images} labelled images: {comparison.listed}. "
            + (in_the_window(odd) or "Choose the normalisation above."),
        )

    def _label_normalizations(self, comparison: Comparison | None) -> None:
        for place in range(self.normalize.count()):
            name = str(self.normalize.itemData(place))
            right = comparison.right(name) if comparison is not None else None
            if comparison is not None and right is not None:
                name = f"{name}: {right} of {comparison.images}"
            self.normalize.setItemText(place, name)

    def _opener(self, spec: str) -> Callable[[], None]:
        return lambda: self.wanted.emit(ModelRequest(spec))

    @Slot()
    def _reread(self) -> None:
        request = self._session.loading.request
        spec = request.spec if request and self.spec.isHidden() else self.spec.spec()
        wanted = self._request(spec)
        if spec and wanted != request:
            self.wanted.emit(wanted)

    def _request(self, spec: str) -> ModelRequest:
        """``spec``, read as the form says."""
        known, names = self._session.loading.request, self.names.text().strip()
        same = spec in {one.spec for one in (known, self._wants_oracle) if one is not None}
        whole = known if known is not None and known.spec == spec else ModelRequest(spec)
        written = self.writing.given() if same else Writing()
        return ModelRequest(
            spec,
            arch=self.arch.currentText().strip(),
            normalize=self._normalization(),
            encoding=self.encoding.currentText(),
            trust=known is not None and known.spec == spec and known.trust,
            class_names=Path(names) if names else None,
            parts=(*oracle_part(written.oracle), *member_parts(whole.members[1:])),
            combine=whole.combine,
            consensus=whole.consensus,
            prompt=written.prompt,
            max_new_tokens=written.max_new_tokens,
            output=self.output.text().strip(),
            threshold=number(self.threshold.text()),
        )

    def _normalization(self) -> str:
        """The one that is chosen, or what is written instead."""
        written, place = self.normalize.currentText().strip(), self.normalize.currentIndex()
        if written and written != self.normalize.itemText(place):
            return written
        return str(self.normalize.currentData() or "auto")

    def _check(self) -> str:
        """The answer without noise, and whether the label agrees."""
        loading = self._session.loading
        answer, model, fitted = loading.clean_answer, loading.model, loading.fitted
        set_role(self.check, "small")
        if answer is None or model is None or fitted is None:
            return ""
        name = model.class_names[answer] if answer >= 0 else "no class"
        label = fitted.identity.label
        if label is None:
            return f"Without noise it predicts '{name}'."
        agrees = answer == label
        set_role(self.check, "certified" if agrees else "abstained")
        known = fitted.identity.label_name or str(label)
        if agrees:
            return f"Clean check: predicts '{name}', as labelled."
        return f"Clean check: predicts '{name}', but the label is '{known}'."


def _takes(model: ModelIdentity) -> str:
    if model.kind == "graph":
        told = ", told which are noised" if model.encoding == "indicator" else ""
        return f"nodes with {model.input_shape[-1] - bool(told)} features{told}"
    if model.kind != "image":
        return KIND_WORDS[model.kind].many
    channels, height, width = model.image_shape
    return f"{width} × {height} {'grey' if channels == 1 else 'colour'}{_ENCODINGS[model.encoding]}"


def _facts(model: ModelIdentity) -> list[str]:
    """What identifies a model, a line each."""
    size = f"{model.parameters:,} weights · " if model.parameters else ""
    taught = taught_scheme(model)
    trained = f"trained with {taught.noise_in_words()}" if taught else "training noise unknown"
    lines = [
        f"{model.format}, sha256 {model.sha256[:HASH_DIGITS]}…",
        f"{size}{_takes(model)}, {len(model.class_names)} classes",
        trained,
    ]
    if model.kind == "image":
        lines.append(f"normalisation: {model.normalization} ({model.normalization_told})")
    return [*lines, *map(in_the_window, model.notes)]
