"""Carries out the steps of a talk in the window, and records those of a speaker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAction

from engine.core.errors import UserError
from engine.core.resources import assets
from engine.core.text import visible
from engine.encrypted.address import PREFIX
from engine.evidence.settings import Counting, SettingsField
from engine.models.kinds import DEMO
from engine.models.request import ModelRequest
from gui.controllers.session import Session
from gui.controllers.talk import (
    OPEN_INPUT,
    OPEN_MODEL,
    PLOT,
    REPLAY,
    SETTINGS,
    Step,
    Talk,
    read_talk,
    write_talk,
)
from gui.shell.notice import NoticeArea
from gui.shell.pages import Pages
from gui.widgets.file_dialogs import FileAsker

SHIPPED = "first-talk.json"
TALK_FILTER = "Talks (*.json);;All files (*)"
_ASKS = ("open-", "save-", "new-", "export-", "keys", "paste", "quit", "verify", "palette", "tour")
"""Commands that wait for a person begin so; a talk opens files by name instead."""
_OWN = ("talk-", "record-")
_SWITCH = "talk"
"""Turns talk mode on and off, so that to carry it out once more would undo it."""
_LOOK_MS, _PATIENCE_MS = 50, 60_000


def performable(commands: Mapping[str, QAction]) -> frozenset[str]:
    """Commands that a talk may carry out."""
    return frozenset(name for name in commands if not name.startswith((*_ASKS, *_OWN)))


def is_local(spec: str) -> bool:
    """Whether a model is shipped, or a file or folder of this machine."""
    return spec.startswith(DEMO) or (not spec.startswith(PREFIX) and Path(spec).exists())


class Talking(QObject):
    """Between the talk and the window.

    A step waits until what the one before it began has been read, and until it makes sense: a run
    until model and input are there, a replay until the run has ended.

    Attributes:
        waits: the step that is still to be carried out; None for none.
    """

    def __init__(
        self,
        session: Session,
        commands: Mapping[str, QAction],
        pages: Pages,
        notices: NoticeArea,
        asker: FileAsker,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._talks, self._pages = session, session.talks, pages
        self._commands, self._notices, self._asker = commands, notices, asker
        self.waits: Step | None = None
        self._waited = 0
        self._acts = self._came_back = False
        self._agreed: set[str] = set()
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._try)
        self._talks.wanted.connect(self._perform)
        self._talks.left.connect(self._go_back)
        for name in performable(commands):
            commands[name].triggered.connect(partial(self._note_command, name))
        session.loading.model_changed.connect(self._note_model)
        session.loading.input_changed.connect(self._note_input)
        pages.explore.grid.chosen.connect(self._note_plot)

    def ask(self) -> None:
        """Open a talk from a file."""
        self._asker.open_file("Open talk", TALK_FILTER, self.open)

    def open_shipped(self) -> None:
        """The talk that comes with the program."""
        self.open(assets() / "talks" / SHIPPED)

    def open(self, path: Path) -> None:
        """Give the talk in a file."""
        self._agreed = set()
        try:
            self._talks.begin(read_talk(path, performable(self._commands)))
        except UserError as error:
            self._notices.show_notice("error", str(error))

    def record(self) -> None:
        """Begin a record of what is done, or end it and ask where it goes."""
        begins = self._talks.recorded is None
        steps = self._talks.record(on=begins)
        if begins:
            self._note_model()
            self._note_input()
        elif steps:
            self._asker.save_file("Save talk", "talk.json", partial(self._save, steps))
        else:
            self._notices.show_notice("info", "Nothing was done, so that no talk was recorded.")

    def _save(self, steps: tuple[Step, ...], path: Path) -> None:
        try:
            write_talk(Talk(path.stem, steps), path)
        except UserError as error:
            self._notices.show_notice("error", str(error))
        else:
            self._session.exports.exported.emit(path)

    @Slot(object)
    def _go_back(self, step: Step) -> None:
        """Undo the switch of talk mode; what stands before it found the window as it is then."""
        if step.do == _SWITCH and step is not self.waits:
            self._acts = True
            self._commands[_SWITCH].trigger()
            self._acts = False
        self._came_back = True

    @Slot(object)
    def _perform(self, step: Step) -> None:
        stands = self._came_back and step.do == _SWITCH
        self._came_back = False
        self.waits, self._waited = None if stands else step, 0
        self._try()

    @Slot()
    def _try(self) -> None:
        """Carry out the step if that makes sense now; else look again soon."""
        step = self.waits
        if step is None:
            self._look.stop()
        elif self._possible(step):
            self.waits = None
            self._look.stop()
            self._acts = True
            try:
                self._carry_out(step)
            finally:
                self._acts = False
        elif self._waited >= _PATIENCE_MS:
            self.waits = None
            self._look.stop()
            place, what = self._talks.place + 1, step.do
            self._notices.show_notice("warning", f"Step {place}, {what}, cannot be done now.")
        else:
            self._waited += _LOOK_MS
            self._look.start()

    def _possible(self, step: Step) -> bool:
        session = self._session
        if session.loading.busy:
            return False
        if step.do == REPLAY:  # else it begins behind what the worker draws, in a later step
            return not session.runs.running and not session.worker.busy()
        if step.do in (OPEN_MODEL, OPEN_INPUT, SETTINGS):
            return not session.runs.running
        return step.do not in self._commands or self._commands[step.do].isEnabled()

    def _carry_out(self, step: Step) -> None:
        acts: dict[str, Callable[[Any], object]] = {
            OPEN_MODEL: self._open_model,
            OPEN_INPUT: self._session.loading.open_input,
            SETTINGS: self._put,
            PLOT: lambda number: self._pages.explore.grid.show_plot(number - 1),
            REPLAY: lambda seconds: self._pages.replaying.replay(seconds / self._talks.speed),
        }
        if step.do in acts:
            if step.do != REPLAY and self._pages.currentWidget() is not self._pages.explore:
                self._pages.show_explore()
            acts[step.do](step.value)
        else:
            self._commands[step.do].trigger()

    def _open_model(self, spec: str) -> None:
        """Open a model; one that is not on this machine only if a person agrees.

        A talk is a file from a stranger: it sends nothing to a server and loads nothing from one
        unasked.
        """
        if is_local(spec) or spec in self._agreed:
            self._session.loading.open_model(ModelRequest(spec))
            return
        self._notices.ask(
            f"The talk wants to open {visible(spec)}, which is not on this machine.",
            {"&Open it": partial(self._agree, spec), "&Leave it": lambda: None},
        )

    def _agree(self, spec: str) -> None:
        self._agreed.add(spec)
        self._open_model(spec)

    def _put(self, values: Mapping[str, Any]) -> None:
        """Settings of a run, checked as any that come from outside."""
        try:
            settings: Any = TypeAdapter(SettingsField).validate_python(dict(values))
        except (ValidationError, UserError) as error:
            first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            place = self._talks.place + 1
            self._notices.show_notice("error", f"Step {place}: no settings of a run ({first}).")
            return
        self._pages.settings_wanted.emit(settings)

    def _note(self, step: Step) -> None:
        if not self._acts:
            self._talks.note(step)

    def _note_command(self, name: str, *_: object) -> None:
        if name in ("certify", "predict-one-sided", "predict-two-sided"):
            self._note_settings(self._session.form.settings)
        self._note(Step(name))

    def _note_settings(self, settings: Counting) -> None:
        """The settings of the run that begins, unless they are those of the last one."""
        noted = self._talks.recorded or []
        values = settings.model_dump(mode="json")
        if next((one.value for one in reversed(noted) if one.do == SETTINGS), None) != values:
            self._note(Step(SETTINGS, values))

    @Slot()
    def _note_model(self) -> None:
        request = self._session.loading.request
        if request is not None:
            self._note(Step(OPEN_MODEL, request.spec))

    @Slot()
    def _note_input(self) -> None:
        given = self._session.loading.given
        if given is not None:
            self._note(Step(OPEN_INPUT, given.source))

    @Slot(int)
    def _note_plot(self, place: int) -> None:
        self._note(Step(PLOT, place + 1))
