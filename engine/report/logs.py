"""Logs side by side as CSV: a row for each, numbers at full precision."""

from __future__ import annotations

from pathlib import Path

from engine.core.files import write_atomically
from engine.logs.summary import LogComparison
from engine.report.csv import csv_text

_FACTS = ("path", "kind", "sigma", "rows", "acr", "abstained", "clean_accuracy")


def logs_csv(found: LogComparison) -> str:
    """A row per log: its facts, certified accuracy by radius with its interval, and its lint."""
    radii = list(dict.fromkeys(name for one in found.files for name in one.certified_accuracy))
    shares = [f"radius {name}{end}" for name in radii for end in ("", ", from", ", to")]
    rows = []
    for one in found.files:
        row = [getattr(one, name) for name in _FACTS]
        for name in radii:
            low, high = one.intervals.get(name, (None, None))
            row += [one.certified_accuracy.get(name), low, high]
        rows.append([*row, " ".join(finding.detail for finding in one.lint)])
    return csv_text((*_FACTS, *shares, "lint"), rows)


def write_logs(found: LogComparison, path: Path) -> Path:
    """Write logs side by side as the suffix says: CSV, else JSON as ``import`` prints it.

    Raises:
        UserError: the file cannot be written.
    """
    is_table = path.suffix.lower() == ".csv"
    text = logs_csv(found) if is_table else f"{found.model_dump_json(indent=2)}\n"
    write_atomically(path, text.encode())
    return path
