"""Which model: its name and identity, how it is read, and its answer without noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from engine.core.nouns import of_kind
from engine.core.records import Encoding, ModelIdentity
from engine.encrypted.address import PREFIX
from engine.models.demo import denoisers
from engine.models.kinds import DEMO
from engine.models.native_metadata import taught_scheme
from engine.models.request import ModelRequest
from gui.controllers.session import Session
from gui.jobs.shipped import Offer
from gui.setup.ensemble import EnsembleFields
from gui.setup.path_field import SpecEdit, back_button, show_way_back
from gui.setup.request_form import RequestForm
from gui.style.theme import set_role
from gui.widgets.buttons import menu_button
from gui.widgets.flag_names import in_the_window
from gui.widgets.input_kinds import KIND_WORDS
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
        self.reading, self.writing = RequestForm(("file", "output")), RequestForm(("writing",))
        normalize, arch = (self.reading.editors[name] for name in ("normalize", "arch"))
        assert isinstance(normalize, QComboBox) and isinstance(arch, QComboBox)  # they are offered
        self.normalize, self.arch = normalize, arch
        self.measured = words(role="small")
        self.measured.hide()
        self.reading.form.addRow(self.measured)
        self.front = RequestForm(("front",))
        self.front.offer("denoiser", denoisers())
        for form in (self.front, self.reading, self.writing):
            form.changed.connect(self._reread)
            self.content.addWidget(form)

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
            self.front.show_request(request)
            self.reading.show_request(request)
            self.writing.show_request(request)
            self._show_comparison()
        self.ensemble.show_request(self._session.loading.request)

    def choose_oracle(self) -> None:
        """Ask for the file that turns a generative model's answers into classes."""
        self.writing.choose("oracle")

    @Slot()
    def _go_back(self) -> None:
        self._session.loading.go_back("model")
        self._show_reading()

    @Slot()
    def _show_reading(self) -> None:
        session, loading = self._session, self._session.loading
        request = loading.request
        # how a server's model is read, the server has settled
        read = request is not None and not request.spec.startswith((DEMO, PREFIX))
        shown = read or not self.spec.isHidden()
        appears = shown and self.reading.isHidden()
        self.reading.setVisible(shown)
        if appears and not self.arch.count():
            session.loading.find_architectures(self._offer_architectures)
        free = not session.runs.running and not session.loading.busy
        for form in (self.front, self.reading):
            form.setEnabled(free)
        self.front.setVisible(_takes_denoiser(loading.model) and self.spec.isHidden())
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
        known = self._session.loading.request
        same = spec in {one.spec for one in (known, self._wants_oracle) if one is not None}
        whole = known if known is not None and known.spec == spec else ModelRequest(spec)
        asked = self._session.loading.asked
        if asked is not None and asked.spec == spec and asked.consented:
            # somebody consented to this file, whether or not it opened: it is not asked again
            whole = replace(whole, trust=asked.trust, consented=asked.consented)
        own = {**self.front.values(), **self.writing.values()} if same else {}
        return replace(whole, **self.reading.values(), **own)

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


def _takes_denoiser(model: ModelIdentity | None) -> bool:
    """Whether a denoiser may stand before the model."""
    plain = model is not None and model.kind == "image" and model.encoding == "plain"
    if model is None or model.source.startswith(PREFIX):
        return False
    return plain and model.generation is None and model.outputs is None


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
    from engine.schemes.stumps import for_kind  # the window is painted without it

    size = f"{model.parameters:,} weights · " if model.parameters else ""
    taught = taught_scheme(model)
    taught = for_kind(taught, model.kind) if taught else None
    noise = of_kind(taught.noise_in_words(), model.kind) if taught else ""
    trained = f"trained with {noise}" if noise else "training noise unknown"
    lines = [
        f"{model.format}, sha256 {model.sha256[:HASH_DIGITS]}…",
        f"{size}{_takes(model)}, {len(model.class_names)} classes",
        trained,
    ]
    if model.kind == "image":
        lines.append(f"normalisation: {model.normalization} ({model.normalization_told})")
    return [*lines, *map(in_the_window, model.notes)]
