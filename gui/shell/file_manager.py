"""The desktop's file manager, asked over the session bus (org.freedesktop.FileManager1)."""

from __future__ import annotations

import sys
from pathlib import Path

SERVICE, OBJECT = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"
_PATIENCE_MS = 1500


def selected_in_folder(path: Path) -> bool:
    """Show a file in its folder, selected; False where no file manager can be asked."""
    if not sys.platform.startswith("linux"):
        return False
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    message = QDBusMessage.createMethodCall(SERVICE, OBJECT, SERVICE, "ShowItems")
    message.setArguments([[path.as_uri()], ""])
    answer = bus.call(message, timeout=_PATIENCE_MS)
    return answer.type() == QDBusMessage.MessageType.ReplyMessage
