"""Whether recorded values are those worked out again, and where not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

RELATIVE = 1e-9
"""SciPy's releases differ in the last digits; anything larger is an edit."""
LEAST = 1e-15
"""A difference that none of the numbers shows that are compared, but for masses in a tail."""


def differences(recorded: Any, again: Any, name: str = "", least: float = LEAST) -> list[str]:
    """One clause per value that differs; the first few are enough.

    Args:
        recorded, again: the values.
        name: of them, in the clauses.
        least: a difference up to it is none, whatever the values: of masses in a tail, whose size
            is what a claim rests on, far less than of others.
    """
    found: list[str] = []
    for clause in _walk(_plain(recorded), _plain(again), name, least):
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


def _walk(recorded: Any, again: Any, name: str, least: float) -> Iterator[str]:
    if isinstance(recorded, Mapping) and isinstance(again, Mapping):
        for key in {**recorded, **again}:
            place = f"{name}.{key}".lstrip(".")
            yield from _walk(recorded.get(key), again.get(key), place, least)
    elif _is_list(recorded) and _is_list(again) and len(recorded) == len(again):
        for index, pair in enumerate(zip(recorded, again, strict=True)):
            yield from _walk(*pair, f"{name}[{index}]", least)
    elif not _same(recorded, again, least):
        yield f"{name} is {_short(recorded)} in the file and {_short(again)} by its votes"


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _same(recorded: Any, again: Any, least: float) -> bool:
    numbers = isinstance(recorded, float) and isinstance(again, float)
    if numbers and not isinstance(recorded, bool):
        return math.isclose(recorded, again, rel_tol=RELATIVE, abs_tol=least)
    return type(recorded) is type(again) and bool(recorded == again)


def _short(value: Any) -> str:
    if _is_list(value):
        return f"a list of {len(value)}"
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
