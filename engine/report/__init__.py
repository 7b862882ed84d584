"""Evidence to files: PDF, HTML, CSV and JSON, all from the same record."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.core.errors import UserError

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.figures.images import Illustrations

Form = Literal["pdf", "html", "csv", "json"]
FORMS: tuple[Form, ...] = ("pdf", "html", "csv", "json")
"""Each has a file here with what writes it, loaded when it is asked for."""
Writer = Callable[["Evidence", Path, "Illustrations | None"], None]


def writer(form: Form) -> Writer:
    """What writes a run in a form."""
    written = importlib.import_module(f"{__name__}.{form}")
    return getattr(written, f"write_{form}")  # type: ignore[no-any-return]


def write_report(
    evidence: Evidence, path: Path, illustrations: Illustrations | None = None
) -> None:
    """Write a run in the format that ``path`` ends in.

    Raises:
        UserError: the ending names no format, or the file cannot be written.
    """
    form = next((form for form in FORMS if path.suffix.lower() == f".{form}"), None)
    if form is None:
        known = ", ".join(f".{form}" for form in FORMS)
        raise UserError(f"Cannot write {path.name}: its ending must be one of {known}.")
    writer(form)(evidence, path, illustrations)
