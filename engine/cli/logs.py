"""``certiscope import``: logs of other people's certifications, measured and compared."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from engine.cli.flags import OUTPUT, WHAT, flag
from engine.cli.outcome import CERTIFIED
from engine.cli.output import STDOUT, check_writable, named, print_json, say_wrote
from engine.cli.terminal import Terminal
from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.core.rounding import round_down, round_up, share_down
from engine.core.text import visible

if TYPE_CHECKING:
    from engine.logs.log import Log
    from engine.logs.measures import Difference
    from engine.logs.summary import LogComparison, LogSummary

_PLOTS = {".svg": "svg", ".png": "png", ".pdf": "pdf"}
_FACTS_WIDTH, _SHARE_WIDTH, _NUMBER_WIDTH = 48, 8, 5
"""Cells that a log's number and facts, a share at a radius, and the number alone take."""


def import_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    files = typer.Argument(..., metavar="LOG...", help="Logs, or folders with logs in them.")
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [
        inspect.Parameter("logs", kind, default=files, annotation=list[Path]),
        flag(
            "sigma",
            "Noise that was certified with; by default what the name of the file says.",
            WHAT,
            float | None,
        ),
        flag("n", "Votes that each row is said to rest on.", WHAT, int, default=100_000),
        flag("alpha", "Error that each row is said to allow.", WHAT, float, default=0.001),
        flag(
            "radii",
            "Radii at which certified accuracy is quoted, separated by commas.",
            OUTPUT,
            metavar="R,R,..",
        ),
        flag("json", "Write the result as JSON; '-' is standard output.", OUTPUT),
        flag(
            "plot",
            "Write the curves of certified accuracy as .svg, .png or .pdf.",
            OUTPUT,
            Path | None,
            metavar="F",
        ),
        flag("quiet", "Print no tables.", OUTPUT, bool),
    ]


def import_command(values: Mapping[str, Any]) -> int:
    """Measure logs that other programs wrote, compare them, and say what is wrong with them.

    Tables with a header that names idx, label and predict, with or without a radius, as the
    published repositories write them, and MACER's .mat. Certified accuracy and average radius are
    those of the log as it is written; nothing in a log can be checked against its votes. Exit
    status: 0 done, 2 bad input, 1 failure.
    """
    _check(values)
    from engine.logs.collecting import read_all, read_radii
    from engine.logs.summary import RADII, summarise

    radii = read_radii(values["radii"]) or RADII
    logs, skipped = read_all(values["logs"], values["sigma"])
    found = summarise(logs, n=values["n"], alpha=values["alpha"], radii=radii, skipped=skipped)
    if values["plot"] is not None:
        _draw(logs, values["plot"])
    print_json(found, values["json"])
    if not values["quiet"]:
        _show(found, Terminal(stderr=values["json"] == STDOUT))
        say_wrote([*named(values["json"]), *filter(None, (values["plot"],))])
    return CERTIFIED


def _check(values: Mapping[str, Any]) -> None:
    """Refuse numbers that cannot be, and outputs that cannot be written, before anything is read.

    Raises:
        UserError: naming the flag.
    """
    from engine.logs.collecting import check

    check(n=values["n"], alpha=values["alpha"])
    plot = values["plot"]
    if plot is not None and plot.suffix.lower() not in _PLOTS:
        raise UserError(f"--plot writes .svg, .png or .pdf (it was '{visible(plot.name)}').")
    for path in filter(None, (values["json"], plot)):
        if str(path) != STDOUT:
            check_writable(Path(path))


def _draw(logs: Sequence[Log], plot: Path) -> None:
    from engine.logs.collecting import short_names
    from engine.logs.summary import figure
    from engine.report.drawing import render_figure

    drawn = figure(logs, short_names([log.path for log in logs]))
    if not drawn.curves:
        raise UserError("These logs hold no radii, so there is no curve to draw.")
    write_atomically(plot, render_figure(drawn, _PLOTS[plot.suffix.lower()]))  # type: ignore[arg-type]


def _show(found: LogComparison, console: Terminal) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    from engine.logs.collecting import short_names

    names = short_names([one.path for one in found.files])
    for number, (name, one) in enumerate(zip(names, found.files, strict=True), 1):
        say(f"{number}  {name}")
        for finding in one.lint:
            say(f"   {finding.detail}")
    for table in _tables(found, console.width):
        console.print(table, highlight=False, markup=False)
    for number, against in enumerate(found.differences, 2):
        if against:
            table = _against(number, against)
            if table.row_count:
                console.print(table, highlight=False, markup=False)
            else:
                say(f"{number} against 1: the same at every radius.")
    for path, reason in found.skipped.items():
        say(f"Skipped: {reason}" if path in reason else f"Skipped {path}: {reason}")


def _tables(found: LogComparison, width: int) -> list[Table]:
    """A line per log; the highest share at a radius is marked where there are several logs.

    Radii for which a terminal of this width has no room follow in further tables.
    """
    shown = [radius for radius in found.best if radius != "0"]
    first = max(0, (width - _FACTS_WIDTH) // _SHARE_WIDTH)
    more = max(1, (width - _NUMBER_WIDTH) // _SHARE_WIDTH)
    parts = [shown[begin : begin + more] for begin in range(first, len(shown), more)]
    return [_table(found, shown[:first], facts=True), *(_table(found, part) for part in parts)]


def _table(found: LogComparison, radii: Sequence[str], *, facts: bool = False) -> Table:
    table = Table(box=None, pad_edge=False)
    names = ("sigma", "rows", "ACR", "abstained", "clean") if facts else ()
    for name in ("log", *names, *radii):
        table.add_column(name, justify="right")
    for place, one in enumerate(found.files):
        marks = {
            radius: "*" if len(found.files) > 1 and found.best[radius] == place else ""
            for radius in radii
        }
        table.add_row(
            str(place + 1),
            *(_facts(one) if facts else ()),
            *(_share(one.certified_accuracy.get(name)) + mark for name, mark in marks.items()),
        )
    return table


def _facts(one: LogSummary) -> tuple[str, ...]:
    return (
        "" if one.sigma is None else f"{one.sigma:g}",
        f"{one.rows:,}",
        _share(one.acr),
        "" if one.abstained is None else f"{one.abstained:,}",
        _share(one.clean_accuracy),
    )


def _share(value: float | None) -> str:
    """Rounded down; 0.3, which is no float, is not shown as 0.299."""
    return "" if value is None else share_down(value, 3)


def _against(number: int, differences: Mapping[str, Difference]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in (f"{number} against 1, at radius", "difference", "95 % interval"):
        table.add_column(heading, justify="right")
    for radius, one in differences.items():
        if one.difference or one.low > 0 or one.high < 0:
            between = f"{round_down(one.low, 3)} to {round_up(one.high, 3)}"
            difference = share_down(one.difference, 3)
            table.add_row(radius, difference if one.difference < 0 else f"+{difference}", between)
    inputs = "the same" if next(iter(differences.values())).paired else "other"
    table.caption = f"{inputs} inputs, if they are a random draw"
    return table
