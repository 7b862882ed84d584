"""Which input: how it looks to the model, its label, and what was done to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QMenu, QWidget

from engine.core.nouns import as_read
from engine.core.records import InputKind
from gui.controllers.session import Session
from gui.setup.image_input import ImageInput
from gui.setup.input_view import InputView
from gui.setup.labels import LabelChoice
from gui.setup.node_input import NodeInput
from gui.setup.path_field import SpecEdit, back_button, show_way_back
from gui.setup.row_input import RowInputView
from gui.setup.text_input import PairInputView, TextInputView
from gui.widgets.buttons import action_button, menu_button
from gui.widgets.flag_names import in_the_window
from gui.widgets.layouts import alignment_of
from gui.widgets.section import Section, say, well, words

DATA_SET, DOWNLOAD = "torchvision:", "?download"
"""How the engine is told of a data set, and that it may be fetched (engine.inputs.datasets)."""

_EXAMPLES = "path, digits:17, karate:12, text:the words"
_NOTHING = "Drop an image, a folder, a graph, a text or a table here."
VIEWS: dict[InputKind, type[InputView]] = {
    "image": ImageInput,
    "graph": NodeInput,
    "text": TextInputView,
    "pair": PairInputView,
    "table": RowInputView,
}
"""A view for every kind of input that can be opened."""
_TYPED = ("text", "pair")
"""Kinds that are typed into their view: it is shown to a model that waits for such an input."""


class Views(dict[InputKind, InputView]):
    """A view by the kind of its inputs, each made when it is first asked for."""

    def __init__(self, make: Callable[[InputKind], InputView]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, kind: InputKind) -> InputView:
        """Make one."""
        return self.setdefault(kind, self._make(kind))


class InputPanel(Section):
    """Shows the input as its kind is best shown; the buttons are the window's commands.

    Attributes:
        spec: a line for any input by name.
        views: by kind; ``none`` says what can be opened while there is no input.
    """

    wanted = Signal(str)
    """A spec to open."""

    def __init__(
        self, session: Session, actions: dict[str, QAction], *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Input", parent=parent)
        self._session = session
        self._astray = ""
        self.buttons = {
            name: action_button(actions[name], sign, title)
            for name, sign, title in (
                ("previous", "‹", "Previous input"),
                ("next", "›", "Next input"),
                ("gallery", "Ga&llery", "Gallery of examples"),
            )
        }
        for button in self.buttons.values():
            self.header.addWidget(button)
        self.labels = LabelChoice(session.loading)
        self._build_naming()
        self._build_open(actions)
        frame, self._column = well()
        self.none = words(role="small")
        self.views = Views(self._make_view)
        self.adaptation = words(role="small")
        for widget in (self.none, self.adaptation, self.labels):
            self._column.addWidget(widget)
        self.content.addWidget(frame)
        session.loading.input_changed.connect(self.refresh)
        session.loading.model_changed.connect(self.refresh)
        session.loading.fitted_changed.connect(self.refresh)
        session.worker.activity_changed.connect(self.refresh)
        for changed in (session.runs.snapshot_changed, session.runs.evidence_changed):
            changed.connect(self._show_chosen)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what the session holds."""
        loading = self._session.loading
        given, fitted = loading.given, loading.fitted
        astray = loading.astray.get("input", "")
        if astray and not loading.inputs.busy and astray != self._astray:
            self.spec.ask(astray)
        self._astray = "" if loading.inputs.busy else astray
        show_way_back(self.back, given.name if astray and given is not None else "")
        for name in ("previous", "next"):
            self.buttons[name].setVisible(len(self._session.loading.specs) > 1)
        kind = None if loading.inputs.busy and not self._typing() else self._kind()
        self._show_only(kind)
        if kind:
            self.views[kind].refresh()
        self.labels.refresh()
        stays = "Still open:" if astray and given is not None and kind not in _TYPED else ""
        say(self.none, "Opening…" if loading.inputs.busy else stays if kind else _NOTHING)
        if given is None or loading.inputs.busy:
            say(self.adaptation, "")
            return
        identity = fitted.identity if fitted is not None else None
        remarks = [as_read(identity.adaptation), *identity.notes] if identity else [*given.notes]
        if kind in _TYPED:  # its view shows the text
            from engine.inputs.fitting import SAID  # not for the start of a window

            remarks = [remark for remark in remarks if not remark.startswith(SAID)]
        say(self.adaptation, "\n".join(in_the_window(remark) for remark in remarks if remark))

    @Slot()
    def _show_chosen(self) -> None:
        for view in self.views.values():
            view.show_chosen(self._chosen())

    def _chosen(self) -> int | None:
        """The class that the shown run has chosen."""
        run = self._session.runs.evidence or self._session.runs.snapshot
        return None if run is None else run.top

    def _typing(self) -> bool:
        """Whether the input is typed into its view, which stays while it is read."""
        model = self._session.loading.model
        return model is not None and model.kind in _TYPED

    def _kind(self) -> InputKind | None:
        """Which view is shown: that of the input, or of what the model waits to be typed."""
        given, model = self._session.loading.given, self._session.loading.model
        if (
            model is not None
            and model.kind in _TYPED
            and (given is None or given.kind != model.kind)
        ):
            return model.kind
        return given.kind if given is not None else None

    def _make_view(self, kind: InputKind) -> InputView:
        """A view stands above what was done to its input; a run may have chosen a class already."""
        view = VIEWS[kind](self._session.loading)
        view.wanted.connect(self.wanted)
        self._column.insertWidget(self._column.indexOf(self.adaptation), view)
        view.hide()
        view.show_chosen(self._chosen())
        return view

    def _show_only(self, kind: InputKind | None) -> None:
        for of, view in self.views.items():
            view.setVisible(of == kind)
        if kind is not None:
            self.views[kind].show()

    def _build_naming(self) -> None:
        self.spec = SpecEdit("Input by name", "path, digits:17, karate:12, text:the words")
        self.spec.given.connect(self._open_named)
        self.spec.textChanged.connect(self._offer_download)
        self.spec.closed.connect(self._offer_download)
        self.spec.closed.connect(lambda: self._session.loading.go_back("input"))
        self._session.loading.input_changed.connect(self.spec.leave)
        self.download = QCheckBox("&Download if it is not there")
        self.download.hide()
        self.back = back_button(self.spec.leave)
        for widget in (self.spec, self.back, self.download):
            self.content.addWidget(widget, 0, alignment_of(widget))

    def _build_open(self, actions: dict[str, QAction]) -> None:
        menu = QMenu(self)
        tip = "An image, a folder, a graph, or any by its name"
        self.open = menu_button("Op&en ▾", "Open an input", tip, menu)
        for name in ("open-input", "open-folder", "paste"):
            menu.addAction(actions[name])
        menu.addMenu(self.labels.menu)
        self.by_name = menu.addAction("By &name…")
        self.by_name.triggered.connect(self._ask_for_name)
        self.header.addWidget(self.open)

    @Slot()
    def _ask_for_name(self) -> None:
        given = self._session.loading.given
        self.spec.ask(given.source if given is not None else "")
        self._offer_download()

    @Slot()
    def _offer_download(self) -> None:
        asked = not self.spec.isHidden()
        self.download.setVisible(asked and self.spec.spec().startswith(DATA_SET))

    @Slot(str)
    def _open_named(self, spec: str) -> None:
        from engine.inputs.labels import split_rule, with_rule

        if self.download.isChecked() and not self.download.isHidden():
            plain, rule = split_rule(spec)  # what is said about labels stands last
            spec = with_rule(plain.removesuffix(DOWNLOAD) + DOWNLOAD, rule)
        self.wanted.emit(spec)
