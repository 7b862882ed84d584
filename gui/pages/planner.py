"""What would it take: from a few votes to the n that a claim needs, before they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QWidget,
)

from engine.core.nouns import of_kind
from engine.core.records import Votes
from engine.evidence.settings import CertifySettings, SweepSettings
from engine.evidence.statement import nothing_to_plan
from gui.controllers.session import Session
from gui.jobs import plan_tables as planning
from gui.jobs.document_jobs import planned, planned_range
from gui.jobs.worker import Failure, Lane
from gui.plots.curves import CurvePlot
from gui.setup.perturbation_editor import TargetEditor
from gui.style.theme import set_role
from gui.widgets.alone import Alone
from gui.widgets.counts import count_box, indented
from gui.widgets.facts import FactsTable
from gui.widgets.flag_names import in_the_window
from gui.widgets.layouts import filled, labelled
from gui.widgets.page import Page
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say, words

if TYPE_CHECKING:
    from engine.planning import Pilot, PlanResult
    from engine.planning.sweep_plan import SweepPlan

_PAUSE_MS = 250
"""A plan is made when typing has paused for this long."""


class PlannerPage(Page):
    """A pilot, what is to be certified, a chance of success; the form beside it says the rest.

    Signals:
        wanted: n and target to put into the form; 0 or an empty text leaves one as it is.
    """

    beside_statement = False

    wanted = Signal(int, str)

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__("What would it take?", parent=parent)
        self._session, self._plans = session, Lane(session.worker)
        self._pilots = Lane(session.worker)
        self.plan: PlanResult | None = None
        self._runner_up: dict[tuple[int, int], float] = {}
        self.k = count_box("Votes for the class", 97, least=0)
        self.n0 = count_box("Pilot votes", 100)
        self.target = TargetEditor()
        self.power = _number("Chance of success", 0.9, 0.01, 0.999, 0.05)
        self.from_run = QPushButton("&From the shown run")
        self.draw_pilot = QPushButton("&Draw a pilot")
        self.draw_pilot.setToolTip("Draw n0 votes now; they bound nothing, and are no try")
        self.complaint = words(role="abstained")
        self.facts, self.notes = FactsTable(), words(role="small")
        self.chart = CurvePlot("Expected radius over n")
        self.use_n, self.use_target = QPushButton("Put &n into the form"), QPushButton("")
        set_role(self.use_n, "primary")
        self._lay_out()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        for editor in (self.k, self.n0, self.power):
            editor.valueChanged.connect(self._pause.start)
        self.target.changed.connect(self._pause.start)
        self.from_run.clicked.connect(self.take_run)
        self.draw_pilot.clicked.connect(self._draw_pilot)
        session.worker.activity_changed.connect(self._follow_run)
        self.use_n.clicked.connect(self._want_n)
        self.use_target.clicked.connect(self._want_target)
        self.chart.notice.connect(self.notice)
        self.chart.enlarged.connect(Alone(self.chart).toggle)
        session.form.changed.connect(self._settings_changed)
        session.runs.evidence_changed.connect(self._follow_run)
        self.chart.wait("The curve appears with the first plan.")
        self._show_buttons(None)
        self._follow_run()

    def showEvent(self, event: QShowEvent) -> None:
        """Plan at once."""
        super().showEvent(event)
        self._follow_scheme()
        self._pause.start(0)

    @Slot()
    def take_run(self) -> None:
        """The selection votes of the shown run as the pilot: they bound nothing in it."""
        evidence = self._session.runs.evidence
        if evidence is not None and not self._no_pilot():
            votes = evidence.votes
            self._take_votes(Votes(counts=votes.selection, failures=votes.selection_failures))

    def _no_pilot(self) -> str:
        """Why the shown run is no pilot of what is planned, as a sentence; empty if it is."""
        evidence = self._session.runs.evidence
        if evidence is None or evidence.votes.guess is None:
            return "No run is shown that has chosen a class"
        theirs, ours = evidence.settings.scheme, self._session.form.settings.scheme
        if type(theirs) is not type(ours) or theirs not in (ours, ours.for_input(evidence.input)):
            return "The votes of the shown run are of another noise than the form's"
        return ""

    @Slot()
    def _draw_pilot(self) -> None:
        """A few votes of the model and input that are open."""
        session, settings = self._session, self._session.form.settings
        subject, execution = session.loading.subject, session.form.execution
        if subject is not None and isinstance(settings, CertifySettings | SweepSettings):
            self._pilots.submit(
                lambda stop: session.engine.pilot(subject, settings, execution, stop),
                "drawing a pilot",
                on_done=self._take_votes,
                on_failed=self._fail,
                urgent=True,
            )

    def _take_votes(self, votes: Votes) -> None:
        from engine.planning import Pilot

        if votes.n:
            pilot = Pilot.of(votes)
            self.n0.setValue(pilot.n0)
            self.k.setValue(pilot.k)
            self._runner_up = {(pilot.k, pilot.n0): pilot.runner_up}

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        fields = (
            ("votes for the class", self.k),
            ("of pilot votes", self.n0),
            ("chance of success", self.power),
        )
        for place, (title, editor) in enumerate(fields):
            label = labelled(title, editor)
            form.addWidget(label, 0, place)
            form.addWidget(editor, 1, place)
        form.addWidget(self.draw_pilot, 1, len(fields))
        form.addWidget(self.from_run, 2, len(fields), Qt.AlignmentFlag.AlignBottom)
        form.addWidget(self.target, 2, 0, 1, len(fields))
        form.setColumnStretch(len(fields) + 1, 1)
        self.content.addLayout(form)
        self.content.addWidget(self.complaint)
        say(self.complaint, "")
        scroll = ScrollColumn("The plan", spacing=8)
        for widget in (self.facts, self.use_n, self.use_target, self.notes):
            scroll.column.addWidget(widget)
        scroll.column.addStretch(1)
        self.content.addLayout(filled(QHBoxLayout(), (scroll, 2), (self.chart, 3)), 1)

    def _pilot(self) -> Pilot:
        from engine.planning import Pilot

        k, n0 = self.k.value(), self.n0.value()
        return Pilot(k=k, n0=n0, runner_up=self._runner_up.get((k, n0), 1.0))

    @Slot()
    def _settings_changed(self) -> None:
        self._follow_run()
        if self.isVisible():
            self._follow_scheme()
            self._pause.start()

    def _follow_scheme(self) -> None:
        scheme = type(self._session.form.settings.scheme)
        model = self._session.loading.model
        self.target.set_scheme(scheme, model.kind if model is not None else "")
        for editor in (self.target, self.power):  # a range is certified as far as it goes
            editor.setEnabled(not scheme.sweeps)

    @Slot()
    def _follow_run(self) -> None:
        why = self._no_pilot()
        self.from_run.setEnabled(not why)
        self.from_run.setToolTip(why or "Take its selection votes as the pilot")
        sampled = isinstance(self._session.form.settings, CertifySettings | SweepSettings)
        self.draw_pilot.setEnabled(sampled and self._session.runs.ready)

    @Slot()
    def _ask(self) -> None:
        if self.k.value() > self.n0.value():
            say(self.complaint, "More votes for the class than pilot votes.")
            return
        settings = self._session.form.settings
        if isinstance(settings, SweepSettings) and self._session.runs.ready:
            self._ask_of_range(settings)
        elif not isinstance(settings, CertifySettings):
            self._forget(nothing_to_plan(settings))
        elif not self._session.form.complaint:
            scheme = self._session.loading.in_plans(settings.scheme)
            settings = settings.model_copy(update={"scheme": scheme})
            pilot, target, power = self._pilot(), self.target.text(), self.power.value()
            self._plans.submit(
                lambda stop: planned(settings, pilot=pilot, target=target, power=power),
                "planning",
                on_done=self._show,
                on_failed=self._fail,
            )

    def _ask_of_range(self, settings: SweepSettings) -> None:
        """Anchors and samples for the image that is open."""
        subject, pilot = self._session.loading.subject, self._pilot()
        if subject is not None and not self._session.form.complaint:
            self._plans.submit(
                lambda stop: planned_range(settings, subject, pilot),
                "planning",
                on_done=self._show_range,
                on_failed=self._fail,
            )

    def _forget(self, sentence: str) -> None:
        self.plan = None
        say(self.complaint, "")
        say(self.notes, "")
        self.set_subtitle("")
        self.facts.show_rows([])
        self._show_buttons(None)
        self.chart.wait(sentence)

    def _show(self, plan: PlanResult) -> None:
        self.plan = plan
        say(self.complaint, "")
        model = self._session.loading.model
        kind = model.kind if model is not None else ""
        noise = of_kind(plan.scheme.noise_in_words(), kind)
        self.set_subtitle(f"{noise} · alpha {plan.alpha} · {plan.bound} bound")
        self.facts.show_rows(planning.facts(plan))
        say(self.notes, "\n".join(f"– {in_the_window(sentence)}" for sentence in plan.notes))
        self._show_buttons(plan)
        self.chart.show_figure(planning.curve(plan))

    def _show_range(self, plan: SweepPlan) -> None:
        """Anchors and samples; there is no n to choose, since each anchor stops by itself."""
        self._forget("Under no probability of the class would the whole range be certified.")
        self.facts.show_rows(plan.facts())
        say(self.notes, "\n".join(f"– {in_the_window(sentence)}" for sentence in plan.notes))
        if len(plan.curve) > 1:
            self.chart.show_figure(planning.range_curve(plan))

    def _show_buttons(self, plan: PlanResult | None) -> None:
        n = planning.wanted_n(plan) if plan else None
        self.use_n.setVisible(n is not None)
        self.use_n.setText(f"Put &n = {n:,} into the form" if n is not None else "")
        self.use_target.setVisible(bool(plan and plan.target))
        self.use_target.setText(f"&Stop at {planning.spelled(plan.target)}" if plan else "")
        self.use_target.setToolTip("Put this into the form: the run ends once it is decided")

    def _fail(self, failure: Failure) -> None:
        say(self.complaint, in_the_window(failure.sentence))

    @Slot()
    def _want_n(self) -> None:
        if self.plan is not None and (n := planning.wanted_n(self.plan)) is not None:
            self.wanted.emit(n, "")

    @Slot()
    def _want_target(self) -> None:
        if self.plan is not None:
            self.wanted.emit(0, self.plan.target)


def _number(name: str, value: float, low: float, high: float, step: float) -> QDoubleSpinBox:
    editor = indented(QDoubleSpinBox(decimals=3, minimum=low, maximum=high, singleStep=step))
    editor.setValue(value)
    editor.setAccessibleName(name)
    return editor
