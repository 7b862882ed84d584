"""The claim on stage: outcome, number and sentence in large type, beside one plot."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from engine.evidence.subject import region_note
from engine.figures.attacked import attack_mark
from gui.controllers.session import Session
from gui.results.exact_words import exact_words
from gui.results.verdict import verdict_of
from gui.style.theme import set_role
from gui.widgets.card import Card
from gui.widgets.fitted import FittedLabel
from gui.widgets.pace import Pace
from gui.widgets.section import headline_lines, say, words

_WAITING = "Press F5 to certify."
_NOW = "This may be claimed if the run is stopped now."
_NOTHING = "Nothing can be certified yet."
_KEYS = "Keys: 1 votes, 2 bounds, 3 region, 4 examples; F11 ends talk mode"


class ClaimCard(Card):
    """What may be claimed: of the shown result, of the run as it stands, or of its replay."""

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
        self.content.addWidget(words(_KEYS, "small"))
        self._pace = Pace(self.refresh, self)
        session.runs.snapshot_changed.connect(self._pace.ask)
        session.runs.evidence_changed.connect(self.refresh)
        session.playback.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Follow what the plots show."""
        runs, played = self._session.runs, self._session.playback.snapshot
        shown = played or runs.evidence or runs.snapshot
        if shown is None:
            set_role(self, "")
            say(self.attack, "")
            self._say("", "muted", _WAITING, "")
            say(self.headline, "")
            say(self.unit, "")
            return
        region, n = shown.region, shown.estimation.n
        exact = exact_words(shown)[1] if shown.settings.kind == "exact" else ""
        said = headline_lines(region.headline()) if region else ""
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
        else:
            set_role(self, "")
            self._say(
                "REPLAY" if played else "RUNNING",
                "provisional",
                _NOW if region is not None and not played else "" if played else _NOTHING,
                exact or f"{n:,} of {shown.n_plan:,} votes",
            )
        say(self.headline, said)
        fitted = self._session.loading.fitted
        ended = self._session.playback.evidence if played else runs.evidence
        given = ended.input if ended else fitted.identity if fitted else None
        say(self.unit, region_note(region, given))

    def _say(self, outcome: str, role: str, sentence: str, votes: str) -> None:
        set_role(self.outcome, role)
        say(self.outcome, outcome)
        say(self.sentence, sentence)
        say(self.votes, votes)
