"""Which revision of layout and sentences a report was set with: its template, data and words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from engine.core.resources import assets

PREFIX = "layout "
"""Stands before the revision among a PDF's keywords."""
_ROOMS = ("report", "figures", "evidence", "regions", "schemes")
_ENGINE = Path(__file__).resolve().parents[1]


@lru_cache(maxsize=1)
def revision() -> str:
    """A digest over everything that decides how a report of given evidence looks, 12 hex digits.

    Two programs of the same revision set the same evidence to the same bytes; of programs with
    another one nobody can ask that. An installation has the same revision as its checkout.
    """
    digest = hashlib.sha256()
    for template in sorted((assets() / "report").glob("*.typ")):
        digest.update(template.read_bytes())
    for room in _ROOMS:
        for path in sorted((_ENGINE / room).rglob("*.py")):
            digest.update("\n".join(_kept(path)).encode())
    return digest.hexdigest()[:12]


def _kept(path: Path) -> Iterator[str]:
    """The lines of a source without imports, which name other rooms in an installation."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.lstrip().startswith(("from ", "import ")):
            yield line
