"""A window that stays open does not grow: many runs of the real engine, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import sys, time
from engine.system.memory import hold_pages, keep_small
keep_small()
hold_pages()
from engine.models.request import ModelRequest
from gui.shell.app import application, open_window
from PySide6.QtCore import QEvent
model, given, n, *marks = sys.argv[1:]
app = application()
window = open_window(remembers=False)
session = window.session
def until(done):
    while not done():
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as a running event loop does
        time.sleep(0.002)
until(lambda: session.worker.is_warm)
session.loading.open_model(ModelRequest(model))
session.loading.open_input(given)
until(lambda: session.runs.ready)
session.form.set(session.form.settings.model_copy(update={"n": int(n)}))
for run in range(1, int(marks[-1]) + 1):
    session.runs.certify()
    until(lambda: session.runs.evidence is not None and not session.worker.busy())
    if str(run) in marks:
        until(lambda: session.worker._thread.jobs.empty())
        time.sleep(0.3)
        print(int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20)
window.leave()
"""
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no /proc")


def resident(tmp_path: Path, model: str, given: str, n: int, *after: int) -> list[float]:
    """MiB after so many runs each."""
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", _PROGRAM, model, given, str(n), *map(str, after)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return [float(line) for line in done.stdout.split()]


@pytest.mark.thorough
def test_many_runs_of_one_digit_leave_the_window_its_size(tmp_path):
    few, many = resident(tmp_path, "demo:digits-0.25", "digits:52", 2000, 3, 9)
    assert many < 1.06 * few, (few, many)


@pytest.mark.statistics
@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("demo:digits-0.25", "digits:52"),
        ("demo:digits-hierarchical", "digits:52"),
        ("demo:karate-sparse", "karate:12"),
        ("demo:letters-mask", "letters:5"),
        ("demo:filter", "filter:1"),
        ("demo:mixed", "mixed:1"),
    ],
)
def test_a_hundred_runs_of_every_family_do_too(tmp_path, model, given):
    few, many = resident(tmp_path, model, given, 2000, 10, 100)
    assert many < 1.1 * few, (few, many)
