"""``certiscope resume``: resume a run of a case file."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli import run as running
from engine.cli.case import case_argument, moved, moved_flags, nothing_unnamed, say_which
from engine.cli.flags import RUN, flag
from engine.cli.options import output_flags
from engine.cli.output import Outputs
from engine.cli.sign import signing_flags
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.evidence.settings import Execution, RunSettings
from engine.procedures.command_line import command_line

if TYPE_CHECKING:
    from threading import Event

    from engine.case import Case


def resume_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [
        case_argument(),
        flag("run", "Which run; needed where several are unfinished.", RUN, int | None),
        flag("n", "Count to this n instead (anytime bounds only).", RUN, int | None),
        flag("device", "Resume on this device.", RUN, str | None, metavar="TEXT"),
        flag("batch", "Samples per batch.", RUN, int | None, metavar="N"),
        *moved_flags(),
        *output_flags(),
        *signing_flags(),
    ]


def resume_command(values: Mapping[str, Any]) -> int:
    """Resume a run of a case: same noise, and the counts of a run without a break.

    Exit status: 0 certified, 3 abstained, 2 bad input, 1 failure. Ctrl+C stops and keeps what was
    counted.
    """
    from engine.case import Case
    from engine.case.counting import count_run

    outputs = Outputs.read(values)
    quiet: bool = values["quiet"]
    path: Path = values["file"]
    case = Case.open(path)
    run = _chosen(case, values)
    request, spec = moved(case.configuration(run), values)
    with nothing_unnamed(values):
        classifier, fitted = running.load(request, spec)
    if values["n"] is not None:
        _refuse_measured(case.configuration(run).settings, run, values["n"])
        case.extend(run, values["n"])  # claims it, but only once it may be extended
    else:
        case.claim(run)
    known = case.configuration(run)
    execution = _elsewhere(known.execution, values)
    line = command_line(request, spec, known.settings, execution, known.at)
    say_which(case, run, quiet=quiet)

    def begin(stop: Event) -> running.Procedure:
        return count_run(
            case, run, classifier, fitted, execution=execution, stop=stop, command=line
        )

    return running.finish(begin, outputs, classifier, fitted, quiet=quiet, case=case)


def _chosen(case: Case, values: Mapping[str, Any]) -> int:
    """The run that ``--run`` names, or the only one that lacks votes."""
    asked: int | None = values["run"]
    rows = {row.id: row for row in case.runs()}
    if asked is not None:
        row = rows.get(asked) or case.row(asked)
        if row.damage:
            raise UserError(f"{row.damage} It cannot be resumed; start a new run.")
        if row.state == "finished" and values["n"] is None:
            raise UserError(
                f"Run {asked} is finished; --n N counts further where its bound allows that."
            )
        return asked
    found = [row.id for row in rows.values() if row.resumable]
    found = found or [row.id for row in rows.values() if row.state == "counting"]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(map(str, found))
        raise UserError(f"{case.path} holds unfinished runs {listed}; choose one with --run.")
    raise UserError(
        f"{case.path} holds no unfinished run; --run N --n M counts an anytime run further."
    )


def _elsewhere(execution: Execution, values: Mapping[str, Any]) -> Execution:
    """The same run on another device or in other batches."""
    given = {name: values[name] for name in ("device", "batch") if values[name] is not None}
    return checked(Execution, **{**dict(execution), **given})


def _refuse_measured(settings: RunSettings, run: int, n: int) -> None:
    """Refuse to extend a run of medians, or one whose n is that of each anchor.

    Raises:
        UserError: it is one.
    """
    if settings.kind == "sweep":
        raise UserError(
            f"Run {run} is a sweep, whose n of {settings.n:,} votes at an anchor was declared; it "
            "is not extended, and a new run is a new try."
        )
    if settings.kind == "measure":
        from engine.bounds import bound_method  # loads scipy

        gone = f"Run {run} bounds medians, and is not extended past its n"
        if not bound_method(settings.bound).extendable:
            raise UserError(
                f"{gone}, and its {settings.bound} bound was declared for n = {settings.n:,}; a "
                "new run is a new try."
            )
        raise UserError(
            f"{gone}; run it again with --n {n} and --seed {settings.seed}: the same noise, and "
            "more of it."
        )
