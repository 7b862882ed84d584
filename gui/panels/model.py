"""Which model: its name and identity, how it is read, and its answer without noise."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QMenu, QToolButton, QWidget

from engine.models.kinds import DEMO
from engine.models.request import ModelRequest
from engine.records import ModelIdentity
from gui.backend import Offer
from gui.panels.section import Section, say, well, words
from gui.session import Session
from gui.theme import set_role

HASH_DIGITS = 12
_NO_MODEL = "Choose a shipped model, or drop a file here."


class ModelPanel(Section):
    """Shows the model and asks for another, or for the same one read in another way."""

    wanted = Signal(object)
    """A :class:`ModelRequest` to open."""

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__("Model", parent=parent)
        self._session = session
        self.choose = QToolButton(text="&Choose ▾")
        set_role(self.choose, "quiet")
        self.choose.setAccessibleName("Choose a model")
        self.choose.setToolTip("Shipped models, files, folders")
        self.choose.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.choose)
        self.choose.setMenu(self.menu)
        self.header.addWidget(self.choose)
        frame, facts = well()
        self.name, self.facts, self.check = words(role="title"), words(role="small"), words()
        for label in (self.name, self.facts, self.check):
            facts.addWidget(label)
        self.content.addWidget(frame)
        self._build_reading()
        session.model_changed.connect(self.refresh)
        session.fitted_changed.connect(self.refresh)
        session.settings_changed.connect(self.refresh)
        session.activity_changed.connect(self.refresh)
        self.refresh()

    def offer(self, offer: Offer) -> None:
        """What the engine knows to choose from."""
        shipped = self.menu.addMenu("Shipped models")
        for spec, title in offer.models:
            shipped.addAction(title, self._opener(spec))
        self._fill(self.normalize, offer.normalizations)
        self._fill(self.arch, ("", *offer.architectures))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what the session holds."""
        model = self._session.model
        if self._session.worker.busy("model"):
            self.name.setText("Opening…")
        else:
            self.name.setText(model.name if model else "No model yet")
        say(self.facts, "\n".join(_facts(model)) if model else _NO_MODEL)
        say(self.check, self._check())
        self._show_reading()

    def _build_reading(self) -> None:
        self.reading = QWidget()
        form = QFormLayout(self.reading)
        form.setContentsMargins(0, 2, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.normalize, self.arch = QComboBox(), QComboBox()
        self.arch.setEditable(True)
        self.normalize.setToolTip("Layer between noise and network; a file of weights does not say")
        self.arch.setToolTip("For files that hold only weights; empty to infer it")
        for title, box in (("N&ormalisation", self.normalize), ("&Architecture", self.arch)):
            box.setAccessibleName(title.replace("&", ""))
            box.setMinimumContentsLength(8)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.activated.connect(self._reread)
            form.addRow(title, box)
        self.arch.lineEdit().setPlaceholderText("infer from the file")
        self.content.addWidget(self.reading)

    def _fill(self, box: QComboBox, entries: tuple[str, ...]) -> None:
        box.clear()
        box.addItems(list(entries))

    def _show_reading(self) -> None:
        request = self._session.request
        usable = request is not None and not self._session.running and not self._session.loading
        shipped = request is not None and request.spec.startswith(DEMO)
        self.reading.setVisible(request is not None and not shipped)
        self.reading.setEnabled(usable)
        if request is not None:
            self.normalize.setCurrentText(request.normalize)
            if not self.arch.hasFocus():
                self.arch.setCurrentText(request.arch)

    def _opener(self, spec: str) -> Callable[[], None]:
        return lambda: self.wanted.emit(ModelRequest(spec))

    @Slot()
    def _reread(self) -> None:
        request = self._session.request
        if request is None:
            return
        wanted = ModelRequest(
            request.spec,
            arch=self.arch.currentText().strip(),
            normalize=self.normalize.currentText(),
            trust=request.trust,
            class_names=request.class_names,
        )
        if wanted != request:
            self.wanted.emit(wanted)

    def _check(self) -> str:
        """The answer without noise, and whether the label agrees."""
        session = self._session
        answer, model, fitted = session.clean_answer, session.model, session.fitted
        if answer is None or model is None or fitted is None:
            set_role(self.check, "small")
            return ""
        name = model.class_names[answer] if answer >= 0 else "no class"
        label = fitted.identity.label
        if label is None:
            set_role(self.check, "small")
            return f"Without noise it answers '{name}'."
        agrees = answer == label
        set_role(self.check, "certified" if agrees else "abstained")
        known = fitted.identity.label_name or str(label)
        if agrees:
            return f"Clean check: answers '{name}', as labelled."
        return f"Clean check: answers '{name}', but the label is '{known}'."


def _facts(model: ModelIdentity) -> list[str]:
    """What identifies a model, a line each."""
    size = f"{model.parameters:,} weights · " if model.parameters else ""
    channels, height, width = model.input_shape
    sigma = model.training_sigma
    return [
        f"{model.format}, sha256 {model.sha256[:HASH_DIGITS]}…",
        f"{size}{width} × {height} {'grey' if channels == 1 else 'colour'}, "
        f"{len(model.class_names)} classes",
        f"trained with sigma {sigma:g}" if sigma is not None else "training sigma unknown",
        f"normalisation: {model.normalization} ({model.normalization_origin})",
        *model.notes,
    ]
