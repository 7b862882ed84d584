"""When something was, for a person who looks at it now."""

from __future__ import annotations

from datetime import datetime


def local_time(stated: str) -> str:
    """A time of ISO 8601 to the minute, on this machine's clock; any other text as it is.

    >>> local_time("2026-11-29T21:53:01")
    '2026-11-29 21:53'
    >>> local_time("yesterday")
    'yesterday'
    """
    try:
        return datetime.fromisoformat(stated).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return stated
