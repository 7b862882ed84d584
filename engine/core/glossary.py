"""What a term of the field means: help and tool tips are made from one table."""

from __future__ import annotations

from functools import cache

from engine.core.terms import GLOSSARY, Entry

__all__ = ["GLOSSARY", "GROUPS", "Entry", "meaning"]

GROUPS = ("A run", "Votes and noise", "Bounds", "Outcomes", "Regions", "Evidence")


def meaning(term: str) -> str:
    """What a term means; empty for a term that is not in the table.

    >>> meaning("p lower") == meaning("p_lower"), meaning("weather")
    (True, '')
    """
    entry = _entries().get(term.lower())
    return entry.meaning if entry is not None else ""


@cache
def _entries() -> dict[str, Entry]:
    return {name.lower(): entry for entry in GLOSSARY for name in (entry.term, *entry.also)}
