"""Several models as one: which they are, and how they answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from engine.models.request import ModelRequest
from gui.widgets.buttons import quiet_button
from gui.widgets.elided import ElidedLabel
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.layouts import emptied, filled

RULES = (
    ("logits", "Scores summed"),
    ("softmax", "Probabilities averaged"),
    ("votes", "One vote each"),
)
_ALL = "All members, always"


class EnsembleFields(QWidget):
    """The members of an ensemble, a line each, and how they become one answer.

    Attributes:
        menu: adds a member to the model at hand.

    Signals:
        wanted: a :class:`ModelRequest` with other members or another rule.
    """

    wanted = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request: ModelRequest | None = None
        self._asker = FileAsker(self)
        self.menu = QMenu("&Add to an ensemble")
        self._file = self.menu.addAction("A &file…")
        self._file.triggered.connect(self._ask_for_file)
        self._lines = QVBoxLayout()
        self.combine, self.consensus = QComboBox(), QComboBox()
        for name, words in RULES:
            self.combine.addItem(words, name)
        for box, name, tip in (
            (self.combine, "How the members answer", "How their scores become one answer"),
            (
                self.consensus,
                "Whom is asked",
                "The first members decide alone where they agree: another classifier, and quicker",
            ),
        ):
            box.setAccessibleName(name)
            box.setToolTip(tip)
            box.activated.connect(self._ask_again)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Ans&wer", self.combine)
        form.addRow("As&ked", self.consensus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self._lines)
        whole.addLayout(form)
        self.hide()

    def offer(self, models: Sequence[tuple[str, str]]) -> None:
        """Shipped models that may be members, by name and title."""
        for spec, title in models:
            action = QAction(title, self.menu)
            action.triggered.connect(self._adder(spec))
            self.menu.insertAction(self._file, action)

    def show_request(self, request: ModelRequest | None) -> None:
        """Show the members of what is open; nothing for a single model."""
        self._request = request
        members = request.members if request is not None else ()
        emptied(self._lines)
        for place, spec in enumerate(members):
            self._lines.addWidget(self._line(place, spec))
        self.consensus.clear()
        self.consensus.addItem(_ALL, 0)
        for first in range(2, len(members) + 1):
            self.consensus.addItem(f"The first {first}, others where these differ", first)
        if request is not None and members:
            self.combine.setCurrentIndex(self.combine.findData(request.combine))
            self.consensus.setCurrentIndex(self.consensus.findData(request.consensus))
        self.setVisible(bool(members))

    def add(self, spec: str) -> None:
        """Ask for the model at hand with one member more."""
        if self._request is not None:
            self._want((*(self._request.members or (self._request.spec,)), spec))

    def remove(self, place: int) -> None:
        """Ask for it without a member; of two the other is left as a single model."""
        if self._request is not None:
            members = self._request.members
            self._want((*members[:place], *members[place + 1 :]))

    def _line(self, place: int, spec: str) -> QWidget:
        line, name = QWidget(), ElidedLabel(f"{place + 1}. {spec}")
        drop = quiet_button("✕", f"Remove member {place + 1}", "Take this member out")
        drop.clicked.connect(partial(self.remove, place))
        filled(QHBoxLayout(line), (name, 1), drop)
        return line

    def _adder(self, spec: str) -> Callable[[], None]:
        return lambda: self.add(spec)

    def _want(self, members: Sequence[str]) -> None:
        request = self._request
        if request is None:
            return
        first, *more = members
        several = bool(more)
        self.wanted.emit(
            replace(
                request,
                spec=first,
                others=tuple(more),
                combine=request.combine if several else "logits",
                consensus=request.consensus if request.consensus <= len(members) * several else 0,
            )
        )

    @Slot()
    def _ask_again(self) -> None:
        request = self._request
        if request is None:
            return
        rule = {"combine": self.combine.currentData(), "consensus": self.consensus.currentData()}
        wanted = replace(request, **rule)
        if wanted != request:
            self.wanted.emit(wanted)

    @Slot()
    def _ask_for_file(self) -> None:
        models = "Models (*.safetensors *.onnx *.pt *.pth *.pt2);;All files (*)"
        self._asker.open_file("Add a member", models, self._take_file)

    def _take_file(self, path: Path) -> None:
        self.add(str(path))
