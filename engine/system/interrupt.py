"""Ctrl+C and SIGTERM: a run stops as by the window's Stop, a command ends in a sentence."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""Exit status of a command that was stopped before there was a result."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_AGAIN = 0.02
"""Seconds after which a signal comes again that came while a module was loaded."""
_LOADER = "<frozen importlib"
_asked = False
"""Whether a signal has ended the command; libraries swallow KeyboardInterrupt while they load."""


def until_interrupted(command: Callable[[], int]) -> int:
    """The exit status of a command that Ctrl+C or SIGTERM ends, from its first import on.

    The process is deaf to both afterwards: it has said its last sentence and takes a moment to end.

    Args:
        command: the whole of it, imports included; it says itself what an interrupt has left,
            as far as it has come.
    """
    global _asked
    _asked = False
    for number in _SIGNALS:
        signal.signal(number, _on_signal)
    try:
        status = command()
        _deaf()
    except KeyboardInterrupt:
        _deaf()
        sys.stderr.write("certiscope: Stopped before anything was done.\n")
        return INTERRUPTED
    return status


def interrupted() -> bool:
    """Whether a signal asked for the end, also where a library has swallowed it since."""
    return _asked


def _on_signal(number: int, frame: FrameType | None) -> None:
    global _asked
    _asked = True
    if _loads(frame):
        later = threading.Timer(_AGAIN, _thread.interrupt_main, (number,))
        later.daemon = True
        later.start()
        return
    raise KeyboardInterrupt


def _loads(frame: FrameType | None) -> bool:
    """Whether a module is being loaded: the native part of one may end the process at an error."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(_LOADER):
            return True
        frame = frame.f_back
    return False


def _deaf() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def stoppable(stop: threading.Event | None = None) -> Iterator[threading.Event]:
    """An event that the first Ctrl+C or SIGTERM sets; the second one interrupts as usual.

    Outside the main thread signals cannot be caught, and the event is merely handed out.

    Args:
        stop: the event; None makes a new one.

    Raises:
        KeyboardInterrupt: at the second signal, or where one came before and was swallowed.
    """
    if _asked:
        raise KeyboardInterrupt
    stop = stop or threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, on_interrupt) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
