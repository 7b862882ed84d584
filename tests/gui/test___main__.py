"""The program opens a window or hands over to the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.system import qt_libraries
from gui import __main__ as program


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the window is opened with; no window opens."""
    seen: list[Any] = []

    def note(what: Any) -> int:
        seen.append(what)
        return 0

    monkeypatch.setitem(sys.modules, "gui.shell.app", SimpleNamespace(main=note, demo=note))
    return seen


def test_knows_every_command() -> None:
    from engine.cli.app import build

    app = build(demo=lambda out: 0)
    found = {command.name for command in app.registered_commands}
    found |= {group.name for group in app.registered_groups}
    assert found == program._COMMANDS


def test_no_argument_opens_the_window(window: list[Any]) -> None:
    assert program.run([]) == 0
    assert window == [[]]


def test_files_open_in_the_window(window: list[Any], tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    image.write_bytes(b"")
    assert program.run([str(image)]) == 0
    assert window == [[str(image)]]


def test_names_of_what_comes_with_the_program_open_in_the_window(
    window: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(["demo:digits-0.50", "digits:5"]) == 0
    assert window == [["demo:digits-0.50", "digits:5"]]
    assert program.run(["https://certiscope.example/a.png"]) == 2
    assert "There is no file https:" in capsys.readouterr().err
    assert len(window) == 1


def test_a_folder_named_like_a_command_does_not_hide_it(
    window: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schemes").mkdir()
    monkeypatch.chdir(tmp_path)
    assert program.run(["schemes"]) == 0
    assert window == []


def test_demo_gets_its_folder(window: list[Any], tmp_path: Path) -> None:
    assert program.run(["demo", "--out", str(tmp_path)]) == 0
    assert window == [tmp_path]


def test_a_word_that_is_neither_is_refused(
    window: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(["certfy"]) == 2
    assert capsys.readouterr().err.startswith("certiscope: No such command 'certfy'.")
    assert window == []


def test_a_file_that_is_not_there_is_named_as_one(
    window: list[Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    for words in (["gone.png"], ["there", "gone.png"], ["there/gone.png"]):
        assert program.run(words) == 2
        assert capsys.readouterr().err == f"certiscope: There is no file {words[-1]}.\n"
    assert window == []


def test_without_a_display_the_window_says_what_works(
    window: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert program.run([]) == 1
    assert "There is no display to open a window on" in capsys.readouterr().err
    assert window == []


def test_missing_libraries_are_named(
    window: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(qt_libraries, "can_start", lambda _scope: False)
    monkeypatch.setattr(qt_libraries, "missing_packages", lambda _scope: ("libegl1",))
    assert program.run(["demo"]) == 1
    assert capsys.readouterr().err == (
        "certiscope: The window needs system libraries; on Debian: "
        "apt-get install -y --no-install-recommends libegl1\n"
    )
    assert window == []


def test_what_is_loaded_before_the_window_is_no_torch() -> None:
    code = (
        "import sys; from gui.__main__ import prepare; "
        "assert prepare(offscreen=True) == '' and 'engine.evidence.evidence' in sys.modules; "
        "assert not {'torch', 'scipy', 'PySide6.QtWidgets', 'subprocess'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_first_paint_waits_for_no_arrays() -> None:
    code = (
        "import os, sys; from gui.__main__ import prepare; prepare(offscreen=True); "
        "from gui.shell.app import application, open_window; app = application(); "
        "window = open_window(remembers=False); late = {'numpy', 'pyqtgraph', 'torch', 'scipy'}; "
        "window.painted.connect(lambda: os._exit(len(late & sys.modules.keys()))); app.exec()"
    )
    kept = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-c", code], check=True, env=kept)


def test_modules_are_loaded_by_python_itself_after_qt() -> None:
    """And what is loaded so works: pyqtgraph, which reads Qt's classes by their names, draws."""
    code = (
        "import builtins; plain = builtins.__import__; "
        "from gui.__main__ import prepare; prepare(offscreen=True); "
        "from gui.shell.app import application; app = application(); "
        "import pyqtgraph; plot = pyqtgraph.PlotWidget(); plot.plot([1, 2]); "
        "assert not plot.grab().isNull() and builtins.__import__ is plain"
    )
    kept = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-c", code], check=True, env=kept)


@pytest.mark.thorough
def test_the_command_line_loads_no_qt() -> None:
    code = (
        "import sys; from gui.__main__ import run; run(['schemes']); "
        "assert 'PySide6' not in sys.modules; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
