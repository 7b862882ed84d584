"""One digest for what is equal, whether it was just made or read back from a file."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest(*parts: Any) -> str:
    """SHA-256 over the canonical JSON of some parts.

    A damaged row may hold bytes in the place of a text: its digest is that of no text.

    >>> digest({"a": 1, "b": (2,)}) == digest({"b": [2], "a": 1})
    True
    """
    text = _CANONICAL.encode(parts)
    return hashlib.sha256(text.encode()).hexdigest()


def _no_text(part: bytes) -> dict[str, str]:
    return {"bytes": part.hex()}


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_no_text)
