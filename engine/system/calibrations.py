"""Batch sizes that were measured before, of a model on a device: a file in the user's cache.

They decide how fast a run is and no vote. A file that is broken, of another version or not writable
is as good as none, and a cache folder that does not exist is not made.
"""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from engine.core.errors import UserError
from engine.core.files import read_bounded, sha256_bytes, write_atomically

_VERSION = 1
_MOST, _LONGEST, _LARGEST = 256, 1 << 20, 1 << 20
"""Entries of the file, the oldest of which makes room; its bytes; samples in a batch."""


class Pace(NamedTuple):
    """A batch size, and the seconds that a sample took in it."""

    batch: int
    seconds_each: float


def remembered(*what: object) -> Pace | None:
    """The pace that was measured for all this; None if it was not, or is not known any more."""
    return _read().get(_key(what))


def remember(pace: Pace, *what: object) -> None:
    """Keep a pace for the next process."""
    known = _read()
    known.pop(_key(what), None)
    known[_key(what)] = pace
    kept = dict([*known.items()][-_MOST:])
    data = json.dumps({"version": _VERSION, "paces": kept}, indent=0).encode()
    path = _path()
    with suppress(OSError, UserError):
        if path.parents[1].is_dir():
            path.parent.mkdir(exist_ok=True)
            write_atomically(path, data)


def _path() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME", "") or "~/.cache"
    return Path(cache).expanduser() / "certiscope" / "calibrations.json"


def _key(what: tuple[object, ...]) -> str:
    return sha256_bytes(repr(what).encode())[:32]


def _read() -> dict[str, Pace]:
    try:
        found = json.loads(read_bounded(_path(), _LONGEST))
        if found["version"] != _VERSION:
            return {}
        return {str(key): pace for key, value in found["paces"].items() if (pace := _pace(value))}
    except (UserError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _pace(value: Any) -> Pace | None:
    batch, seconds = value
    fits = isinstance(batch, int) and 1 <= batch <= _LARGEST
    if not fits or not isinstance(seconds, float) or not math.isfinite(seconds) or seconds <= 0:
        return None
    return Pace(batch, seconds)
