"""The desktop's file manager, asked over the session bus (org.freedesktop.FileManager1)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusPendingCallWatcher

SERVICE, OBJECT = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"
_PATIENCE_MS = 5000


def select_in_folder(path: Path, parent: QObject, *, otherwise: Callable[[], object]) -> None:
    """Have a file shown in its folder, selected; nothing waits for the answer.

    Args:
        path: of the file, absolute.
        parent: owns the question until it is answered.
        otherwise: called where no file manager can be asked, or none answers.
    """
    if not sys.platform.startswith("linux"):
        otherwise()
        return
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        otherwise()
        return
    message = QDBusMessage.createMethodCall(SERVICE, OBJECT, SERVICE, "ShowItems")
    message.setArguments([[path.as_uri()], ""])
    watcher = QDBusPendingCallWatcher(bus.asyncCall(message, _PATIENCE_MS), parent)

    def answered(answer: QDBusPendingCallWatcher) -> None:
        if answer.isError():
            otherwise()
        answer.deleteLater()

    watcher.finished.connect(answered)
