"""A talk: steps that the window carries out one after the other, read, played and recorded."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.core.errors import UserError
from engine.core.files import read_bounded, write_atomically

VERSION = 1
OPEN_MODEL, OPEN_INPUT, SETTINGS, PLOT, REPLAY = ACTS = (
    "open-model", "open-input", "settings", "plot", "replay",
)  # fmt: skip
"""What a step may do beside a command, each with a value: a model, an input, settings of a run, the
plot (1 to 4) that has the room, and the seconds of a replay."""
SECONDS = 6.0
_LARGEST, _MOST_STEPS, _LONGEST = 1 << 20, 1000, 3600.0
_SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)


@dataclass(frozen=True)
class Step:
    """One thing that happens in a talk.

    Attributes:
        do: a command by its name, or one of ``ACTS``.
        value: what an act takes; None for a command.
        say: one sentence for the audience; empty for none.
        seconds: until the next step, where the talk plays by itself at speed 1.
    """

    do: str
    value: Any = None
    say: str = ""
    seconds: float = SECONDS


@dataclass(frozen=True)
class Talk:
    """Steps in their order."""

    title: str
    steps: tuple[Step, ...] = field(default_factory=tuple)


def read_talk(path: Path, known: Collection[str]) -> Talk:
    """A talk from a JSON file: ``{"talk": 1, "title": ..., "steps": [{"do": ...}, ...]}``.

    Args:
        path: of the file.
        known: commands that a step may carry out.

    Raises:
        UserError: naming the step and what is wrong with it.
    """
    try:
        raw = json.loads(read_bounded(path, _LARGEST))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path.name} is not JSON, so it is no talk.") from error
    steps = raw.get("steps") if isinstance(raw, dict) else None
    if not isinstance(steps, list) or raw.get("talk") != VERSION:
        raise UserError(
            f'{path.name} is no talk: a talk is JSON with "talk": {VERSION}, a title and steps.'
        )
    if not 0 < len(steps) <= _MOST_STEPS:
        raise UserError(f"{path.name}: a talk has 1 to {_MOST_STEPS:,} steps.")
    read = tuple(_step(one, f"{path.name}, step {i}", known) for i, one in enumerate(steps, 1))
    return Talk(str(raw.get("title") or path.stem), read)


def _step(raw: Any, place: str, known: Collection[str]) -> Step:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("do"), str):
        raise UserError(f'{place} says nothing to do ("do": "certify").')
    do, value = raw["do"], raw.get("value")
    say, seconds = raw.get("say", ""), raw.get("seconds", SECONDS)
    if do not in ACTS and do not in known:
        raise UserError(f"{place}: '{do}' is nothing that a talk can do.")
    if extra := set(raw) - {"do", "value", "say", "seconds"}:
        raise UserError(f"{place} has '{min(extra)}', which means nothing in a talk.")
    if do not in ACTS and value is not None:
        raise UserError(f"{place}: '{do}' takes no value.")
    if do in ACTS and (wrong := _wrong(do, value)):
        raise UserError(f"{place}: '{do}' needs {wrong}.")
    if not isinstance(say, str):
        raise UserError(f'{place}: "say" is a sentence.')
    if not _is_number(seconds) or not 0 < seconds <= _LONGEST:
        raise UserError(f'{place}: "seconds" is more than 0 and at most {_LONGEST:,.0f}.')
    return Step(do, value, say, float(seconds))


def _wrong(do: str, value: Any) -> str:
    """What is missing in the value of an act, in words; empty if nothing is."""
    if do in (OPEN_MODEL, OPEN_INPUT):
        return "" if isinstance(value, str) and value else 'a "value": its file or name'
    if do == PLOT:
        return (
            ""
            if isinstance(value, int) and value in range(1, 5) and _is_number(value)
            else 'a "value" from 1 to 4'
        )
    if do == REPLAY:
        good = _is_number(value) and 0 < value <= _LONGEST
        return "" if good else 'a "value": how many seconds it takes'
    return "" if isinstance(value, Mapping) else 'a "value": the settings of a run'


def _is_number(value: Any) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) < math.inf  # where an integer is too large for a float, too


def write_talk(talk: Talk, path: Path) -> None:
    """Write a talk so that :func:`read_talk` reads it.

    Raises:
        UserError: the file cannot be written.
    """
    usual = asdict(Step(""))
    steps = [
        {key: value for key, value in asdict(step).items() if value != usual[key]}
        for step in talk.steps
    ]
    text = json.dumps({"talk": VERSION, "title": talk.title, "steps": steps}, indent=2)
    write_atomically(path, f"{text}\n".encode())


class Talks(QObject):
    """Which talk is given, how far it is, and what is being recorded.

    Attributes:
        talk: that is given; None for none.
        place: of the step at hand, from 0; -1 before the first.
        playing: it goes on by itself.
        blank: nothing is to be seen.
        recorded: steps so far; None while nothing is recorded.

    Signals:
        changed: any of these, or the speed.
        wanted: a step that is to be carried out.
        left: a step from which the talk goes back to the one before, which is wanted next.
    """

    changed = Signal()
    wanted = Signal(object)
    left = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.talk: Talk | None = None
        self.place = -1
        self.playing = self.blank = False
        self.recorded: list[Step] | None = None
        self._speed = _SPEEDS.index(1.0)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.next)

    @property
    def speed(self) -> float:
        """By how much faster it plays than it is written."""
        return _SPEEDS[self._speed]

    @property
    def step(self) -> Step | None:
        """The step at hand."""
        return self.talk.steps[self.place] if self.talk and self.place >= 0 else None

    def begin(self, talk: Talk) -> None:
        """Give a talk; its first step waits for :meth:`next`."""
        self.talk, self.place = talk, -1
        self._hold()

    def end(self) -> None:
        """Give no talk any more."""
        self.talk, self.place, self.blank = None, -1, False
        self._hold()

    @Slot()
    def next(self) -> None:
        """Carry out the next step; after the last one nothing follows."""
        self._go(self.place + 1)

    def previous(self) -> None:
        """Carry out the step before once more."""
        if self.place > 0:
            self.left.emit(self.step)
        self._go(max(0, self.place - 1))

    def toggle(self) -> None:
        """Play by itself, or pause."""
        if self.talk is None:
            return
        self.playing = not self.playing
        if self.playing and (self.place < 0 or self.place + 1 >= len(self.talk.steps)):
            self._go(0)
            return
        self._wait()
        self.changed.emit()

    def change_speed(self, step: int) -> None:
        """Play faster (1) or slower (-1)."""
        self._speed = min(max(0, self._speed + step), len(_SPEEDS) - 1)
        self._wait()
        self.changed.emit()

    def toggle_blank(self) -> None:
        """Show nothing, or the window again."""
        self.blank = not self.blank
        self.changed.emit()

    def record(self, *, on: bool) -> tuple[Step, ...]:
        """Begin a record, or end one.

        Returns:
            The steps that were recorded; none where one begins.
        """
        steps = tuple(self.recorded or ())
        self.recorded = [] if on else None
        self.changed.emit()
        return () if on else steps

    def note(self, step: Step) -> None:
        """What the speaker does, where it is recorded; the same thing at once again is one step."""
        if self.recorded is not None and (not self.recorded or self.recorded[-1] != step):
            self.recorded.append(step)
            self.changed.emit()

    def _go(self, place: int) -> None:
        if self.talk is None or place >= len(self.talk.steps):
            self._hold()
            return
        self.place, self.blank = place, False
        self._wait()
        self.changed.emit()
        self.wanted.emit(self.talk.steps[place])

    def _hold(self) -> None:
        self.playing = False
        self._timer.stop()
        self.changed.emit()

    def _wait(self) -> None:
        self._timer.stop()
        if self.playing and self.step is not None:
            self._timer.start(round(1000 * self.step.seconds / self.speed))
