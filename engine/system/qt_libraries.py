"""Which system libraries Qt lacks on this machine, by the name of their Debian package.

Qt's own message names one library at most, and often one that is there. So the dynamic loader is
asked instead, about the very files Qt would load. Qt itself is never imported here.

``python -m engine.system.qt_libraries offscreen|window`` prints the missing packages on one line.
"""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

Scope = Literal["offscreen", "window"]

PACKAGES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""Debian 12's package of each library that a bare system may lack."""

_PLUGIN = {
    "offscreen": "Qt/plugins/platforms/libqoffscreen.so",
    "window": "Qt/plugins/platforms/libqxcb.so",
}
_BINDINGS = (
    "QtCore.abi3.so",
    "QtGui.abi3.so",
    "QtWidgets.abi3.so",
    "QtSvg.abi3.so",
    "QtOpenGLWidgets.abi3.so",
)


def missing_packages(scope: Scope) -> tuple[str, ...]:
    """Debian packages to install before Qt can start; empty where nothing is missing.

    A library with no known package is given by its own name. Other systems than Linux bring
    everything with Qt, so nothing is ever missing there.
    """
    folder = qt_folder()
    if folder is None or not sys.platform.startswith("linux"):
        return ()
    files = (*_BINDINGS, _PLUGIN["offscreen"], _PLUGIN[scope])
    return packages_of(
        library
        for name in files
        if (folder / name).exists()
        for library in unresolved(folder / name)
    )


def can_start(scope: Scope) -> bool:
    """Whether Qt's plugin for this kind of screen loads: a quick look, taken before each window.

    Without it Qt would end the process with a message that names the wrong library.
    """
    folder = qt_folder()
    plugin = folder / _PLUGIN[scope] if folder is not None else None
    if plugin is None or not plugin.exists() or not sys.platform.startswith("linux"):
        return True
    return _loads(plugin)


def _loads(library: Path) -> bool:
    """Whether the loader takes it, with all that it needs, which Qt loads anyway."""
    try:
        ctypes.CDLL(str(library))
    except OSError:
        return False
    return True


def qt_folder() -> Path | None:
    """Where PySide6 is installed, found without importing it."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def unresolved(file: Path) -> list[str]:
    """Libraries that ``file`` needs, itself or through others, and that the loader cannot find."""
    import subprocess

    try:
        done = subprocess.run(
            ["ldd", str(file)], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line.split()[0] for line in done.stdout.splitlines() if line.endswith("not found")]


def packages_of(libraries: Iterable[str]) -> tuple[str, ...]:
    """The packages of some libraries, each once, in alphabetical order."""
    return tuple(sorted({PACKAGES.get(library, library) for library in libraries}))


if __name__ == "__main__":
    wanted: Scope = "window" if sys.argv[1:] == ["window"] else "offscreen"
    sys.stdout.write(" ".join(missing_packages(wanted)) + "\n")
