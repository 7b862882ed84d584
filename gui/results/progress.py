"""How far the run is: a bar, counts, speed, time left and what the engine is doing."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from engine.evidence.cost import duration
from engine.evidence.evidence import Evidence
from engine.evidence.snapshot import Snapshot
from engine.regions import Region
from engine.regions.base import counted
from engine.regions.sweep import Sweep
from gui.controllers.session import Session
from gui.results.exact_words import exact_words
from gui.style.theme import set_role
from gui.widgets.elided import ElidedLabel
from gui.widgets.layouts import filled
from gui.widgets.pace import Pace
from gui.widgets.page import Page

_STEPS = 1000
_GOING, _OVER = (3, 6), (1, 9)
"""Parts of the room for bar and numbers: a full bar has little to say, its numbers have more."""


class ProgressPanel(QFrame):
    """The strip at the bottom.

    Args:
        session: what runs and what was found.
        pages: those of the window; below one that stands alone nothing is said of a run that has
            ended, which is not in sight.
    """

    def __init__(
        self,
        session: Session,
        *,
        pages: QStackedWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pages = pages
        set_role(self, "bar")
        self._session = session
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the run")
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.numbers = ElidedLabel()
        self.numbers.setAccessibleName("Counts, speed and time left")
        self.doing = QLabel()
        set_role(self.numbers, "muted")
        set_role(self.doing, "muted")
        parts = ((self.bar, _GOING[0]), (self.numbers, _GOING[1]), self.doing)
        self._row = filled(QHBoxLayout(self), *parts, spacing=16)
        self._row.setContentsMargins(16, 8, 16, 8)
        self._pace = Pace(self.refresh, self)
        session.runs.snapshot_changed.connect(self._pace.ask)
        session.audits.grew.connect(self.refresh)
        session.worker.activity_changed.connect(self.refresh)
        session.runs.evidence_changed.connect(self.refresh)
        session.playback.changed.connect(self.refresh)
        if pages is not None:
            pages.currentChanged.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say how far it is."""
        session = self._session
        if session.audits.running:
            self._certifying()
        elif session.playback.snapshot is not None and not session.runs.running:
            self._replaying(session.playback.snapshot)
        elif session.runs.evidence is not None and self._is_in_sight:
            self._finished(session.runs.evidence)
        elif session.runs.snapshot is not None and session.runs.evidence is None:
            self._going(session.runs.snapshot)
        else:
            self._say_nothing()
        self.doing.setText(self._activity())

    @property
    def _is_in_sight(self) -> bool:
        """Whether the page is the run's, or stands beside its statement or the form it is of."""
        page = self._pages.currentWidget() if self._pages is not None else None
        return not isinstance(page, Page) or page.beside_form or page.beside_statement

    def _certifying(self) -> None:
        """How far a set is."""
        view = self._session.audits.view
        if view is None or not view.planned:
            self._say_nothing()
            return
        self._fill(round(_STEPS * (view.count + view.share) / view.planned))
        left = "" if view.left is None else f"{clock(view.left)} left"
        parts = (f"{view.count:,} / {view.planned:,} inputs", view.doing, left)
        self.numbers.setText(" · ".join(part for part in parts if part))

    def _going(self, snapshot: Snapshot) -> None:
        if snapshot.settings.kind == "exact":
            self._computing(snapshot)
            return
        total = snapshot.n0_plan + snapshot.n_plan
        self._fill(_STEPS * snapshot.n_done // total)
        phase = "choosing the class" if snapshot.phase == "selection" else "bounding it"
        left = f"{clock(snapshot.eta)} left" if snapshot.eta is not None else self._cost(snapshot)
        rate = speed(snapshot.rate) if snapshot.rate else ""
        parts = (f"{snapshot.n_done:,} / {total:,} votes", phase, rate, left)
        self.numbers.setText(" · ".join(part for part in parts if part))

    def _replaying(self, snapshot: Snapshot) -> None:
        """How far the recorded run was at the moment in sight: of the result nothing is said."""
        n, total = snapshot.estimation.n, snapshot.n_plan  # as the claim beside it counts
        share, words = n / max(1, total), f"{n:,} of {total:,} votes"
        if snapshot.settings.kind == "exact":
            share, words = exact_words(snapshot)
        self._fill(int(_STEPS * min(1.0, share)))
        self.numbers.setText(f"replay · {words}")

    def _say_nothing(self) -> None:
        self._fill(0)
        self.numbers.setText("")

    def _fill(self, steps: int, *, over: bool = False) -> None:
        """Paint the bar with all else that changed: of its own accord it is painted at once.

        Args:
            steps: of the bar.
            over: the run has ended, and its bar gives way to its numbers.
        """
        for place, part in enumerate(_OVER if over else _GOING):
            if part != self._row.stretch(place):  # the same once more would be laid out anew
                self._row.setStretch(place, part)
        if steps != self.bar.value():
            self.bar.setUpdatesEnabled(False)
            self.bar.setValue(steps)
            self.bar.setUpdatesEnabled(True)

    def _computing(self, snapshot: Snapshot) -> None:
        """How far an exact method is; its votes are no claim, so their time left is none of it."""
        share, words = exact_words(snapshot)
        self._fill(int(_STEPS * share))
        self.numbers.setText(" · ".join(filter(None, (words, f"{snapshot.seconds:.1f} s"))))

    def _cost(self, snapshot: Snapshot) -> str:
        """What the run will take, until its own speed is known."""
        cost, model = snapshot.cost, self._session.loading.model
        if cost is None:
            return ""
        writes = model is not None and model.generation is not None
        return f"{duration(cost.seconds)} for {cost.samples:,} {'answers' if writes else 'votes'}"

    def _finished(self, evidence: Evidence) -> None:
        votes, run = evidence.votes, evidence.performance
        done = sum(votes.estimation) + votes.estimation_failures
        share, counts = done / evidence.settings.n, f"{done:,} / {evidence.settings.n:,} votes"
        if evidence.settings.kind == "exact":
            share, counts = exact_words(evidence)
        if evidence.settings.kind == "sweep":  # its n is that of one anchor
            share = 1.0 if evidence.complete else _covered(evidence.region)
            counts = f"{done:,} votes at {counted(len(evidence.anchors), 'anchors')}"
        self._fill(int(_STEPS * share), over=True)
        threads = f", {run.threads} thread{'s' * (run.threads != 1)}" if run.threads else ""
        parts = (
            f"{counts}{'' if evidence.complete else ' (partial)'}",
            "" if evidence.settings.scheme.computed else speed(run.samples_per_second),
            f"{run.seconds:.1f} s in all",
            f"{run.device}{threads}",
            f"batch {run.batch:,}",
        )
        self.numbers.setText(" · ".join(filter(None, parts)))

    def _activity(self) -> str:
        session = self._session
        if not session.worker.is_warm:
            return "warming up the engine…"
        if session.runs.running:
            attacks = session.attacks
            stopping = session.runs.stopping or session.audits.stopping or attacks.stopping
            doing = "looking for an attack" if attacks.running else self._counting()
            return "stopping…" if stopping else f"{doing}…"
        if doing := session.worker.doing:
            return f"{doing}…"
        return "ready" if session.runs.ready else ""

    def _counting(self) -> str:
        """What a run does: an exact method computes, and draws images or votes only beside it."""
        shown = self._session.runs.snapshot
        exact = shown is not None and shown.settings.kind == "exact"
        return "computing" if exact else "counting votes"


def _covered(region: Region | None) -> float:
    """The certified part of the range that a sweep was asked for."""
    if not isinstance(region, Sweep):
        return 0.0
    return (region.upper - region.lower) / (region.high - region.low)


def speed(rate: float) -> str:
    """Votes per second for people.

    >>> speed(98_304.2), speed(412.0), speed(3.21)
    ('98.3 k votes/s', '412 votes/s', '3.2 votes/s')
    """
    if rate >= 10_000:
        return f"{rate / 1000:.1f} k votes/s"
    return f"{rate:,.0f} votes/s" if rate >= 100 else f"{rate:.1f} votes/s"


def clock(seconds: float) -> str:
    """Minutes and seconds, hours where there are any.

    >>> clock(19.2), clock(3700)
    ('0:20', '1:01:40')
    """
    whole = int(seconds) + (seconds > int(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
