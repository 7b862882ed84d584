"""The left column: what is certified, against whom, with which settings."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from engine.planning import Prospect
from engine.schemes import Scheme
from engine.settings import RunSettings
from gui.panels.attacker import AttackerPanel
from gui.panels.command import CommandPanel
from gui.panels.input import InputPanel
from gui.panels.model import ModelPanel
from gui.panels.scroll import ScrollColumn
from gui.panels.settings import SettingsPanel
from gui.planning import foreseen
from gui.session import Session
from gui.widgets.card import Card

WIDTH = 330
_PAUSE_MS = 200
"""Settings are looked at when typing has paused for this long."""


class LeftColumn(Card):
    """A card whose panels scroll together, and what one of them has to tell another."""

    def __init__(
        self, session: Session, actions: dict[str, QAction], *, parent: QWidget | None = None
    ) -> None:
        super().__init__("What is certified", parent=parent)
        self._session = session
        self.model = ModelPanel(session)
        self.input = InputPanel(session, actions)
        self.attacker = AttackerPanel()
        self.settings = SettingsPanel(preferences=session.preferences)
        self.command = CommandPanel(session, actions["copy-command"])
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._look_ahead)
        self._connect()
        scroll = ScrollColumn("What is certified", spacing=14)
        for panel in (self.model, self.input, self.attacker, self.settings, self.command):
            scroll.column.addWidget(panel)
        scroll.column.addStretch(1)
        self.title.hide()
        self.subtitle.hide()
        self.content.addWidget(scroll)
        self.setMinimumWidth(WIDTH - 40)

    def _connect(self) -> None:
        session = self._session
        self.input.wanted.connect(session.open_input)
        self.attacker.chosen.connect(self.settings.set_scheme)
        self.settings.changed.connect(self._take_settings)
        self.settings.refused.connect(session.refuse_settings)
        session.scheme_proposed.connect(self._take_proposal)
        session.model_changed.connect(self._follow)
        session.fitted_changed.connect(self._follow)
        session.warmed.connect(self._pause.start)
        session.desk.foreseen.connect(self._show_prospect)

    @Slot(object)
    def _take_settings(self, settings: RunSettings) -> None:
        self._session.set_settings(settings)
        self.settings.say_hint("")
        self._pause.start()

    @Slot(object)
    def _take_proposal(self, scheme: Scheme) -> None:
        self.settings.show_scheme(scheme)
        self.attacker.show_scheme(type(scheme))

    @Slot()
    def _follow(self) -> None:
        """The schemes that fit the model, and the parameters that fit the input."""
        session = self._session
        given = session.fitted.identity if session.fitted is not None else None
        self.attacker.follow(session.model, given)
        if given is not None:
            self.settings.suit(given)

    @Slot()
    def _look_ahead(self) -> None:
        """While votes are counted the worker has no time; it looks at the form afterwards."""
        session = self._session
        if session.is_warm and not session.complaint:
            session.desk.foresee(session.settings)

    @Slot(object, object)
    def _show_prospect(self, settings: RunSettings, prospect: Prospect) -> None:
        if settings == self._session.settings and not self._session.complaint:
            sentence, hopeless = foreseen(prospect)
            self.settings.say_hint(sentence, warns=hopeless)
