"""What Qt says on standard error: everything but a remark that helps nobody."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qFormatLogMessage, qInstallMessageHandler

NOISE = frozenset({"This plugin does not support propagateSizeHints()"})
"""Said for every window where there is no screen; nothing is wrong then."""


def leave_out_noise() -> None:
    """Print Qt's messages as it would itself, without :data:`NOISE`."""
    qInstallMessageHandler(_handle)


def _handle(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if message not in NOISE and sys.stderr is not None:  # a program without a console has none
        sys.stderr.write(f"{qFormatLogMessage(kind, context, message)}\n")
