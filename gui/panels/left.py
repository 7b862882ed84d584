"""The left column: what is certified, against whom, with which settings."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from gui.panels.attacker import AttackerPanel
from gui.panels.command import CommandPanel
from gui.panels.input import InputPanel
from gui.panels.model import ModelPanel
from gui.panels.scroll import ScrollColumn
from gui.panels.settings import SettingsPanel
from gui.session import Session
from gui.widgets.card import Card

WIDTH = 330


class LeftColumn(Card):
    """A card whose panels scroll together."""

    def __init__(
        self, session: Session, actions: dict[str, QAction], *, parent: QWidget | None = None
    ) -> None:
        super().__init__("What is certified", parent=parent)
        self.model = ModelPanel(session)
        self.input = InputPanel(session, actions)
        self.attacker = AttackerPanel()
        self.settings = SettingsPanel(preferences=session.preferences)
        self.command = CommandPanel(session, actions["copy-command"])
        self.input.wanted.connect(session.open_input)
        self.attacker.chosen.connect(self.settings.set_scheme)
        self.settings.changed.connect(session.set_settings)
        self.settings.refused.connect(session.refuse_settings)
        scroll = ScrollColumn("What is certified", spacing=14)
        for panel in (self.model, self.input, self.attacker, self.settings, self.command):
            scroll.column.addWidget(panel)
        scroll.column.addStretch(1)
        self.title.hide()
        self.subtitle.hide()
        self.content.addWidget(scroll)
        self.setMinimumWidth(WIDTH - 40)
