"""``--case`` keeps the run of a command in a case file; ``certiscope runs`` lists what it holds."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.flags import OUTPUT, WHAT, argument, flag
from engine.cli.outcome import CERTIFIED, FAILURE
from engine.cli.output import print_text
from engine.cli.subject import trust_flag
from engine.cli.terminal import Terminal
from engine.core import downloads
from engine.core.errors import UserError
from engine.core.rounding import round_down
from engine.inputs.labels import split_rule

if TYPE_CHECKING:
    from engine.case import Case, RunRow
    from engine.case.rows import Configuration
    from engine.models.request import ModelRequest


def case_flags(*, resumes: bool = True) -> list[inspect.Parameter]:
    """Which case file keeps the run.

    Args:
        resumes: the command resumes an unfinished run.
    """
    keep = "Keep the run in this case file, made if there is none"
    what = (
        f"{keep}; an unfinished run with identical settings is resumed." if resumes else f"{keep}."
    )
    case = flag("case", what, OUTPUT, Path | None, metavar="F.certiscope")
    if not resumes:
        return [case]
    return [
        case,
        flag(
            "new_run",
            "With --case: start a new run even if an unfinished one has identical settings.",
            OUTPUT,
            bool,
        ),
    ]


def case_argument() -> inspect.Parameter:
    """The case file of a command about one."""
    return argument("file", "F.certiscope", "Case file.")


def moved_flags() -> list[inspect.Parameter]:
    """Where the model and input of a case are now, and consent to open them."""
    return [
        flag(
            "model",
            "The model's file, where it has moved since; of an ensemble the folder with its files.",
            WHAT,
            metavar="M",
        ),
        flag("input", "The input's file, where it has moved since.", WHAT, metavar="X"),
        trust_flag(),
    ]


def moved(known: Configuration, values: Mapping[str, Any]) -> tuple[ModelRequest, str]:
    """How to open a run's model and input again, at the places that some flags name."""
    request = replace(known.request, trust=values["trust"])
    if values["model"]:
        request = request.moved(values["model"])
    return request, values["input"] or known.input_spec


def nothing_unnamed(values: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Within it a case has nothing fetched but what ``--model`` and ``--input`` name."""
    return downloads.only(values["model"], split_rule(values["input"])[0])


def asked_case(values: Mapping[str, Any]) -> Case | None:
    """The case that ``--case`` names, opened before anything slow begins.

    Raises:
        UserError: it cannot be opened, or not be made; or a new run of it is asked for, and it is
            not named.
    """
    path: Path | None = values.get("case")
    if path is None:
        if values.get("new_run"):
            raise UserError("--new-run begins another run in a case file: give --case too.")
        return None
    from engine.case import Case

    return Case.at(path)


def say_which(case: Case, run: int, *, quiet: bool) -> None:
    """Which run of the case it is, and what it resumes."""
    if quiet:
        return
    row = case.row(run)
    counted = f"; resuming after {row.counted:,} votes" if row.counted else ""
    Terminal(stderr=True).print(
        f"Run {run} of {case.path}: try {row.number} of {row.of} on this model, input and "
        f"attacker{counted}.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def runs_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [
        case_argument(),
        flag("json", "As JSON instead; '-' is standard output.", OUTPUT),
    ]


def runs_command(values: Mapping[str, Any]) -> int:
    """List the runs of a case file, and say which of them are damaged.

    Exit status: 0 if every run is whole, 1 if one is damaged, 2 if the file cannot be opened.
    """
    from engine.case import Case

    path: Path = values["file"]
    case = Case.open(path)
    damaged = [*filter(None, [case.damage]), *case.damaged().values()]
    if values["json"]:
        data = {
            "runs": [row.model_dump(mode="json") for row in case.runs()],
            "damaged": damaged,
        }
        print_text(dumps(data, indent=2, ensure_ascii=False) + "\n", values["json"])
        return FAILURE if damaged else CERTIFIED
    console = Terminal(soft_wrap=True)
    for row in case.runs():
        for line in lines(row):
            console.print(line, highlight=False, markup=False)
    for sentence in damaged:
        console.print(sentence, highlight=False, markup=False)
    return FAILURE if damaged else CERTIFIED


def lines(row: RunRow) -> Iterator[str]:
    """A run in two lines, and its note in a third."""
    from engine.evidence.subject import noise_of

    settings = row.settings
    mark = "*" if row.pinned else " "
    bound = f", {settings.bound}" if settings.bound else ""
    chance = f", alpha {settings.alpha}{bound}, seed {settings.seed}"
    if settings.kind == "exact":
        chance = ""
    outcome = _outcome(row)
    yield f"{row.id:>4}{mark} {row.state:<11} {_votes(row)}{outcome and '; '}{outcome}"
    noise = noise_of(settings.scheme, row.input)
    yield (
        f"      {row.model.name} at {row.input.name}; {noise}{chance}; try {row.number} of {row.of}"
    )
    if row.note:
        yield f"      note: {' '.join(row.note.split())}"


def _votes(row: RunRow) -> str:
    if row.procedure == "decide":
        return f"decide {', '.join(row.at)}: {row.counted:,} votes in phases"
    if row.settings.kind == "sweep":
        return f"{row.counted:,} votes, at most {row.settings.n:,} an anchor"
    scheme = row.settings.scheme
    things = "images beside the map" if scheme.mapped else "votes"
    return f"{row.counted:,} of {row.settings.n:,} {things}"


def _outcome(row: RunRow) -> str:
    if not row.outcome:
        return ""
    if row.contradicted:
        return "contradicted by an attack"
    radius = "" if row.radius is None else f", radius {round_down(row.radius, 4)}"
    name = "" if row.class_name is None else f" '{row.class_name}'"
    return f"{row.outcome}{name}{radius}"
