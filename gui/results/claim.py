"""The claim on stage: outcome, number and sentence in large type, beside one plot."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLayout, QWidget

from engine.evidence.subject import headline_in, region_note
from engine.figures.attacked import attack_mark
from gui.controllers.session import Session
from gui.results.exact_words import exact_words
from gui.results.verdict import REFUTED, verdict_of
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.card import Card
from gui.widgets.fitted import LARGEST, FittedLabel
from gui.widgets.flag_names import in_the_window
from gui.widgets.headline import headline_lines
from gui.widgets.section import say, unbroken, words

_WAITING = "Press F5 to certify."
_NOW = "This may be claimed if the run is stopped now."
_NOTHING = "Nothing can be certified yet."
_KEYS = "Keys: 1 votes, 2 bounds, 3 region, 4 examples; F11 ends talk mode"


class _Step(NamedTuple):
    """How the claim is set: sentence and number in times their usual sizes, and what else stands.

    Without the keys the outcome takes usual type too; the strip below has the votes as well.
    """

    sentence: float
    number: float = LARGEST
    keys: bool = True
    votes: bool = True


_STEPS = (
    _Step(2.4),
    _Step(2.0),
    _Step(1.6),
    _Step(1.3),
    _Step(1.0),
    _Step(1.0, keys=False),
    _Step(1.0, keys=False, votes=False),
    _Step(0.85, keys=False, votes=False),
    _Step(0.85, number=1.2, keys=False, votes=False),
)
"""From a stage with much room to a low one."""
_LEAST = 200
"""Pixels of height, before scaling: nothing on stage is scrolled to."""


class ClaimCard(Card):
    """What may be claimed: of the shown result, of the run as it stands, or of its replay.

    It takes the room there is: on a low stage smaller type, and nothing that is said elsewhere.
    Off stage it follows nothing.
    """

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__("Claim", parent=parent)
        self._session = session
        self.title.hide()
        self.subtitle.hide()
        self.outcome = words(name="Outcome")
        self.outcome.setObjectName("large")
        self.headline = FittedLabel("What is certified")
        self.unit, self.votes = words(role="small"), words()
        self.sentence = words(name="Statement in words")
        self.attack = words(role="small", name="Attack")
        self.content.addStretch(1)
        for label in (
            self.outcome,
            self.headline,
            self.unit,
            self.sentence,
            self.attack,
            self.votes,
        ):
            self.content.addWidget(label)
        self.content.addStretch(1)
        self.content.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.keys = words(_KEYS, "small")
        self.content.addWidget(self.keys)
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit)
        themes.registry.follow(self._fit_soon)
        session.runs.read.connect(self.refresh)
        session.runs.evidence_changed.connect(self.refresh)
        session.playback.changed.connect(self.refresh)
        session.loading.fitted_changed.connect(self.refresh)
        session.worker.activity_changed.connect(self.refresh)
        session.form.changed.connect(self.refresh)

    def setVisible(self, visible: bool) -> None:
        """On stage it shows what has come about meanwhile, before it is laid out."""
        if visible and self.isHidden():
            self._take_up()
        super().setVisible(visible)

    def hasHeightForWidth(self) -> bool:
        """Its words have a height for a width, which is not asked of the stage."""
        return False

    def minimumSizeHint(self) -> QSize:
        """Less than its words take: they give way."""
        return QSize(super().minimumSizeHint().width(), round(themes.current().px(_LEAST)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size has room for more, or for less."""
        super().resizeEvent(event)
        self._fitting.start()

    def showEvent(self, event: QShowEvent) -> None:
        """It has the style of the stage from now on."""
        super().showEvent(event)
        self._fitting.start()

    def _fit_soon(self) -> None:
        self._fitting.start()

    @Slot()
    def _fit(self) -> None:
        """Take the first step in which all of it has room."""
        for step in _STEPS:
            self._set(step)
            if self.content.totalHeightForWidth(self.width()) <= self.height():
                return

    def _set(self, step: _Step) -> None:
        font = themes.current().font()
        font.setPointSizeF(step.sentence * font.pointSizeF())
        self.keys.setVisible(step.keys)
        name = "large" if step.keys else ""
        if name != self.outcome.objectName():
            self.outcome.setObjectName(name)
            self.outcome.style().unpolish(self.outcome)
            self.outcome.style().polish(self.outcome)
        self.votes.setVisible(step.votes and bool(self.votes.text()))
        for label in (self.sentence, self.votes):
            label.setFont(font)
        self.headline.largest = step.number
        self.headline.fit()

    @Slot()
    def refresh(self) -> None:
        """Follow what the plots show."""
        if not self.isHidden():
            self._take_up()

    def _take_up(self) -> None:
        """Say what the plots show now."""
        self._fitting.start()
        runs, played = self._session.runs, self._session.playback.snapshot
        shown = played or runs.evidence or runs.snapshot
        if shown is None:
            set_role(self, "")
            say(self.attack, "")
            obstacle = "" if self._session.loading.busy else in_the_window(runs.obstacle)
            self._say("", "muted", obstacle or _WAITING, "")
            say(self.headline, "")
            say(self.unit, "")
            return
        region, n = shown.region, shown.estimation.n
        exact = exact_words(shown)[1] if shown.settings.kind == "exact" else ""
        fitted = self._session.loading.fitted
        ended = self._session.playback.evidence if played else runs.evidence
        given = ended.input if ended else fitted.identity if fitted else None
        said = headline_lines(headline_in(region, given)) if region else ""
        mark = attack_mark(shown)
        say(self.attack, mark.words if mark is not None and not mark.refutes else "")
        if runs.evidence is shown:
            verdict = verdict_of(runs.evidence)
            set_role(self, verdict.frame)
            votes = exact or f"{n:,} vote{'s' * (n != 1)}"
            self._say(verdict.word, verdict.role, verdict.sentence, votes)
            stated = verdict.headline
            said = headline_lines(stated) if stated else "nothing certified"
            region = None if verdict.struck else region
        elif played and ended is not None and ended.contradicted:
            set_role(self, "error")
            said, region = "nothing certified", None
            self._say("REPLAY", "danger", REFUTED, exact or f"{n:,} of {shown.n_plan:,} votes")
        else:
            set_role(self, "")
            self._say(
                "REPLAY" if played else "RUNNING",
                "provisional",
                _NOW if region is not None and not played else "" if played else _NOTHING,
                exact or f"{n:,} of {shown.n_plan:,} votes",
            )
        say(self.headline, said)
        say(self.unit, region_note(region, given))

    def _say(self, outcome: str, role: str, sentence: str, votes: str) -> None:
        set_role(self.outcome, role)
        say(self.outcome, outcome)
        say(self.sentence, unbroken(sentence))
        say(self.votes, votes)
