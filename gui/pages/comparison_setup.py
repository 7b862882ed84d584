"""What a comparison is made of: who takes part, on which inputs, with how many votes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.evidence.settings import CertifySettings, Execution
from engine.regions import Norm
from gui.controllers.session import Session
from gui.jobs.comparison_jobs import CompareWish
from gui.pages.candidates import WhoPanel
from gui.widgets.counts import count_box, indented
from gui.widgets.layouts import filled, labelled
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import Section, say, words

WIDTH = 300
_DIGITS = "digits"
_N, _LIMIT, _MOST_INPUTS = 2_000, 20, 100_000


PUBLISHED = {
    "l1": "Published order (Yang et al., ICML 2020, CIFAR-10 and ImageNet): uniform noise "
    "certifies more than Laplace noise at every l1 radius from 0.5 to 4, each of a model that was "
    "trained with it.",
}
"""What is known of the order of noises of one deviation, by norm."""
_NOISES = ("uniform", "laplace", "exp-inf", "gaussian")


class _Chance(QDoubleSpinBox):
    """Shows no zeros at the end."""

    def textFromValue(self, value: float) -> str:
        """Shortest form."""
        return f"{value:g}"


class SetupColumn(QWidget):
    """A column of three parts.

    Signals:
        ask_model, ask_folder: a file or a folder is wanted.
        misfit: why the open model cannot take part, or that it does already; else empty.
        changed: another comparison is described.
        limited: the attacker is limited in another norm.
        ranked: noises of one deviation take part, whatever pixels change.
    """

    ask_model = Signal()
    ask_folder = Signal()
    misfit = Signal(str)
    changed = Signal()
    limited = Signal(str)
    ranked = Signal()

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.who = WhoPanel()
        self.choice = QComboBox()
        self.choice.addItems(["The current input", "A set"])
        self.choice.setAccessibleName("Compare on")
        self.set_spec = QLineEdit(_DIGITS)
        self.folder = QPushButton("&Folder…")
        self.limit = count_box("Inputs of the set, at most", _LIMIT, most=_MOST_INPUTS)
        self.n0 = count_box("n0, votes that choose the class", 100)
        self.n = count_box("n, votes that bound its probability", _N)
        self.alpha = indented(_Chance(decimals=6, minimum=1e-6, maximum=0.5, singleStep=0.001))
        self.alpha.setValue(0.001)
        self.alpha.setAccessibleName("alpha, chance that one statement is wrong")
        self.name_of_current = words(role="small")
        self.norm = QComboBox()
        self.norm.addItems(["l2", "l1", "linf"])
        self.norm.setAccessibleName("Norm that limits the attacker")
        self.sigma = indented(QDoubleSpinBox(decimals=3, minimum=0.01, maximum=10, singleStep=0.05))
        self.sigma.setValue(0.25)
        self.sigma.setAccessibleName("Standard deviation of the noises")
        self.noises = QPushButton("Add &noises")
        self.noises.setToolTip(
            "Uniform, Laplace, exp-inf and Gaussian noise of this standard deviation, under the "
            "model of the main form, each certified in this norm"
        )
        self.order = words(role="small")
        self._lay_out()
        self._connect()
        self._follow()

    @property
    def is_set(self) -> bool:
        """Whether a set is chosen, not the current input."""
        return self.choice.currentIndex() == 1

    def choose_set(self, spec: str) -> None:
        """Compare on a set."""
        self.set_spec.setText(spec)
        self.choice.setCurrentIndex(1)

    def wish(self) -> CompareWish:
        """The comparison that is described.

        Raises:
            UserError: nobody takes part, or there is no input.
        """
        session, candidates = self._session, self.who.chosen
        if not candidates:
            raise UserError("Choose at least one model to compare.")
        spec = self._spec()
        form = session.form.settings
        settings = checked(
            CertifySettings,
            bound=self._bound(),
            noise=form.noise,
            seed=form.seed,
            precision=form.precision,
            n0=self.n0.value(),
            n=self.n.value(),
            alpha=self.alpha.value(),
        )
        most = self.limit.value() if self.is_set else 1
        execution = Execution(device=session.form.execution.device)
        return CompareWish(candidates, spec, most, settings, execution, self._norm())

    @Slot()
    def add_noises(self) -> None:
        """Let noises of one deviation take part, and nobody else."""
        from engine.comparison.demo_models import at_one_deviation

        model, request = self._session.loading.model, self._session.loading.request
        if model is None or request is None or model.kind != "image":
            say(self.order, "Open a model of images first, whose noise is replaced.")
            return
        found = at_one_deviation([(request, model)], _NOISES, self.sigma.value(), self._norm())
        self.who.leave()
        self.who.offer(found)
        for one, box in zip(self.who.known, self.who.boxes, strict=True):
            box.setChecked(one in found)
        self.ranked.emit()

    @Slot()
    def add_open(self) -> None:
        """Let the open model take part as the main form has it: members, denoiser and noise."""
        from engine.comparison.demo_models import smoothed

        model, request = self._session.loading.model, self._session.loading.request
        if model is None or request is None:
            self.misfit.emit("Open a model of images first.")
            return
        try:
            found = smoothed((request, model), self._session.form.settings.scheme)
        except UserError as error:
            self.misfit.emit(str(error))
            return
        self.misfit.emit(self.who.admit(found))

    def _norm(self) -> Norm:
        norm: Norm = self.norm.currentText()  # type: ignore[assignment]
        return norm

    @Slot()
    def _limited(self) -> None:
        say(self.order, PUBLISHED.get(self._norm(), ""))
        self.limited.emit(self._norm())
        self.changed.emit()

    @Slot(Path)
    def put_folder(self, path: Path) -> None:
        """Compare on the images of a folder."""
        self.choose_set(str(path))

    def _spec(self) -> str:
        given, text = self._session.loading.given, self.set_spec.text().strip()
        if not self.is_set and given is None:
            raise UserError("There is no current input: open one, or choose a set.")
        if self.is_set and not text:
            raise UserError("Name the set, e.g. digits, or choose a folder of images.")
        return text if self.is_set or given is None else given.source

    def _bound(self) -> str:
        """The form's bound, unless its own scheme needs none."""
        form = self._session.form.settings
        return form.bound if isinstance(form, CertifySettings) else "anytime"

    def _lay_out(self) -> None:
        inputs, votes = Section("On what"), Section("Votes of each run")
        norms = Section("Noises of one deviation")
        row = QGridLayout()
        for place, (title, widget) in enumerate(
            (("attacker's norm", self.norm), ("deviation", self.sigma))
        ):
            row.addWidget(labelled(title, widget), place, 0)
            row.addWidget(widget, place, 1)
        row.setColumnStretch(1, 1)
        norms.content.addLayout(row)
        filled(norms.content, self.noises, self.order)
        say(self.order, "")
        named = filled(QHBoxLayout(), (self.set_spec, 1), self.folder)
        how_many = labelled("inputs, at most", self.limit)
        most = filled(QHBoxLayout(), how_many, (self.limit, 1))
        filled(inputs.content, self.choice, self.name_of_current, named, most)
        grid = QGridLayout()
        for place, (title, editor) in enumerate(
            (("n0", self.n0), ("n", self.n), ("alpha", self.alpha))
        ):
            grid.addWidget(labelled(title, editor), place, 0)
            grid.addWidget(editor, place, 1)
        grid.setColumnStretch(1, 1)
        votes.content.addLayout(grid)
        self.bound_note = words(role="small")
        votes.content.addWidget(self.bound_note)
        scroll = ScrollColumn("The comparison", spacing=14)
        for part in (self.who, norms, inputs, votes):
            scroll.column.addWidget(part)
        scroll.column.addStretch(1)
        filled(QVBoxLayout(self), scroll)
        self.set_spec.setAccessibleName("The set: digits, a folder, or a data set")
        self.folder.setAccessibleName("Choose a folder of images")

    def _connect(self) -> None:
        session = self._session
        self.who.ask.connect(self.ask_model)
        self.who.ask_open.connect(self.add_open)
        self.who.changed.connect(self.changed)
        self.folder.clicked.connect(self.ask_folder)
        self.noises.clicked.connect(self.add_noises)
        self.norm.currentIndexChanged.connect(self._limited)
        self.choice.currentIndexChanged.connect(self._follow)
        self.set_spec.textChanged.connect(self.changed)
        for editor in (self.limit, self.n0, self.n, self.alpha):
            editor.valueChanged.connect(self.changed)
        session.loading.input_changed.connect(self._follow)
        session.form.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        given = self._session.loading.given
        current = given.name if given is not None else "none is open"
        say(self.name_of_current, "" if self.is_set else current)
        for widget in (self.set_spec, self.folder, self.limit):
            widget.setEnabled(self.is_set)
        say(self.bound_note, f"{self._bound()} bound, as in the main form; alpha per statement")
        self.changed.emit()
