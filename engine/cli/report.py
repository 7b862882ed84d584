"""``certiscope report``: the report of a run that a case holds, written at any later time."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli import run as running
from engine.cli.case import case_argument, moved, moved_flags, nothing_unnamed
from engine.cli.flags import RUN, flag
from engine.cli.options import output_flags
from engine.cli.outcome import exit_status
from engine.cli.output import Outputs
from engine.cli.sign import signing_flags
from engine.core.errors import UserError

if TYPE_CHECKING:
    from engine.case import Case
    from engine.evidence.evidence import Evidence


def report_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [
        case_argument(),
        flag("run", "Which run; the last one with a result if left out.", RUN, int | None),
        *moved_flags(),
        *output_flags(),
        *signing_flags(),
    ]


def report_command(values: Mapping[str, Any]) -> int:
    """Write the evidence and the reports of a finished run of a case; nothing is counted.

    Model and input are opened for the images of a report alone. Exit status: 0 certified, 3
    abstained, 2 bad input, 1 a file could not be written.
    """
    from engine.case import Case

    outputs = Outputs.read(values)
    path: Path = values["file"]
    case = Case.open(path)
    run, evidence = chosen(case, values["run"])
    request, spec = moved(case.configuration(run), values)
    with nothing_unnamed(values):
        outputs.deliver(evidence, partial(running.load, request, spec), quiet=values["quiet"])
    return exit_status(evidence)


def chosen(case: Case, asked: int | None) -> tuple[int, Evidence]:
    """A run of a case and its result, by default the last that has one.

    Raises:
        UserError: there is none, or it does not follow from its votes.
    """
    from engine.verify.sound import refuse_unsound

    run, found = _kept(case, asked)
    refuse_unsound(found, f"run {run} in {case.path}")
    return run, found


def _kept(case: Case, asked: int | None) -> tuple[int, Evidence]:
    if asked is not None:
        row = case.row(asked)
        found = case.result(asked)
        if found is None:
            raise UserError(
                f"Run {asked} of {case.path} has no result yet ({row.counted:,} of "
                f"{row.settings.n:,} votes); certiscope resume {case.path} --run {asked} goes "
                "on with it and draws only what is missing."
            )
        return asked, found
    for row in reversed(case.runs()):
        found = None if row.damage else case.result(row.id)
        if found is not None:
            return row.id, found
    raise UserError(f"{case.path} holds no finished run; certiscope runs {case.path} lists all.")
