"""A replay as CSV, one line per row, numbers at full precision."""

from __future__ import annotations

import csv
import io
from typing import Any

from engine.core.text import guarded, visible
from engine.replay.records import ReplayResult

_COLUMNS = ("idx", "label", "outcome", "predicted_class", "radius", "p_lower", "p_upper", "n0", "n")


def replay_csv(result: ReplayResult) -> str:
    """The rows; one further column per perturbation asked about, 1 if it is certified."""
    asked = tuple(result.summary.certified_accuracy)
    simultaneous = result.summary.simultaneous
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    extra = ("radius_simultaneous",) if simultaneous else ()
    writer.writerow((*_COLUMNS, *map(_text, asked), *extra))
    for place, row in enumerate(result.rows):
        writer.writerow(
            (
                _text(row.idx),
                _text(row.label),
                row.outcome,
                row.predicted_class,
                row.radius,
                row.bounds.p_lower,
                row.bounds.p_upper,
                row.n0,
                row.n,
                *(int(row.certified_at[name]) for name in asked),
                *([simultaneous.radii[place]] if simultaneous else ()),
            )
        )
    return text.getvalue()


def _text(cell: Any) -> Any:
    return guarded(visible(cell)) if isinstance(cell, str) else cell
