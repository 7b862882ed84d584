"""What the loader says is translated into Debian's package names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.system import qt_libraries
from engine.system.qt_libraries import (
    can_start,
    missing_packages,
    packages_of,
    qt_folder,
    unresolved,
)

LDD = """\
\tlinux-vdso.so.1 (0x00007ffd)
\tlibxcb-cursor.so.0 => /lib/x86_64-linux-gnu/libxcb-cursor.so.0 (0x00007f)
\tlibxcb-icccm.so.4 => not found
\tlibxcb-keysyms.so.1 => not found
"""


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A Qt whose files lack two libraries, according to the loader."""
    plugins = tmp_path / "Qt" / "plugins" / "platforms"
    plugins.mkdir(parents=True)
    for name in ("libqoffscreen.so", "libqxcb.so"):
        (plugins / name).write_bytes(b"")

    def ldd(words: list[str], **_: Any) -> SimpleNamespace:
        return SimpleNamespace(stdout=LDD if words[1].endswith("libqxcb.so") else "")

    monkeypatch.setattr(qt_libraries, "qt_folder", lambda: tmp_path)
    monkeypatch.setattr(subprocess, "run", ldd)
    monkeypatch.setattr(qt_libraries, "_loads", lambda file: file.name != "libqxcb.so")
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path


def test_names_of_packages() -> None:
    assert packages_of(["libGL.so.1", "libxcb-icccm.so.4", "libGL.so.1"]) == (
        "libgl1",
        "libxcb-icccm4",
    )
    assert packages_of(["libnew.so.7"]) == ("libnew.so.7",)


@pytest.mark.usefixtures("loader")
def test_only_a_window_needs_the_libraries_of_x11() -> None:
    assert missing_packages("window") == ("libxcb-icccm4", "libxcb-keysyms1")
    assert missing_packages("offscreen") == ()
    assert can_start("offscreen")
    assert not can_start("window")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others bring all with Qt")
def test_a_plugin_that_the_loader_refuses_cannot_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert can_start("offscreen")
    for name in qt_libraries._PLUGIN.values():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"no library")
    monkeypatch.setattr(qt_libraries, "qt_folder", lambda: tmp_path)
    assert not can_start("offscreen")
    assert not can_start("window")


@pytest.mark.usefixtures("loader")
def test_other_systems_bring_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert missing_packages("window") == ()
    assert can_start("window")


def test_without_ldd_nothing_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def absent(*_: Any, **__: Any) -> None:
        raise FileNotFoundError("ldd")

    monkeypatch.setattr(subprocess, "run", absent)
    assert unresolved(tmp_path / "x.so") == []


def test_qt_is_found_without_being_imported() -> None:
    code = (
        "import sys; from engine.system.qt_libraries import qt_folder; "
        "assert qt_folder().is_dir(); assert 'PySide6' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    folder = qt_folder()
    assert folder is not None
    assert (folder / qt_libraries._PLUGIN["window"]).name == "libqxcb.so"


def test_the_command_prints_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "engine.system.qt_libraries", "offscreen"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("\n") == 1
