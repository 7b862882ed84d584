from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.demos.data.digits import load_digits, part_of
from gui.controllers.session import Session
from gui.shell import app as program
from gui.shell.app import DEMO_INPUT, DEMO_MODEL, application, has_display
from gui.shell.window import Window

SLOW = (
    "torch", "torchvision", "transformers", "scipy", "sklearn", "onnxruntime", "typst", "pyqtgraph",
)  # fmt: skip

LATER = (
    "ssl", "html", "gui.pages.help", "gui.pages.audit", "gui.pages.runs", "gui.pages.verify",
    "gui.pages.planner", "gui.pages.training", "gui.playground.page", "engine.inputs.node",
    "engine.inputs.image", "engine.report", "engine.case", "engine.verify", "engine.training",
    "gui.pages.preview", "gui.pages.gallery", "gui.pages.doctor", "gui.results.record",
    "engine.schemes.laplace", "engine.schemes.threshold", "engine.schemes.anchored", "subprocess",
)  # fmt: skip
"""What no part of the first picture needs: pages, kinds of input, what is written and read, and
every scheme but the one that a form begins with."""

FIRST_PAINT = f"""
import os, sys
from gui.shell.app import application, open_window
app = application()
window = open_window()
def painted():
    print(sorted(name for name in {SLOW + LATER!r} if name in sys.modules))
    sys.stdout.flush()
    os._exit(0)
window.painted.disconnect()
window.painted.connect(painted)
app.exec()
"""

DEMO = """
import sys
from pathlib import Path
from types import SimpleNamespace
from pathlib import Path
from gui.shell.app import demo
sys.exit(demo(Path(sys.argv[1])))
"""


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        check=False,
    )


def test_nothing_slow_is_loaded_before_the_first_paint():
    done = run(FIRST_PAINT)
    assert done.stdout.strip() == "[]", done.stderr


def test_there_is_one_application(qapp):
    assert application() is qapp
    assert qapp.applicationDisplayName() == "Certiscope"
    assert not qapp.windowIcon().isNull()


def test_the_shown_example_was_never_trained_on():
    index = int(DEMO_INPUT.removeprefix("digits:"))
    assert part_of(index) == "test"
    assert load_digits().labels[index] == 7
    assert DEMO_MODEL == "demo:digits-0.25"


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
    ],
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have one")
def test_a_display_is_told_by_the_environment(monkeypatch, environment, shown):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_display() is shown


def test_only_the_first_start_that_is_seen_shows_the_tour(preferences, make, monkeypatch, qtbot):
    for seen, shown in ((False, False), (True, True), (True, False)):
        monkeypatch.setattr(program, "has_display", lambda seen=seen: seen)
        window = Window(Session(preferences=preferences))
        program.welcome(window)
        with qtbot.waitSignal(window.painted, timeout=10_000):
            window.show()
        qtbot.wait(50)
        assert (window.tour.stop is not None) is shown
        make.destroy(window)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_start_without_files_begins_with_the_recorded_cases(
    preferences, make, monkeypatch, qtbot, wanted
):
    preferences.welcome = wanted
    opened = []

    def open_window():
        opened.append(Window(Session(preferences=preferences)))
        return opened[0]

    monkeypatch.setattr(program, "open_window", open_window)
    monkeypatch.setattr(program, "_loop", lambda app, window: 0)
    monkeypatch.setattr(program, "has_display", lambda: True)
    assert program.main([]) == 0
    (window,) = opened
    pages = window.pages
    assert (pages.currentWidget() is pages.explore) is not wanted
    assert window.tour.stop is None
    with qtbot.waitSignal(window.painted, timeout=10_000):
        window.show()
    qtbot.wait(50)
    assert (window.tour.stop is not None) is not wanted  # the cases keep their place
    if wanted:
        pages.show_explore()
    qtbot.waitUntil(lambda: window.tour.stop is not None and preferences.toured)
    make.destroy(window)


