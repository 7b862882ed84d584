"""Oracles: what turns a generative model's answers into classes.

Importing this package loads no torch; each kind's module is imported when a file names it.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.core.errors import UserError, quoted
from engine.core.files import read_bounded
from engine.oracles.base import UNPARSEABLE, Oracle

ORACLES: dict[str, str] = {
    "keywords": "words and regular expressions per class",
    "classifier": "a Hugging Face text classifier",
    "equivalence": "says the same as a reference answer, or not",
}
"""Every kind with what it does; ``engine.oracles.<key>`` has ``from_description``."""
_LARGEST = 1 << 20


def load_oracle(path: Path, *, source: str = "") -> Oracle:
    """The oracle a file describes: JSON with the entry ``oracle``, or lines of keyword rules.

    Args:
        path: the file.
        source: what evidence calls it; its path where empty.

    Raises:
        UserError: it cannot be read, or describes none.
    """
    text = _read(path)
    if not text.lstrip().startswith("{"):
        from engine.oracles.keywords import from_text

        return from_text(text, source or str(path))
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is damaged JSON; write the oracle's file again.") from error
    return from_description(content, source or str(path))


def from_description(content: Mapping[str, Any], source: str) -> Oracle:
    """The oracle of a description.

    Raises:
        UserError: it describes none.
    """
    key = content.get("oracle")
    if not isinstance(key, str) or key not in ORACLES:
        known = ", ".join(ORACLES)
        raise UserError(f"{source} names no oracle that is known ('{quoted(key)}'; {known}).")
    module = importlib.import_module(f"{__name__}.{key}")
    oracle: Oracle = module.from_description(content, source)
    return oracle


def _read(path: Path) -> str:
    try:
        return read_bounded(path, _LARGEST, what="the oracle").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path} is not a text; an oracle's file is JSON or lines of rules."
        ) from error


__all__ = ["ORACLES", "UNPARSEABLE", "Oracle", "from_description", "load_oracle"]
