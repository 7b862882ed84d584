"""``--case``: the run of a command kept in a case file, and gone on with where it was left."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from engine.cli.options import OUTPUT, argument, flag

if TYPE_CHECKING:
    from engine.case import Case


def case_flags(*, resumes: bool = True) -> list[inspect.Parameter]:
    """Which case file keeps the run.

    Args:
        resumes: the command goes on with an unfinished run.
    """
    keep = "Keep the run in this case file, made if there is none"
    what = f"{keep}; an unfinished run of exactly this is gone on with." if resumes else f"{keep}."
    case = flag("case", what, OUTPUT, Path | None, metavar="F.certiscope")
    if not resumes:
        return [case]
    return [
        case,
        flag("new_run", "With --case: start anew even if such a run is unfinished.", OUTPUT, bool),
    ]


def case_argument() -> inspect.Parameter:
    """The case file of a command about one."""
    return argument("file", "F.certiscope", "Case file.")


def asked_case(values: Mapping[str, Any]) -> Case | None:
    """The case that ``--case`` names, opened before anything slow begins.

    Raises:
        UserError: it cannot be opened, or not be made.
    """
    path: Path | None = values.get("case")
    if path is None:
        return None
    from engine.case import Case

    return Case.at(path)


def say_which(case: Case, run: int, *, quiet: bool) -> None:
    """Which run of the case it is, and what it goes on with."""
    if quiet:
        return
    row = case.row(run)
    counted = f"; going on after {row.counted:,} votes" if row.counted else ""
    Console(stderr=True).print(
        f"Run {run} of {case.path}: run {row.number} of {row.of} on this model, input and "
        f"setting{counted}.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
