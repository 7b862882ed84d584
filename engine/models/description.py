"""Small JSON files beside weights: cards and configurations, from strangers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_LARGEST = 16 << 20


def read_description(path: Path) -> dict[str, Any]:
    """The object in a JSON file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is too large or too deep, no JSON, or no object.
    """
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError("too large")
    try:
        content = json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(content, dict):
        raise ValueError("no object")
    return content
