"""Recorded cases in the window: the welcome page, the case that is looked at, and its run here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction

from engine.core.errors import UserError
from engine.demos.gallery import GalleryCase, recorded_evidence
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting
from engine.models.request import ModelRequest
from gui.controllers.resume import unseeded
from gui.controllers.session import Session
from gui.pages.welcome import WelcomePage
from gui.widgets.page import Page

if TYPE_CHECKING:
    from gui.pages.recorded import RecordedPage


class Welcoming(QObject):
    """Shows cases, and fills the form for a run of one.

    Args:
        add: takes a page more into the window, and where it leads back to.
        show: brings a page in sight.

    Attributes:
        page: of the cards.

    Signals:
        plots_wanted, encrypted_wanted: another page of the window.
        settings_wanted: settings for the form.
        verify_wanted: a file that is to be verified.
        export: evidence and the format it is wanted in.
        tour_asked: the tour is wanted.
    """

    plots_wanted = Signal()
    encrypted_wanted = Signal()
    settings_wanted = Signal(object)
    verify_wanted = Signal(object)
    export = Signal(object, str)
    tour_asked = Signal()

    def __init__(
        self,
        session: Session,
        actions: dict[str, QAction],
        *,
        add: Callable[..., Any],
        show: Callable[[Page], object],
    ) -> None:
        super().__init__()
        self._session, self._actions, self._add, self._show = session, actions, add, show
        self._wanted: Evidence | None = None
        self.page = WelcomePage(session.preferences)
        add(self.page)
        self.page.chosen.connect(self.open)
        self.page.run_wanted.connect(self.run)
        self.page.tour_asked.connect(self.tour_asked)
        self._recorded: RecordedPage | None = None
        session.loading.fitted_changed.connect(self._fill)

    @property
    def recorded(self) -> RecordedPage:
        """The page of one case; made when it is first asked for."""
        if self._recorded is None:
            from gui.pages.recorded import RecordedPage  # deferred: no first paint waits for it

            self._recorded = page = RecordedPage(self._actions)
            self._add(page, self.show)
            page.run_wanted.connect(self.run)
            page.verify_wanted.connect(self.verify_wanted)
            page.export.connect(self.export)
        return self._recorded

    @Slot()
    def show(self) -> None:
        """The cards."""
        self._show(self.page)
        self.page.take_focus()

    def open(self, case: GalleryCase) -> None:
        """Look at a recorded case, or open the page that a card stands for."""
        if case.opens:
            self._actions[case.opens].trigger()
            return
        try:
            self.recorded.open(case)
        except UserError as error:
            self.page.notice.emit("error", str(error))
        else:
            self._show(self.recorded)

    def run(self, case: GalleryCase) -> None:
        """Open the model and the input of a case, and put its settings into the form.

        The seed is drawn anew: the run that follows is one of its own.
        """
        loading = self._session.loading
        if loading.blocked("open a case"):
            return
        try:
            evidence = recorded_evidence(case)
        except UserError as error:
            self.page.notice.emit("error", str(error))
            return
        if evidence.encrypted is not None:
            self.encrypted_wanted.emit()
            return
        self._wanted = evidence
        self.plots_wanted.emit()
        loading.open_model(ModelRequest(evidence.model.source))
        loading.open_input(evidence.input.source)

    @Slot()
    def _fill(self) -> None:
        """Model and input of the case are there, and the model has proposed its own noise."""
        wanted, loading = self._wanted, self._session.loading
        if wanted is None or loading.subject is None or loading.busy or loading.request is None:
            return
        self._wanted = None
        if loading.request.spec == wanted.model.source:
            self.settings_wanted.emit(_anew(wanted))


def _anew(evidence: Evidence) -> Counting:
    """The settings of a run, without its seed."""
    settings = evidence.settings
    assert isinstance(settings, Counting), settings
    return unseeded(settings)
