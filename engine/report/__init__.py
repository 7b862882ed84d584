"""Evidence to files: PDF, HTML, CSV and JSON, all from the same record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.figures.images import Illustrations
from engine.report.csv import evidence_csv, write_csv
from engine.report.html import html_text, write_html
from engine.report.json import evidence_json, write_json
from engine.report.pdf import pdf_bytes, preview_pages, write_pdf

Writer = Callable[[Evidence, Path, Illustrations | None], None]

WRITERS: dict[str, Writer] = {
    ".pdf": write_pdf,
    ".html": write_html,
    ".csv": write_csv,
    ".json": write_json,
}
"""What a file name's ending asks for."""


def write_report(
    evidence: Evidence, path: Path, illustrations: Illustrations | None = None
) -> None:
    """Write a run in the format that ``path`` ends in.

    Raises:
        UserError: the ending names no format, or the file cannot be written.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        known = ", ".join(WRITERS)
        raise UserError(f"Cannot write {path.name}: its ending must be one of {known}.")
    writer(evidence, path, illustrations)


__all__ = [
    "WRITERS",
    "evidence_csv",
    "evidence_json",
    "html_text",
    "pdf_bytes",
    "preview_pages",
    "write_csv",
    "write_html",
    "write_json",
    "write_pdf",
    "write_report",
]