def test_the_tour_covers_no_replay_and_comes_afterwards(preferences, make, monkeypatch, qtbot):
    monkeypatch.setattr(program, "has_display", lambda: True)
    window = Window(Session(preferences=preferences))
    pages, playback = window.pages, window.session.playback
    pages.welcoming.show()
    program.welcome(window)
    with qtbot.waitSignal(window.painted, timeout=10_000):
        window.show()
    with monkeypatch.context() as replayed:
        replayed.setattr(type(playback), "coming", True)
        pages.show_explore()
        qtbot.wait(50)
    assert window.tour.stop is None and not preferences.toured
    pages.show_explore()
    qtbot.waitUntil(lambda: window.tour.stop is not None)
    make.destroy(window)


@pytest.mark.thorough
def test_a_named_file_is_opened(tmp_path):
    missing = tmp_path / "missing.png"
    code = f"""
from PySide6.QtCore import QTimer
from gui.shell import app as program
original = program.open_window
def opened(*arguments):
    window = original(*arguments)
    def look(kind, sentence):
        print(kind, sentence)
        window.leave()
    window.session.notice.connect(look)
    QTimer.singleShot(50_000, window.leave)
    return window
program.open_window = opened
program.main([{str(missing)!r}])
"""
    done = run(code, XDG_CONFIG_HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path))
    assert done.stdout.startswith("error "), done.stderr
    assert "missing.png" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.thorough
def test_ctrl_c_in_the_terminal_closes_the_window(tmp_path):
    code = """
import os, signal, sys
from PySide6.QtCore import QTimer
from gui.shell import app
app.DEMO_MODEL = "/nowhere/model.onnx"
app.application()
QTimer.singleShot(1500, lambda: os.kill(os.getpid(), signal.SIGINT))
sys.exit(app.main([]))
"""
    done = run(code, XDG_CONFIG_HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path))
    # A busy worker is left behind (os._exit), so that nothing after main() may be counted on.
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("seen", [True, False])
def test_a_demonstration_that_stays_open_keeps_its_runs_as_any_window_does(
    monkeypatch, preferences, make, tmp_path, seen
):
    """Without a case of the session's own no set can be certified in it."""
    opened = []

    def open_window(*, remembers):
        opened.append(Window(Session(preferences=preferences), remembers=remembers))
        return opened[0]

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")  # the demonstration sets it
    monkeypatch.setattr(program, "open_window", open_window)
    monkeypatch.setattr(program, "_loop", lambda app, window: 0)
    monkeypatch.setattr(program, "has_display", lambda: seen)
    program.demo(tmp_path)
    (window,) = opened
    begun = []
    monkeypatch.setattr(window.session, "start", lambda: None)
    monkeypatch.setattr(window.session.keeping, "begin", lambda: begun.append(window))
    window._start()
    assert bool(begun) is seen
    make.destroy(window)


@pytest.mark.thorough
def test_ctrl_c_that_qt_swallowed_while_the_window_was_made_closes_it(tmp_path):
    code = """
import sys
from engine.system import interrupt
from gui.shell import app
app.DEMO_MODEL = "/nowhere/model.onnx"
interrupt._asked = True
sys.exit(app.main([]))
"""
    done = run(code, XDG_CONFIG_HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.thorough
def test_the_demonstration_runs_without_a_display(tmp_path):
    out = tmp_path / "out"
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-c", DEMO, str(out)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**environment, "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    evidence = json.loads((out / "demo.json").read_text())
    assert evidence["outcome"] == "certified"
    assert evidence["class_name"] == "7"
    assert (out / "demo.pdf").read_bytes().startswith(b"%PDF")
    assert (out / "demo.png").read_bytes().startswith(b"\x89PNG")


def test_files_that_are_named_are_opened_together(monkeypatch):
    """Several are told apart, or asked about, as when they are dropped."""
    opened, opening = [], SimpleNamespace(open_paths=lambda paths: opened.append(list(paths)))
    monkeypatch.setattr(program, "open_window", lambda: SimpleNamespace(opening=opening))
    monkeypatch.setattr(program, "welcome", lambda window: None)
    monkeypatch.setattr(program, "_loop", lambda app, window: 0)
    assert program.main(["m.onnx", "a.png", "b.png"]) == 0
    assert opened == [[Path("m.onnx"), Path("a.png"), Path("b.png")]]
