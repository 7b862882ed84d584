"""Ctrl+C and SIGTERM: a run stops as by the window's Stop, a command ends in a sentence."""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
"""Exit status of a command that was stopped before there was a result."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_AGAIN = 0.02
"""Seconds between looks whether the module is loaded during which a signal came."""
_LOADER = "<frozen importlib"
_LOADING = "certiscope: Stopped while a library was being loaded.\n"
_STOPPED = "certiscope: Stopped; nothing more was done.\n"
"""Also where everything was: a signal may come after the last file was written."""
_asked = False
"""Whether a signal has ended the command; libraries swallow KeyboardInterrupt while they load."""
_waits = _comes = False
"""Whether a signal waits until a module is loaded, and whether it comes again now."""


def until_interrupted(command: Callable[[], int]) -> int:
    """The exit status of a command that Ctrl+C or SIGTERM ends, from its first import on.

    The process is deaf to both afterwards: it has said its last sentence and takes a moment to end.

    Args:
        command: the whole of it, imports included; it says itself what an interrupt has left,
            as far as it has come.
    """
    global _asked, _waits, _comes
    _asked = _waits = _comes = False
    for number in _SIGNALS:
        signal.signal(number, _on_signal)
    try:
        status = command()
        _deaf()
    except (KeyboardInterrupt, Exception) as error:
        if not (_asked or isinstance(error, KeyboardInterrupt)):
            raise
        _deaf()
        sys.stderr.write(_STOPPED)
        return INTERRUPTED
    return status


def leave(status: int) -> NoReturn:
    """End the process with the status of a command.

    One that was stopped ends at once, when it has cleaned up: libraries that a signal met while
    they were at work print on standard error as the interpreter ends, below the last sentence.
    """
    if status != INTERRUPTED:
        sys.exit(status)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # closed, or nobody reads it any more
            stream.flush()
    os._exit(status)


def interrupted() -> bool:
    """Whether a signal asked for the end, also where a library has swallowed it since."""
    return _asked


def _on_signal(number: int, frame: FrameType | None) -> None:
    global _asked, _waits, _comes
    second, _comes = _waits and not _comes, False
    _asked = True
    if not _loads(frame):
        raise KeyboardInterrupt
    if second:  # who asks twice does not wait for a library, which may take forever
        _end(_LOADING)
    _waits = True
    _thread.start_new_thread(_later, (number,))


def _end(sentence: str) -> None:
    os.write(2, sentence.encode())
    os._exit(INTERRUPTED)


def _later(number: int) -> None:
    """Let a signal come again once no module is being loaded."""
    global _comes
    main = threading.main_thread().ident
    while main is not None and _loads(sys._current_frames().get(main)):
        time.sleep(_AGAIN)
    if _waits:
        _comes = True
        _thread.interrupt_main(signal.Signals(number))


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


def _obey() -> None:
    """Interrupt where a signal came before."""
    global _waits
    if _asked:
        _waits = False
        raise KeyboardInterrupt


@contextmanager
def remembered() -> Iterator[None]:
    """A first signal raises nothing: :func:`interrupted` tells of it; a second ends the process.

    For native code that Python's errors must not cross, such as what makes a window.

    Raises:
        KeyboardInterrupt: a signal came before.
    """
    _obey()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        global _asked
        if _asked:
            _end(_STOPPED)
        _asked = True

    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def stoppable(stop: threading.Event | None = None) -> Iterator[threading.Event]:
    """An event that the first Ctrl+C or SIGTERM sets; the second one interrupts as usual.

    Outside the main thread signals cannot be caught, and the event is merely handed out.

    Args:
        stop: the event; None makes a new one.

    Raises:
        KeyboardInterrupt: at the second signal, or where one came before and was swallowed.
    """
    _obey()
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
