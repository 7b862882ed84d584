"""Whether recorded values are those worked out again, and where not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

RELATIVE = 1e-9
"""SciPy's releases differ in the last digits; anything larger is an edit."""


def differences(recorded: Any, again: Any, name: str = "") -> list[str]:
    """One clause per value that differs; the first few are enough."""
    found: list[str] = []
    for clause in _walk(_plain(recorded), _plain(again), name):
        found.append(clause)
        if len(found) == 3:
            break
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _walk(recorded: Any, again: Any, name: str) -> Iterator[str]:
    if isinstance(recorded, Mapping) and isinstance(again, Mapping):
        for key in {**recorded, **again}:
            yield from _walk(recorded.get(key), again.get(key), f"{name}.{key}".lstrip("."))
    elif _is_list(recorded) and _is_list(again) and len(recorded) == len(again):
        for index, pair in enumerate(zip(recorded, again, strict=True)):
            yield from _walk(*pair, f"{name}[{index}]")
    elif not _same(recorded, again):
        yield f"{name} is {_short(recorded)} in the file and {_short(again)} by its votes"


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _same(recorded: Any, again: Any) -> bool:
    numbers = isinstance(recorded, float) and isinstance(again, float)
    if numbers and not isinstance(recorded, bool):
        return math.isclose(recorded, again, rel_tol=RELATIVE, abs_tol=1e-15)
    return type(recorded) is type(again) and bool(recorded == again)


def _short(value: Any) -> str:
    if _is_list(value):
        return f"a list of {len(value)}"
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
