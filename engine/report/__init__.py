"""Evidence to files: PDF, HTML, CSV and JSON, all from the same record."""

from __future__ import annotations

from engine.report.csv import evidence_csv, write_csv
from engine.report.json import evidence_json, write_json
from engine.report.pdf import pdf_bytes, preview_pages, write_pdf

__all__ = [
    "evidence_csv",
    "evidence_json",
    "pdf_bytes",
    "preview_pages",
    "write_csv",
    "write_json",
    "write_pdf",
]
