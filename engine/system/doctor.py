"""Whether this machine has what Certiscope needs, and what to install where it does not."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from engine import __version__
from engine.core.resources import assets
from engine.system.qt_libraries import Scope, missing_packages

PACKAGES = (
    "PySide6-Essentials",
    "pyqtgraph",
    "torch",
    "torchvision",
    "transformers",
    "numpy",
    "scipy",
    "pydantic",
    "typer",
    "rich",
    "safetensors",
    "onnxruntime",
    "pillow",
    "scikit-learn",
    "typst",
)
_BAD_QT = ("6.11.0", "6.11.1")
_BF16_PAYS = 1.1
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's answer.

    Attributes:
        level: ``ok``; ``note``: something is absent that not everybody needs; ``bad``: something
            will fail.
        advice: what to do about it; empty where nothing needs doing.
    """

    topic: str
    value: str
    level: Literal["ok", "note", "bad"] = "ok"
    advice: str = ""


def examine() -> Iterator[Finding]:
    """Look at versions, devices, Qt's libraries, fonts and folders, in that order."""
    yield Finding("certiscope", __version__)
    yield _python()
    for package in PACKAGES:
        yield _package(package)
    yield from _devices()
    yield _libraries("offscreen", "Qt libraries")
    yield _libraries("window", "Qt libraries for a window")
    yield _display()
    yield _fonts()
    yield _assets()
    yield _config_folder()


def healthy(findings: list[Finding]) -> bool:
    """Whether nothing is bad."""
    return all(finding.level != "bad" for finding in findings)


def config_folder() -> Path:
    """Where the window keeps its settings on Linux."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _python() -> Finding:
    text = f"{platform.python_version()} ({sys.executable})"
    if (3, 11) <= sys.version_info[:2] < (3, 14):
        return Finding("python", text)
    return Finding("python", text, "bad", "Use Python 3.11, 3.12 or 3.13.")


def _package(name: str) -> Finding:
    try:
        found = version(name)
    except PackageNotFoundError:
        return Finding(name, "missing", "bad", f"Install it: pip install {name}.")
    if name == "PySide6-Essentials":
        return qt_version(found, sys.version_info[:2])
    return Finding(name, found)


def qt_version(found: str, python: tuple[int, int]) -> Finding:
    """Qt's version, bad where a release is known to misbehave."""
    numbers = tuple(int(part) for part in found.split(".")[:2] if part.isdigit())
    if found in _BAD_QT or (numbers >= (6, 12) and python < (3, 12)):
        why = "misplaces docks" if found in _BAD_QT else "crashes on Python 3.11"
        advice = f"This release {why}: pip install 'PySide6-Essentials>=6.11.2,<6.12'."
        return Finding("PySide6-Essentials", found, "bad", advice)
    return Finding("PySide6-Essentials", found)


def _devices() -> Iterator[Finding]:
    try:
        import torch

        from engine.system.bf16 import bf16_gain
        from engine.system.device import available, device_name
    except (ImportError, OSError) as error:
        advice = "Install torch and torchvision together, from one source."
        yield Finding("torch", f"does not load ({str(error).splitlines()[0]})", "bad", advice)
        return
    for name in available():
        device = torch.device(name)
        number = torch.get_num_threads()
        words = f", {number} thread{'' if number == 1 else 's'}"
        threads = words if name == "cpu" else ""
        yield Finding(f"device {name}", device_name(device) + threads)
    yield bf16(bf16_gain())


def bf16(gain: float) -> Finding:
    """Whether ``--precision bf16`` pays on the processor, by its rate against that of fp32."""
    value = f"{gain:.1f} times the rate of fp32 on the processor"
    if gain > _BF16_PAYS:
        return Finding("bf16", value)
    return Finding("bf16", value, "note", "Leave --precision at fp32 on this processor.")


def _libraries(scope: Scope, topic: str) -> Finding:
    missing = missing_packages(scope)
    if not missing:
        return Finding(topic, "all there")
    advice = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    needed = scope == "offscreen" or _has_display()
    return Finding(topic, f"missing: {', '.join(missing)}", "bad" if needed else "note", advice)


def _has_display() -> bool:
    unix = sys.platform.startswith("linux")
    return not unix or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _display() -> Finding:
    if _has_display():
        return Finding("display", "there is one")
    return Finding("display", "none", "note", "The demo runs in an offscreen window instead.")


def _fonts() -> Finding:
    if sys.platform.startswith("linux") and not _any_font():
        return Finding("fonts", "none", "bad", "apt-get install -y fonts-dejavu-core")
    return Finding("fonts", "there are some")


def _any_font() -> bool:
    if shutil.which("fc-list"):
        done = subprocess.run(["fc-list"], capture_output=True, text=True, check=False)
        if done.stdout.strip():
            return True
    folders = (Path(name).expanduser() for name in _FONT_FOLDERS)
    return any(next(folder.rglob("*.[to]tf"), None) for folder in folders if folder.is_dir())


def _assets() -> Finding:
    folder = assets()
    if folder.is_dir():
        return Finding("shipped files", str(folder))
    return Finding("shipped files", f"{folder} is missing", "bad", "Install Certiscope again.")


def _config_folder() -> Finding:
    folder = config_folder()
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if os.access(there, os.W_OK):
        return Finding("settings folder", str(folder))
    advice = "Recent files and the window's layout will not be remembered."
    return Finding("settings folder", f"{folder} cannot be written", "note", advice)
