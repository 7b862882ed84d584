"""A set in a terminal: its rows, and what they say together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from engine.core.nouns import of_kind
from engine.core.rounding import confidence_percent, round_down, share_down
from engine.evidence.attack import size_in_words

if TYPE_CHECKING:
    from engine.replay import ReplayRow, ReplaySummary

SHOWN_ROWS = 20
"""Sets of more rows are shown by their summary alone."""


def summary_table(summary: ReplaySummary, alpha: float, *, counted: bool = False) -> Table:
    """Each row by itself, all rows at once, and the population, side by side.

    Args:
        summary: of the rows.
        alpha: of each row.
        counted: the noise was counted whole, so that no alpha is shared out over the rows.
    """
    together = None if counted else summary.simultaneous
    table = Table(box=None, pad_edge=False)
    table.add_column(f"{summary.rows:,} row{'' if summary.rows == 1 else 's'}")
    each = "each,\nno alpha" if counted else f"each,\nalpha {alpha}"
    table.add_column(each, justify="right")
    if together:
        table.add_column(f"all at once,\nalpha {together.alpha}", justify="right")
    if summary.population:
        confidence = confidence_percent(alpha)
        title = f"population,\nif drawn at random,\nconfidence {confidence} %"
        table.add_column(title, justify="right")
    known = {"correct": summary.clean_accuracy, **summary.certified_accuracy}
    shares = [(name, share) for name, share in known.items() if share is not None]
    certified = summary.rows - summary.abstained
    table.add_row("certified", f"{certified:,}", f"{together.certified:,}" if together else "")
    for name, share in shares:
        key = "clean" if name == "correct" else name
        cells = [name, share_down(share, 4)]
        if together:
            joint = {"clean": together.clean_accuracy, **together.certified_accuracy}
            cells.append(share_down(joint[key] or 0.0, 4))
        if summary.population:
            cells.append(f">= {round_down(summary.population[key].population_lower, 4)}")
        table.add_row(*cells)
    if summary.acr is not None:
        joint_acr = _number(together.acr if together else None)
        table.add_row("average radius", _number(summary.acr), joint_acr)
    return table


def rows_table(
    rows: Sequence[ReplayRow],
    summary: ReplaySummary,
    *,
    simultaneous: bool = False,
    kind: str = "",
) -> Table:
    """A line per row; with the radius under shared out alpha if ``simultaneous``.

    Args:
        rows: of the set.
        summary: what they come to.
        simultaneous: whether what holds of all at once is told.
        kind: of the inputs, whose noun is used; empty where it is not known.
    """
    together = summary.simultaneous if simultaneous else None
    table = Table(box=None, pad_edge=False)
    asked = tuple(summary.certified_accuracy)
    by_radius = all(row.region is None or row.radius is not None for row in rows)
    joint = ("radius,\nall at once",) if together else ()
    radii = ("radius", *joint) if by_radius else ("certified",)
    attacked = any(row.attacked for row in rows)
    found = ("attacked",) if attacked else ()
    asked_in_lines = (text.replace("=", "=\n").replace(",", ",\n") for text in asked)
    for name in ("idx", "label", "class", "p_lower", *radii, *found, *asked_in_lines):
        table.add_column(name, justify="right", overflow="fold")
    for place, row in enumerate(rows):
        answers = ("yes" if row.certified_at[text] else "no" for text in asked)
        table.add_row(
            str(row.idx),
            "none" if row.label < 0 else str(row.label),
            "abstains" if row.predicted_class is None else str(row.predicted_class),
            round_down(row.bounds.p_lower, 6),
            _number(row.radius) if by_radius else _headline(row, kind),
            *([_number(together.radii[place])] if together and by_radius else []),
            *([_attacked(row, by_radius=by_radius)] if attacked else []),
            *answers,
        )
    return table


def _headline(row: ReplayRow, kind: str) -> str:
    """What is certified, term by term in lines of its own."""
    region = row.region
    return "" if region is None else of_kind(region.headline(), kind).replace(", ", ",\n")


def _attacked(row: ReplayRow, *, by_radius: bool) -> str:
    """The smallest change found; beside radii its size alone."""
    if not row.attacked:
        return ""
    size = size_in_words(row.attacked)
    return size.removeprefix("radius ") if by_radius else size.replace(", ", ",\n")


def _number(value: float | None) -> str:
    return "" if value is None else round_down(value, 4)
