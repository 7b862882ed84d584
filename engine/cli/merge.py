"""``certiscope merge``: the runs of several case files in one."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from engine.cli.flags import OUTPUT, argument, flag
from engine.cli.outcome import CERTIFIED, PARTIAL
from engine.cli.output import say
from engine.cli.terminal import Terminal


def merge_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    files = typer.Argument(..., metavar="CASE...", help="Case files whose runs are taken.")
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [
        argument("into", "F.certiscope", "Case file that takes them; made if there is none."),
        inspect.Parameter("cases", kind, default=files, annotation=list[Path]),
        flag("quiet", "Print nothing but what was left out.", OUTPUT, bool),
    ]


def merge_command(values: Mapping[str, Any]) -> int:
    """Take the finished runs of other case files into one, such as the shards of an audit.

    Their votes, results and ids stay what they are, and tries are counted over all cases, those
    left out among them; the same audit with --case then counts nothing again. Exit status: 0
    done, 4 runs were left out, 2 bad input, 1 failure.
    """
    from engine.case import Case
    from engine.case.merging import merge

    others = [Case.open(path) for path in values["cases"]]
    into = Case.at(values["into"])
    found = merge(into, others)
    for sentence in found.left:
        say(sentence)
    if not values["quiet"]:
        already = f", {found.there:,} were there already" if found.there else ""
        Terminal().print(
            f"{found.taken:,} runs taken into {into.path}{already}.",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    return PARTIAL if found.left else CERTIFIED
