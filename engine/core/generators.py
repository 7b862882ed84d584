"""Procedures are generators: snapshots while they run, a result at the end."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

Seen = TypeVar("Seen")
Result = TypeVar("Result")


def result_of(
    run: Generator[Seen, None, Result], seen: Callable[[Seen], object] = lambda snapshot: None
) -> Result:
    """What a procedure returns; ``seen`` is shown its snapshots."""
    while True:
        try:
            seen(next(run))
        except StopIteration as end:
            found: Result = end.value
            return found
