"""What the first paint did without is made in pieces, between which the window answers."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import pairwise

import pytest
from PySide6.QtCore import QTimer

from gui.controllers.runs import Runs
from gui.controllers.session import Session
from gui.shell.afterwards import LOADED_BESIDE, Afterwards
from gui.shell.window import Window


@pytest.fixture
def window(qtbot, preferences, make):
    window = Window(Session(preferences=preferences))
    yield window
    make.destroy(window)


def begun(window: Window) -> Afterwards:
    catalogue, runs = window.left.attacker.catalogue, window.session.runs
    rest = Afterwards(window.pages, catalogue, runs, parent=window)
    rest.begin()
    return rest


def test_everything_is_there_in_the_end(qtbot, window: Window) -> None:
    assert not window.pages.documents_are_made
    rest = begun(window)
    with qtbot.waitSignal(rest.made, timeout=20_000):
        pass
    assert window.pages.documents_are_made
    assert window.left.attacker.catalogue.rowCount() > 40
    assert all(plot.is_made for plot in window.pages.explore.plots)


def test_the_event_loop_turns_between_the_pieces(qtbot, window: Window) -> None:
    turns = [time.thread_time()]
    beat = QTimer(window, interval=1)
    beat.timeout.connect(lambda: turns.append(time.thread_time()))
    beat.start()
    with qtbot.waitSignal(begun(window).made, timeout=20_000):
        pass
    work = [after - before for before, after in pairwise(turns)]
    assert len(turns) > 10
    assert max(work) < 0.5 * sum(work)  # no piece is most of it


def test_what_a_thread_loads_is_nothing_of_qt() -> None:
    """Another thread that makes classes of Qt's kind ends the program, once in a while."""
    names = ", ".join(LOADED_BESIDE)
    code = f"import sys, {names}; assert not [m for m in sys.modules if m.startswith('PySide6')]"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nothing_is_made_while_votes_are_counted(qtbot, window: Window, monkeypatch) -> None:
    counting = [True]
    monkeypatch.setattr(Runs, "running", property(lambda runs: bool(counting)))
    rest = begun(window)
    qtbot.wait(300)
    assert not any(plot.is_made for plot in window.pages.explore.plots)
    with qtbot.waitSignal(rest.made, timeout=20_000):
        counting.clear()
    assert window.pages.documents_are_made


def test_nothing_more_is_made_once_it_is_stopped(qtbot, window: Window) -> None:
    rest = begun(window)
    rest.made.connect(lambda: pytest.fail("It went on."))
    rest.stop()
    assert "preloading" not in {thread.name for thread in threading.enumerate()}
    qtbot.wait(50)
    assert not window.pages.documents_are_made


def test_nothing_is_loaded_any_more_once_the_window_is_closed(qtbot, preferences, make) -> None:
    session = Session(preferences=preferences)
    session.start = lambda: pytest.fail("The engine was started.")
    window = Window(session)
    seen: list[set[str]] = []
    window.closed.connect(lambda: seen.append({one.name for one in threading.enumerate()}))
    window.begin()
    window.leave()
    assert len(seen) == 1 and "preloading" not in seen[0]
    qtbot.wait(50)
    make.destroy(window)
