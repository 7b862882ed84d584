"""What a reader sees follows a run at his pace, and ends with what came last."""

from __future__ import annotations

from types import SimpleNamespace

from PySide6.QtCore import QObject

from gui.widgets.pace import READING_MS, Pace


def test_the_first_is_told_at_once_and_the_last_after_the_pause(qtbot) -> None:
    state, told, parent = [0], [], QObject()
    pace = Pace(lambda: told.append(state[0]), parent)
    for state[0] in range(1, 6):
        pace.ask()
    assert told == [1]
    qtbot.waitUntil(lambda: len(told) > 1)
    assert told == [1, 5]
    qtbot.wait(2 * READING_MS)  # nothing was asked: nothing is told
    assert told == [1, 5]


def test_what_takes_long_is_told_less_often(qtbot, monkeypatch) -> None:
    clock, parent = iter([0.0, 0.003, 1.0, 1.003]), QObject()
    own = SimpleNamespace(thread_time=lambda: next(clock))  # other clocks go on
    monkeypatch.setattr("gui.widgets.pace.time", own)
    pace = Pace(lambda: None, parent)
    pace.ask()
    pace.ask()
    assert pace._pause.interval() == READING_MS
    qtbot.waitUntil(lambda: pace._pause.interval() != READING_MS)
    assert pace._pause.interval() == 375
