"""Replays of recorded votes among the plots, begun from whatever page shows the run."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from engine.evidence.evidence import Evidence
from gui.controllers.playback import NOTHING
from gui.controllers.session import Session
from gui.widgets.page import Page

PACE = 15.0
"""Seconds of a replay for which no pace was chosen."""


class Replaying(QObject):
    """Replays the run of the page in sight, and comes back to that page at the end.

    On stage, where that page would be in small type, the last moment stands until the replay is
    ended.

    Args:
        session: whose shown run is replayed where the page has none of its own.
        stack: the pages.
        plots: the page on which a replay is watched.
        show: brings a page in sight.

    Signals:
        notice: kind and sentence.
    """

    notice = Signal(str, str)

    def __init__(
        self,
        session: Session,
        stack: QStackedWidget,
        plots: QWidget,
        show: Callable[[QWidget], object],
    ) -> None:
        super().__init__(stack)
        self._session, self._stack, self._plots, self._show = session, stack, plots, show
        self._pace = PACE
        self._from: QWidget | None = None
        self._staged = False
        session.playback.changed.connect(self._come_back)
        session.runs.began.connect(self._stay)

    def replay(self, seconds: float) -> None:
        """Replay the run on the page in sight, else the shown one, among the plots.

        Where another result is in sight that has no votes to replay, nothing is: the shown run in
        its place would be taken for it.
        """
        self._pace, playback, page = seconds, self._session.playback, self._stack.currentWidget()
        again = playback.evidence if page is self._plots else None
        shown = self._session.runs.evidence
        if isinstance(page, Page) and page.shows_other(shown):
            shown = None
        evidence = self._recorded() or again or _with_votes(shown)
        if evidence is None:
            self.notice.emit("info", NOTHING)
        else:
            self._play(evidence)

    def replay_shown(self) -> None:
        """Replay, at the pace that was chosen last, the finished run in sight, if there is one."""
        session = self._session
        shown = session.runs.evidence if self._stack.currentWidget() is self._plots else None
        evidence = self._recorded() or _with_votes(shown)
        if evidence is not None and not session.runs.running and not session.playback.active:
            self._play(evidence)

    def be_on_stage(self, *, on: bool) -> None:
        """Talk mode begins or ends."""
        self._staged = on
        self._hold()

    def _play(self, evidence: Evidence) -> None:
        playback, page = self._session.playback, self._from
        if evidence is self._recorded():
            page = self._stack.currentWidget()
        elif evidence is not playback.evidence:
            page = None
        self._from = None  # nobody comes back from the replay before
        playback.stop()
        self._from = page
        self._show(self._plots)
        playback.play(evidence, self._pace)
        self._hold()

    def _hold(self) -> None:
        """A run of the plots' own has its claim there at the end, and needs no last moment."""
        self._session.playback.hold(on=self._staged and self._from is not None)

    def _recorded(self) -> Evidence | None:
        """What the page in sight shows of a file or a case, where its votes can be replayed."""
        from gui.results.record import RecordView  # and plots that no first paint shows

        page = self._stack.currentWidget()
        record = getattr(page, "record", None) or getattr(page, "first", None)
        if not isinstance(record, RecordView) or record.isHidden():
            return None
        return _with_votes(record.shown)

    @Slot()
    def _come_back(self) -> None:
        """To the page that shows the run, unless somebody went elsewhere meanwhile."""
        if self._from is None or self._session.playback.active:
            return
        page, self._from = self._from, None
        if self._stack.currentWidget() is self._plots:
            self._show(page)

    @Slot()
    def _stay(self) -> None:
        """A run begins: it is watched among the plots."""
        self._from = None
        self._hold()


def _with_votes(evidence: Evidence | None) -> Evidence | None:
    """A result whose recorded votes can be replayed; None for any other."""
    if evidence is None or evidence.chain is None or evidence.procedure != "certify":
        return None
    return evidence
