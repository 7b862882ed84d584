"""What the header of a safetensors file of ours says beside the weights. Loads no torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.core.errors import quoted

_LONGEST = 16 << 20
_LONGEST_NAME = 80


def read_header(path: Path) -> dict[str, str]:
    """The text entries of a safetensors header; none where it is damaged."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = file.read(min(size, _LONGEST))
    try:
        content = json.loads(header)
    except (ValueError, RecursionError):
        return {}
    facts = content.get("__metadata__") if isinstance(content, dict) else None
    if not isinstance(facts, dict):
        return {}
    return {str(key): str(value) for key, value in facts.items()}


def listed(metadata: Mapping[str, str], key: str) -> tuple[str, ...]:
    """Names that an entry lists as JSON; none where it does not."""
    content = stored(metadata, key)
    if not isinstance(content, list):
        return ()
    return tuple(quoted(name, _LONGEST_NAME) for name in content)


def stored(metadata: Mapping[str, str], key: str) -> Any:
    """The value of an entry in JSON; None where there is none."""
    try:
        return json.loads(metadata.get(key, "null"))
    except (ValueError, RecursionError):
        return None


def training_sigma(scheme: Mapping[str, Any] | None) -> float | None:
    """The level of a training scheme's Gaussian part."""
    sigma = (scheme or {}).get("sigma")
    return float(sigma) if isinstance(sigma, (int, float)) else None
