"""Work that is long before there is anything to count, and may be stopped all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from engine.core.errors import StoppedEarly

_STOP: ContextVar[threading.Event | None] = ContextVar("stop", default=None)


@contextmanager
def stopped_by(stop: threading.Event) -> Iterator[None]:
    """Within it, :func:`heed` knows the event: a bound deep down is handed no event of its own."""
    token = _STOP.set(stop)
    try:
        yield
    finally:
        _STOP.reset(token)


def heed(doing: str) -> None:
    """Go on, unless somebody stopped it.

    Args:
        doing: what is at work, as ``the error of interpolation was bounded``.

    Raises:
        StoppedEarly: the event is set.
    """
    stop = _STOP.get()
    if stop is not None and stop.is_set():
        raise StoppedEarly(f"Stopped while {doing}, before any sample was drawn.")
