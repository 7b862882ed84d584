"""A server of encrypted inference on this machine, in a process of its own."""

from __future__ import annotations

import re
import sys

from PySide6.QtCore import QObject, QProcess, Signal

from engine.procedures.command_line import PROGRAM

HOST = "127.0.0.1"
_SERVED = re.compile(rf"{re.escape(HOST)}:(\d+)")
_MOST_LINES = 200
_WAIT_MS = 3000


class LocalServer(QObject):
    """Starts ``certiscope serve-encrypted`` and reads what it says.

    Attributes:
        address: ``HOST:PORT`` once it serves; empty before and after.
        lines: what it said, the last ones.

    Signals:
        served: its address.
        said: a line.
        ended: why, in a sentence; empty if it was asked to.
    """

    served = Signal(str)
    said = Signal(str)
    ended = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.address = ""
        self.lines: list[str] = []
        self._process: QProcess | None = None

    @property
    def running(self) -> bool:
        """Whether there is such a process."""
        return self._process is not None

    def start(self, model: str) -> None:
        """Serve a model on a free port."""
        self.stop()
        process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finished)
        self._process = process
        words = ["serve-encrypted", "--model", model, "--host", HOST, "--port", "0"]
        process.start(sys.executable, ["-m", PROGRAM, *words])

    def stop(self) -> None:
        """End it."""
        process, self._process, self.address = self._process, None, ""
        if process is not None:
            process.terminate()
            if not process.waitForFinished(_WAIT_MS):
                process.kill()
                process.waitForFinished(_WAIT_MS)
            process.deleteLater()
            self.ended.emit("")

    def _read(self) -> None:
        process = self._process
        while process is not None and process.canReadLine():
            line = process.readLine().toStdString().rstrip()
            self.lines = [*self.lines, line][-_MOST_LINES:]
            found = _SERVED.search(line)
            if found and not self.address:
                self.address = f"{HOST}:{found[1]}"
                self.served.emit(self.address)
            self.said.emit(line)

    def _finished(self) -> None:
        if self._process is not None:
            self._process.deleteLater()
            self._process, self.address = None, ""
            last = self.lines[-1] if self.lines else "it said nothing"
            self.ended.emit(f"The server has ended: {last.removeprefix('certiscope: ')}")
