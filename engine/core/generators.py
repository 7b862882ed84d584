"""Procedures are generators: snapshots while they run, a result at the end."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")


def result_of(run: Generator[object, None, Result]) -> Result:
    """What a procedure returns, its snapshots passed over."""
    while True:
        try:
            next(run)
        except StopIteration as end:
            found: Result = end.value
            return found
