"""A replay as CSV, one line per row, numbers at full precision; and as JSON, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from textwrap import indent
from typing import Any

from engine.core.text import guarded, visible
from engine.replay.records import ReplayResult

_COLUMNS = ("idx", "label", "outcome", "predicted_class", "radius", "p_lower", "p_upper", "n0", "n")
_EMPTY, _TOGETHER = '\n  "rows": [],\n', 1000


def replay_csv(result: ReplayResult) -> Iterator[str]:
    """The lines; one further column per perturbation asked about, 1 if it is certified."""
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
        if place % _TOGETHER == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> str:
    taken = text.getvalue()
    text.seek(0)
    text.truncate()
    return taken


def replay_json(result: ReplayResult) -> Iterator[str]:
    """The result, as ``model_dump_json(indent=2)`` has it, in parts: a million rows are long."""
    none = result.model_copy(update={"rows": result.rows.of(())})
    before, after = none.model_dump_json(indent=2).split(_EMPTY)
    yield before + '\n  "rows": ['
    for place, row in enumerate(result.rows):
        yield ("\n" if place == 0 else ",\n") + indent(row.model_dump_json(indent=2), "    ")
    yield "\n  ],\n" + after + "\n"


def _text(cell: Any) -> Any:
    return guarded(visible(cell)) if isinstance(cell, str) else cell
