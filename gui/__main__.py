"""The program ``certiscope``: opens the window, or hands over to the command line.

Nothing heavy is imported before it is known which of the two is wanted: the window is to be there
within a second, and the command line is to work on machines without Qt.
"""

from __future__ import annotations

import builtins
import os
import re
import sys
from pathlib import Path

from engine.system.interrupt import leave, remembered, until_interrupted
from engine.system.memory import (
    collect_seldom,
    hold_pages,
    keep_small,
    leave_to_the_system,
    without_collection,
)
from engine.system.openmp import wait_passively

_COMMANDS = frozenset(
    [
        "attack",
        "audit",
        "certify",
        "compare",
        "decide",
        "demo",
        "doctor",
        "import",
        "keys",
        "lab",
        "merge",
        "plan",
        "predict",
        "prune",
        "replay",
        "report",
        "resume",
        "runs",
        "schema",
        "schemes",
        "serve-encrypted",
        "sign",
        "slides",
        "train",
        "verify",
    ]
)
"""The command line's commands, known here without importing it: a folder called ``plan`` in the
current directory must not open a window. A test compares them with the command line's own."""
_FAILURE, _BAD_INPUT = 1, 2
_COMPLETION = "_CERTISCOPE_COMPLETE"
"""Set by a shell that asks, without an argument, how a command line goes on."""
_SHIPPED = r"[a-z][a-z0-9-]+:[^\s/\\]"
"""How names of what comes with the program begin, demo:digits-0.25 or digits:52; no drive does, and
no address."""
_PLUGINS = "PYDANTIC_DISABLE_PLUGINS"
"""Which plugins of pydantic are left out: looking for any reads the list of every installed package
at the start, and what is found would read along with every record."""


def main() -> None:
    """The console script."""
    wait_passively()
    status = until_interrupted(lambda: run(sys.argv[1:]))
    leave_to_the_system()
    leave(status)


def run(arguments: list[str]) -> int:
    """No arguments, or files to open: the window; anything else: a command.

    Returns:
        The exit status.
    """
    if _COMPLETION not in os.environ:
        if _names_files(arguments):
            return _window(arguments)
        if absent := _absent_file(arguments):
            return _refuse(f"There is no file {absent}.", _BAD_INPUT)
    collect_seldom()
    hold_pages()
    from engine.cli import main as command_line

    return command_line(arguments, demo=_demo)


def _names_files(arguments: list[str]) -> bool:
    return all(
        argument not in _COMMANDS and not argument.startswith("-") and _is_there(argument)
        for argument in arguments
    )


def _is_there(argument: str) -> bool:
    """Whether it is a file, or may come with the program: whoever opens it says if it does not."""
    return Path(argument).exists() or re.match(_SHIPPED, argument) is not None


def _absent_file(arguments: list[str]) -> str:
    """The first of several files that is not there; empty where the first word is a command."""
    if arguments[0] in _COMMANDS or any(word.startswith("-") for word in arguments):
        return ""
    first = Path(arguments[0])
    if not (first.exists() or first.suffix or len(first.parts) > 1):
        return ""  # a word that could be a command
    return next(word for word in arguments if not _is_there(word))


def _window(files: list[str]) -> int:
    offscreen = os.environ.get("QT_QPA_PLATFORM") == "offscreen"
    if not offscreen and not _has_display():
        return _refuse(
            "There is no display to open a window on; 'certiscope demo' and 'certiscope certify' "
            "run without one."
        )
    with without_collection():  # the window has its own
        lacking = prepare(offscreen=offscreen)
        if lacking:
            return _refuse(lacking)
        from gui.shell.app import main as window

        with remembered():  # until the window hears it itself
            return window(files)


def _demo(out: Path) -> int:
    with without_collection():
        lacking = prepare(offscreen=not _has_display())
        if lacking:
            return _refuse(lacking)
        from gui.shell.app import demo

        with remembered():
            return demo(out)


def prepare(*, offscreen: bool) -> str:
    """Load what a window needs of the engine; what keeps Qt from starting, or nothing.

    Before Qt, whose bindings make every module that is loaded after them dearer.
    """
    keep_small()
    hold_pages()
    os.environ.setdefault(_PLUGINS, "__all__")
    lacking = _lacking(offscreen=offscreen)
    if lacking:
        return lacking
    import engine.evidence.evidence
    import engine.inputs
    import engine.models.demo
    import engine.planning.records
    import engine.procedures.resume  # noqa: F401

    _load_bindings()
    return ""


def _load_bindings() -> None:
    """Load Qt's bindings, and leave the import of modules to Python.

    The bindings put an import of their own in its place, which reads the source of every module
    that is loaded later to see whether it asks for other names of Qt's methods
    (``from __feature__ import snake_case``). Nothing here does; it would take a tenth of the start.
    """
    plain = builtins.__import__
    import PySide6.QtCore  # noqa: F401

    builtins.__import__ = plain


def _lacking(*, offscreen: bool) -> str:
    """The system libraries that keep Qt from starting, as a sentence; empty if none do."""
    from engine.system.qt_libraries import Scope, can_start, missing_packages

    scope: Scope = "offscreen" if offscreen or not os.environ.get("DISPLAY") else "window"
    if can_start(scope):
        return ""
    return (
        "The window needs system libraries; on Debian: "
        f"apt-get install -y --no-install-recommends {' '.join(missing_packages(scope))}"
    )


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _refuse(sentence: str, status: int = _FAILURE) -> int:
    sys.stderr.write(f"certiscope: {sentence}\n")
    return status


if __name__ == "__main__":
    main()
