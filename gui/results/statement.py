"""The right column: what may be claimed, in words and numbers, and what it does not say.

Everything here is read from the evidence or the snapshot, nothing from the form.
"""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QPushButton,
    QWidget,
)

from engine.core.glossary import meaning
from engine.evidence.evidence import Evidence
from engine.evidence.snapshot import Snapshot
from engine.evidence.subject import headline_in, region_note
from engine.regions import Region
from engine.schemes import Gaussian, Scheme
from gui.controllers.session import Session
from gui.results.fact_rows import evidence_rows, snapshot_rows
from gui.results.noise_badge import Badge, badge_of
from gui.results.verdict import REFUTED, verdict_of
from gui.style.theme import set_role
from gui.widgets.buttons import follow_tip
from gui.widgets.card import Card
from gui.widgets.facts import FactsTable, Rows
from gui.widgets.flag_names import in_the_window
from gui.widgets.headline import Headline
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say, unbroken, words

_WAITING = "Choose a model and an input, then press Certify (F5)."
_READY = "Press Certify (F5)."
_REPLAYED = "A recorded run as it stood at this moment; nothing is sampled, nothing claimed."


class StatementPanel(Card):
    """What the shown run says.

    Signals:
        scheme_wanted, n0_wanted: another run is wanted, with this noise, or so many votes to choose
            the class.
    """

    scheme_wanted = Signal(object)
    n0_wanted = Signal(int)

    def __init__(
        self, session: Session, actions: dict[str, QAction], *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Statement", parent=parent)
        self._session = session
        self.outcome = words(name="Outcome")
        self.basis = words(role="small")
        self.headline = Headline()
        self.unit = words(role="small")
        self.sentence = words(name="Statement in words")
        self.struck = words(role="struck", name="As stated, which does not hold")
        self.longer = QPushButton()
        self.longer.setAccessibleDescription("Counts this run on; its votes stay.")
        self.longer.setToolTip("Counts this run on; its votes stay, at no further alpha.")
        self.longer.clicked.connect(self._extend)
        self.trained, self.larger = QPushButton(), QPushButton()
        self.attack = words(role="small", name="Attack")
        for button in (self.trained, self.larger):
            button.setToolTip("Starts another run: one more try, which its statement counts.")
            button.setAccessibleDescription("Starts another run, which is one more try.")
        self.trained.clicked.connect(self._run_as_trained)
        self.larger.clicked.connect(self._run_with_more)
        self.true = words(role="small", name="The true class, by the labels")
        self.earlier = words(role="provisional")
        self.badge = words(role="badge", name="Noise")
        self.ended = words(role="small", name="Why the run ended")
        self.limits_title, self.limits = words("What it does not say", "title"), words()
        set_role(self.limits, "muted")
        self.facts = FactsTable()
        self.closest = _button("How close is an attack?", "Attack", actions["attack"])
        actions["attack"].enabledChanged.connect(self.closest.setVisible)
        self.closest.setVisible(actions["attack"].isEnabled())
        self._rules = (_rule(), _rule())
        self.title.hide()
        self.subtitle.hide()
        self.content.addWidget(self._scroll())
        self.content.addLayout(self._buttons(actions))
        session.runs.read.connect(self.refresh)
        session.runs.evidence_changed.connect(self.refresh)
        session.playback.changed.connect(self._follow)
        session.worker.activity_changed.connect(self.refresh)
        session.form.changed.connect(self._mark_earlier)
        self.refresh()

    @Slot()
    def _follow(self) -> None:
        """Beside a replay of another run, say of every moment what the plots say of it."""
        if self._session.playback.evidence is not self._session.runs.evidence:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show a replay of another run, the evidence, the run as it stands, or what to do."""
        session, played = self._session, self._session.playback
        others = played.evidence is not None and played.evidence is not session.runs.evidence
        if others and played.snapshot is not None and played.evidence is not None:
            self._show_replay(played.snapshot, played.evidence)
        elif session.runs.evidence is not None:
            self._show_evidence(session.runs.evidence)
        elif session.runs.snapshot is not None:
            self._show_snapshot(session.runs.snapshot)
        else:
            self._show("", "muted", "", None, self._next())
            self._badge(None)
            say(self.ended, "")
            self._fill([])
            self._limit(())
        self._offer()
        if others:  # nothing is asked of the form, and no run is offered, beside another's plots
            for widget in (self.longer, self.trained, self.larger):
                widget.hide()
            say(self.earlier, "")
        else:
            self._mark_earlier()

    def _next(self) -> str:
        """What there is to do, where no run is shown."""
        runs = self._session.runs
        return "Starting…" if runs.running else _READY if runs.ready else _WAITING

    def _offer(self) -> None:
        """The ways out of an abstention as buttons."""
        runs = self._session.runs
        n, scheme, n0 = runs.advised, runs.better_scheme, runs.better_n0
        self.longer.setVisible(n is not None)
        self.longer.setText("" if n is None else f"Extend to n = {n:,}")
        self.trained.setVisible(scheme is not None)
        self.trained.setText("" if scheme is None else as_trained(scheme))
        self.larger.setVisible(n0 is not None)
        self.larger.setText("" if n0 is None else f"Run with n0 = {n0:,}")

    @Slot()
    def _extend(self) -> None:
        if (n := self._session.runs.advised) is not None:
            self._session.runs.extend(n)

    @Slot()
    def _run_as_trained(self) -> None:
        if (scheme := self._session.runs.better_scheme) is not None:
            self.scheme_wanted.emit(scheme)

    @Slot()
    def _run_with_more(self) -> None:
        if (n0 := self._session.runs.better_n0) is not None:
            self.n0_wanted.emit(n0)

    def copy_text(self) -> None:
        """Statement, numbers and limits to the clipboard."""
        said = (self.outcome, self.headline, self.unit, self.sentence, self.attack, self.true)
        lines = [label.text() for label in said if label.text()]
        lines += (
            [f"As stated, which does not hold: {struck}"] if (struck := self.struck.text()) else []
        )
        lines += [""]
        lines += [f"{name}: {value}" for name, value in self._rows]
        lines += ["", self.limits.text()]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _show_evidence(self, evidence: Evidence) -> None:
        verdict = verdict_of(evidence)
        basis = evidence.bounds.basis if evidence.bounds and not verdict.struck else ""
        region = None if verdict.struck else evidence.region
        self._show(verdict.word, verdict.role, basis, region, verdict.sentence)
        set_role(self, verdict.frame)
        say(self.struck, verdict.struck)
        say(self.attack, f"Attack: {verdict.attack}" if verdict.attack else "")
        say(self.unit, region_note(region, evidence.input))
        self._badge(badge_of(evidence.settings))
        say(self.ended, ended(evidence))
        self.headline.show_number(verdict.headline)
        say(self.true, "" if verdict.struck else true_class(evidence))
        self._fill(evidence_rows(evidence))
        from engine.report.sections import limits  # its package loads typst, after the warm-up

        self._limit(tuple(map(in_the_window, limits(evidence).sentences)))

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        bounds = snapshot.bounds
        if snapshot.settings.kind == "measure":
            text, basis = "Intervals grow tighter as answers come in.", ""
        elif bounds is None:
            text, basis = "Drawing votes to choose the class.", ""
        elif not bounds.valid:
            text, basis = "Nothing may be claimed before the planned n.", bounds.basis
        elif snapshot.region is None:
            text, basis = "Nothing can be certified yet.", bounds.basis
        else:
            text, basis = "This may be claimed if the run is stopped now.", bounds.basis
        self._show("RUNNING", "provisional", basis, snapshot.region, text)
        self._badge(badge_of(snapshot.settings))
        say(self.ended, "")
        model = self._session.loading.model
        self._fill(snapshot_rows(snapshot, model.class_names if model else ()), passing=True)
        self._limit(())

    def _show_replay(self, snapshot: Snapshot, evidence: Evidence) -> None:
        """What the plots show of a run that is not the shown one."""
        refuted = evidence.contradicted
        region, sentence = (None, REFUTED) if refuted else (snapshot.region, _REPLAYED)
        self._show("REPLAY", "danger" if refuted else "provisional", "", region, sentence)
        set_role(self, "error" if refuted else "")
        say(self.basis, f"{evidence.model.name} · {evidence.input.name}")
        say(self.unit, region_note(region, evidence.input))
        self._badge(badge_of(snapshot.settings))
        say(self.ended, "")
        self._fill(snapshot_rows(snapshot, evidence.model.class_names), passing=True)
        self._limit(())

    def _show(
        self, outcome: str, role: str, basis: str, region: Region | None, sentence: str
    ) -> None:
        set_role(self, "")
        set_role(self.outcome, role)
        say(self.outcome, outcome)
        say(self.struck, "")
        say(self.attack, "")
        self.outcome.setToolTip(meaning(outcome.partition(" ")[0]))
        self.headline.setToolTip(meaning(region.kind) if region is not None else "")
        say(self.basis, basis)
        fitted = self._session.loading.fitted
        given = fitted.identity if fitted is not None else None
        self.headline.show_number(headline_in(region, given) if region else "")
        say(self.unit, region_note(region, given))
        say(self.sentence, unbroken(sentence))
        say(self.true, "")

    def _badge(self, badge: Badge | None) -> None:
        say(self.badge, badge.text if badge else "")
        self.badge.setToolTip(badge.tip if badge else "")
        set_role(self.badge, badge.role if badge else "badge")

    def _limit(self, limits: tuple[str, ...]) -> None:
        self.limits_title.setVisible(bool(limits))
        self._rules[1].setVisible(bool(limits))
        say(self.limits, "\n".join(f"– {sentence}" for sentence in limits))

    @property
    def _rows(self) -> Rows:
        return self.facts.rows

    def _fill(self, rows: Rows, *, passing: bool = False) -> None:
        for label in (
            self.outcome,
            self.basis,
            self.headline,
            self.unit,
            self.sentence,
            self.badge,
        ):
            label.set_selectable(on=not passing)
        self.facts.show_rows(rows, passing=passing)
        self._rules[0].setVisible(bool(rows))
        self.copy.setEnabled(bool(rows))

    @Slot()
    def _mark_earlier(self) -> None:
        changed = self._session.runs.differences()
        listed = ", ".join(changed)
        say(self.earlier, f"Of earlier settings: {listed} changed in the form." if changed else "")

    def _scroll(self) -> ScrollColumn:
        scroll = ScrollColumn("Statement", spacing=5)
        column = scroll.column
        for widget in (
            self.earlier,
            self.outcome,
            self.basis,
            self.headline,
            self.unit,
            self.sentence,
            self.struck,
            self.longer,
            self.trained,
            self.larger,
            self.closest,
            self.attack,
            self.true,
            self.ended,
            self.badge,
            self._rules[0],
        ):
            column.addWidget(widget)
        column.addWidget(self.facts)
        for widget in (self._rules[1], self.limits_title, self.limits):
            column.addWidget(widget)
        column.addStretch(1)
        return scroll

    def _buttons(self, actions: dict[str, QAction]) -> QGridLayout:
        self.report = _button("&Report…", "Report preview", actions["preview"])
        self.report.setEnabled(actions["preview"].isEnabled())
        actions["preview"].enabledChanged.connect(self.report.setEnabled)
        set_role(self.report, "primary")
        self.copy = QPushButton("Cop&y text")
        self.copy.setAccessibleName("Copy statement and numbers")
        self.copy.clicked.connect(self.copy_text)
        self.resume = _button("&Resume", "Resume the stopped run", actions["resume"])
        self.extend = _button("E&xtend…", "Extend the run past its planned n", actions["extend"])
        grid = QGridLayout()
        for place, button in enumerate((self.resume, self.extend, self.report, self.copy)):
            grid.addWidget(button, *divmod(place, 2))
        for button, name in ((self.resume, "resume"), (self.extend, "extend")):
            actions[name].enabledChanged.connect(button.setVisible)
            button.setVisible(actions[name].isEnabled())
        return grid


def as_trained(scheme: Scheme) -> str:
    """What is offered where the run's noise is not that of the training.

    >>> from engine.schemes import Gaussian
    >>> as_trained(Gaussian(sigma=0.25))
    'Run with Gaussian noise, sigma 0.25'
    """
    if isinstance(scheme, Gaussian):
        return f"Run with Gaussian noise, sigma {scheme.sigma:g}"
    return "Run with its training noise"


def ended(evidence: Evidence) -> str:
    """Why the run ended, where that is not simply that it was complete; which run it is."""
    reason = "" if evidence.complete else f"Ended: {evidence.stop_reason}."
    number = None if evidence.tries_known_to else evidence.run_number  # its statement says it
    counted = f"Run {number} on this model, input and setting." if number else ""
    return " ".join(filter(None, (reason, counted)))


def true_class(evidence: Evidence | None) -> str:
    """What a person's labels add; empty where there are none."""
    transfer = evidence.transfer if evidence is not None else None
    if transfer is None:
        return ""
    reach = f"True class: {transfer.region.headline()}. " if transfer.region else ""
    return f"{reach}{transfer.statement}"


def _button(title: str, name: str, action: QAction) -> QPushButton:
    button = QPushButton(title)
    button.setAccessibleName(name)
    follow_tip(button, action)
    button.clicked.connect(action.trigger)
    return button


def _rule() -> QFrame:
    line = QFrame()
    set_role(line, "rule")
    return line
