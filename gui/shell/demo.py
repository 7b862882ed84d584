"""The demonstration: a shipped digit is certified before the eyes of whoever looks."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, QTimer, Signal, Slot

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.models.request import ModelRequest
from gui.shell.geometry import FIRST_SIZE
from gui.shell.window import Window

_SETTLE_MS = 300
_ROUNDS = 4
"""A new size reaches the innermost layouts after so many rounds of requests."""


class Demo(QObject):
    """Waits for each step of the session and asks for the next one.

    Attributes:
        complete: all three files are written.
    """

    finished = Signal()

    def __init__(self, window: Window, out: Path, request: ModelRequest, spec: str) -> None:
        super().__init__(window)
        self._window, self._out = window, out
        self._request, self._spec = request, spec
        self._pending: set[str] = {"pdf", "json", "png"}
        self._ended = self._started = False
        self.complete = False

    def start(self) -> None:
        """Load the example; everything else follows."""
        session = self._window.session
        session.worker.activity_changed.connect(self._step)
        session.exports.exported.connect(self._on_exported)
        session.notice.connect(self._on_notice)
        session.loading.open_model(self._request)
        session.loading.open_input(self._spec)

    @Slot()
    def _step(self) -> None:
        session = self._window.session
        if not self._started and session.runs.ready:
            self._started = True
            QTimer.singleShot(0, self, session.runs.certify)
        elif self._started and session.runs.evidence is not None and not session.worker.busy():
            session.worker.activity_changed.disconnect(self._step)
            QTimer.singleShot(_SETTLE_MS, self, self._leave_files)

    @Slot()
    def _leave_files(self) -> None:
        image = self._out / "demo.png"
        try:
            write_atomically(image, _png(self._window), folders=True)
        except UserError as error:
            self._on_notice("error", str(error))
            return
        self._tick("png")
        session = self._window.session
        if session.runs.evidence is not None:
            for fmt in ("pdf", "json"):
                session.exports.export(
                    session.runs.evidence,
                    fmt,
                    self._out / f"demo.{fmt}",
                    session.illustrator.illustrations,
                )

    @Slot(object)
    def _on_exported(self, path: Path) -> None:
        self._tick(path.suffix[1:])

    @Slot(str, str)
    def _on_notice(self, kind: str, sentence: str) -> None:
        """An error ends the demonstration; it is in the window, and said in the terminal."""
        if kind == "error" and not self._ended:
            sys.stderr.write(f"certiscope: {sentence}\n")
            self._end()

    def _tick(self, kind: str) -> None:
        self._pending.discard(kind)
        if not self._pending:
            self.complete = True
            sys.stdout.write(f"Wrote demo.pdf, demo.json and demo.png into {self._out}.\n")
            self._end()

    def _end(self) -> None:
        self._ended = True
        self.finished.emit()


def _png(window: Window) -> bytes:
    """The window as an image; one that was made small, or a small screen's, at the first size."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    size = window.size()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.resize(size.expandedTo(QSize(*FIRST_SIZE)))
    for _ in range(_ROUNDS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    window.grab().save(buffer, "PNG")
    window.resize(size)
    return bytes(data.data())
