"""The left column: what is certified, against whom, with which settings."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from engine import schemes
from engine.core.errors import UserError
from engine.core.fields import field_specs
from engine.evidence.settings import Counting
from engine.planning import Prospect
from engine.schemes import Scheme
from gui.controllers.session import Session
from gui.jobs.document_jobs import prospect
from gui.jobs.worker import Lane
from gui.setup.attacker import AttackerPanel
from gui.setup.catalogue import misfit
from gui.setup.command_line import CommandPanel
from gui.setup.fields import Field
from gui.setup.input import InputPanel
from gui.setup.medians import MediansPanel
from gui.setup.model import ModelPanel
from gui.setup.settings import SettingsPanel
from gui.style import theme as themes
from gui.widgets.card import Card
from gui.widgets.scroll import ScrollColumn

WIDTH = 330
_LEAST, _MOST = 225, 340
"""Pixels that its fields are well read in, before scaling; and those it asks for at most."""
_TURN_MS = 60
"""While a slider is dragged, settings are looked at in turns of this length."""


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
        self.medians = MediansPanel(session)
        self.command = CommandPanel(session, actions["copy-command"])
        self._ordered: list[Field] = []
        self._foreseen: Counting | None = None
        self._prospects = Lane(session.worker)
        self._turn = QTimer(self, singleShot=True, interval=_TURN_MS)
        self._turn.timeout.connect(self._look_ahead)
        self._connect()
        scroll = ScrollColumn("What is certified", spacing=14)
        parts = (self.model, self.input, self.attacker, self.settings, self.medians, self.command)
        for panel in parts:
            scroll.column.addWidget(panel)
        scroll.column.addStretch(1)
        self.title.hide()
        self.subtitle.hide()
        self.content.addWidget(scroll)
        self._order()

    def minimumSizeHint(self) -> QSize:
        """Fields beside their names: that they fit below one another is for the largest type."""
        least = min(round(themes.current().px(_LEAST)), _MOST)
        return super().minimumSizeHint().expandedTo(QSize(least, 0))

    def _connect(self) -> None:
        session = self._session
        self.input.wanted.connect(session.loading.open_input)
        self.attacker.chosen.connect(self.settings.set_scheme)
        self.settings.changed.connect(self._take_settings)
        self.settings.refused.connect(session.form.refuse)
        self.settings.changed.connect(self._order)
        self.settings.refused.connect(self._order)
        session.loading.scheme_proposed.connect(self._take_proposal)
        session.loading.model_changed.connect(self._follow)
        session.loading.fitted_changed.connect(self._follow)
        self.settings.switched.connect(self.attacker.show_scheme)
        session.worker.warm.connect(self._turn.start)

    @Slot()
    def _order(self) -> None:
        """Tab goes through the form from top to bottom, whenever a part of it was made."""
        fields = list(self.settings.fields.values())
        if fields == self._ordered:
            return
        self._ordered = fields
        rare = [field for field in fields if self.settings.folded.isAncestorOf(field.editor)]
        usual = [field for field in fields if field not in rare]
        chain: list[QWidget | None] = [self.attacker.box]
        for field in usual:
            chain += [field.slider, field.editor]
        chain.append(self.settings.more)
        for field in rare:
            chain += [field.slider, field.editor]
        there = [widget for widget in (*chain, self.command.copy) if widget is not None]
        for before, after in pairwise(there):
            QWidget.setTabOrder(before, after)

    @Slot(object)
    def _take_settings(self, settings: Counting) -> None:
        if not same_but_for_levels(self._session.form.settings, settings):
            self.settings.needs.wait()
        self._session.form.set(settings, self.settings.execution())
        self.attacker.describe(settings.scheme)
        if not self._turn.isActive():
            self._turn.start()

    @Slot(object)
    def _take_proposal(self, scheme: Scheme) -> None:
        self.settings.show_scheme(scheme)
        self.attacker.show_scheme(type(scheme))

    @Slot()
    def _follow(self) -> None:
        """The schemes that fit the model, and the parameters that fit the input."""
        session = self._session
        given = session.loading.fitted.identity if session.loading.fitted is not None else None
        self.attacker.follow(session.loading.model, given)
        self.settings.offer_kernels(
            [one for one in schemes.SCHEMES if not misfit(one, session.loading.model, given)]
        )
        if given is not None:
            self.settings.suit(given)
        if session.worker.is_warm and self._planned() != self._foreseen:
            self.settings.needs.wait()  # an input of another size certifies something else
            self._turn.start()

    def _planned(self) -> Counting:
        """The form's settings, with what the open input decides."""
        session = self._session
        scheme = session.loading.in_plans(session.form.settings.scheme)
        return session.form.settings.model_copy(update={"scheme": scheme})

    @Slot()
    def _look_ahead(self) -> None:
        """While votes are counted the worker has no time; it looks at the form afterwards."""
        session = self._session
        if session.worker.is_warm and not session.form.complaint:
            settings = self._planned()
            try:
                settings.scheme.check_alone()
            except UserError:  # what it needs of an input is not there yet
                self.settings.needs.clear()
                return
            if session.worker.doing and settings != self._foreseen:
                self.settings.needs.wait()  # it may be minutes until the worker has time
            self._prospects.submit(
                lambda stop: prospect(settings),
                "looking at the settings",
                on_done=partial(self._show_prospect, settings),
                quiet=True,
            )

    @Slot(object, object)
    def _show_prospect(self, settings: Counting, prospect: Prospect) -> None:
        """Numbers of a slider's place a moment ago say so; those of another scheme are none."""
        if type(settings.scheme) is self.settings.scheme and not self._session.form.complaint:
            self._foreseen = settings
            self.settings.needs.show_prospect(prospect)


def same_but_for_levels(one: Counting, other: Counting) -> bool:
    """Whether two settings differ in nothing but n and what has a slider, which a view names."""
    if type(one.scheme) is not type(other.scheme):
        return False
    specs = field_specs(type(one.scheme))
    levels = {spec.name for spec in specs if spec.slider and not spec.advanced}
    schemes = (x.scheme.model_dump(exclude=levels) for x in (one, other))
    runs = (x.model_dump(exclude={"scheme", "n"}) for x in (one, other))
    return next(schemes) == next(schemes) and next(runs) == next(runs)
