"""``certiscope runs``: what a case file holds."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from engine.cli.case import case_argument
from engine.cli.outcome import CERTIFIED, FAILURE
from engine.rounding import round_down

if TYPE_CHECKING:
    from engine.case import RunRow

_COLUMNS = ("run", "state", "of its kind", "model", "input", "setting", "votes", "outcome", "note")


def runs_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [case_argument()]


def runs_command(values: Mapping[str, Any]) -> int:
    """List the runs of a case file, and say which of them are damaged.

    Exit status: 0 if every run is whole, 1 if one is damaged, 2 if the file cannot be opened.
    """
    from engine.case import Case

    path: Path = values["file"]
    case = Case.open(path)
    console = Console(soft_wrap=not sys.stdout.isatty())
    table = Table(box=None, pad_edge=False)
    for name in _COLUMNS:
        table.add_column(name, overflow="fold")
    for row in case.runs():
        table.add_row(*_cells(row))
    console.print(table, highlight=False, markup=False)
    damaged = [case.damage, *case.damaged().values()] if case.damage else [*case.damaged().values()]
    for sentence in damaged:
        console.print(sentence, highlight=False, markup=False)
    return FAILURE if damaged else CERTIFIED


def _cells(row: RunRow) -> tuple[str, ...]:
    settings = row.settings
    return (
        f"{row.id}*" if row.pinned else str(row.id),
        row.state,
        f"{row.number} of {row.of}",
        row.model.name,
        row.input.name,
        f"{settings.scheme.noise_in_words()}, alpha {settings.alpha:g}, {settings.bound}, "
        f"seed {settings.seed}",
        f"{row.counted:,}/{settings.n:,}",
        _outcome(row),
        row.note,
    )


def _outcome(row: RunRow) -> str:
    if not row.outcome:
        return ""
    radius = "" if row.radius is None else f", radius {round_down(row.radius, 4)}"
    name = "" if row.class_name is None else f" '{row.class_name}'"
    return f"{row.outcome}{name}{radius}"
