"""Opening the program, and the demonstration."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from engine.models.request import ModelRequest
from engine.system.interrupt import interrupted
from gui.controllers.session import Session
from gui.shell.garbage_collection import Collector
from gui.shell.qt_messages import leave_out_noise
from gui.shell.window import TITLE, Window
from gui.widgets.icons import program_icon

DEMO_MODEL = "demo:digits-0.25"
DEMO_INPUT = "digits:52"


def application(arguments: Sequence[str] = ()) -> QApplication:
    """The one ``QApplication``, dressed."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    leave_out_noise()
    app = QApplication([TITLE.lower(), *arguments])
    app.setApplicationName("certiscope")
    app.setApplicationDisplayName(TITLE)
    app.setOrganizationName(TITLE)
    app.setWindowIcon(program_icon())
    return app


def open_window(session: Session | None = None, *, remembers: bool = True) -> Window:
    """A window that starts its engine once it has been painted."""
    session = session or Session()
    window = Window(session, remembers=remembers)
    collector = Collector(idle=lambda: not session.worker.busy(), parent=window)
    window.closed.connect(collector.release)
    # queued: whoever waits for the paint itself comes first
    window.painted.connect(window.begin, Qt.ConnectionType.QueuedConnection)
    window.show()
    return window


def main(argv: Sequence[str] = ()) -> int:
    """Open the window, with the files that were named, and return the exit status."""
    app = application()
    window = open_window()
    if argv:
        window.opening.open_paths([Path(name) for name in argv])
    else:
        window.session.loading.open_model(ModelRequest(DEMO_MODEL))
        window.session.loading.open_input(DEMO_INPUT)
        if window.session.preferences.welcome:
            window.pages.welcoming.show()
    welcome(window)
    return _loop(app, window)


def welcome(window: Window) -> None:
    """At the first start that somebody sees, show the tour once.

    It comes when the window is painted; where recorded cases are shown first, when somebody turns
    to model and plots, of which it tells.
    """
    preferences, pages = window.session.preferences, window.pages
    if not has_display() or preferences.toured:
        return
    if pages.currentWidget() is pages.explore:
        window.painted.connect(partial(_tour, window), Qt.ConnectionType.QueuedConnection)
    else:
        # once what was turned to them for has begun
        pages.turned.connect(partial(QTimer.singleShot, 0, partial(_tour, window)))


def _tour(window: Window) -> None:
    """Show the tour over model and plots, unless it was shown or there is a run to be watched."""
    preferences, pages = window.session.preferences, window.pages
    session, talks = window.session, window.appearance.talks
    watched = session.runs.running or session.playback.coming or talks
    if pages.currentWidget() is pages.explore and not preferences.toured and not watched:
        preferences.toured = True
        window.commands["tour"].trigger()


def demo(out: Path) -> int:
    """Certify a shipped digit in the window and leave a report, the evidence and an image of it.

    Where there is a display the window stays open afterwards, as any other: it keeps its runs.

    Returns:
        0 when all three files are written.
    """
    from gui.shell.demo import Demo

    shown = has_display()
    if not shown:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = application()
    window = open_window(remembers=shown)
    show = Demo(window, out, ModelRequest(DEMO_MODEL), DEMO_INPUT)
    if not shown:
        show.finished.connect(window.close)
    show.start()
    status = _loop(app, window)
    return status or (0 if show.complete else 1)


def has_display() -> bool:
    """Whether a window can be seen here."""
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _loop(app: QApplication, window: Window) -> int:
    """Run until the window is closed, by Ctrl+C in the terminal or SIGTERM too."""
    import signal

    leave = partial(QTimer.singleShot, 0, window.leave)  # not in the middle of a paint
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: leave())
    beat = QTimer()  # lets Python see the signal
    beat.timeout.connect(lambda: None)
    beat.start(200)
    if interrupted():  # while the window was made, where Qt swallowed it
        leave()
    status = app.exec()
    if not window.ended:
        # a download inside a library cannot be interrupted, and Qt aborts on a thread that still
        # runs; everything worth keeping is written by now
        sys.stdout.flush()
        os._exit(status)
    return status
