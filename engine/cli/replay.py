"""``certiscope replay``: certify votes that somebody else drew."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import typer
from rich.console import Console
from rich.table import Table

from engine.cli.options import OUTPUT, RUN, flag, read_settings, run_flags, scheme_flags
from engine.cli.outcome import CERTIFIED
from engine.cli.output import STDOUT
from engine.errors import UserError
from engine.files import write_atomically
from engine.rounding import confidence_percent, round_down

if TYPE_CHECKING:
    from engine.replay import ReplayResult, Selection

_SHOWN_ROWS = 20


def replay_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    votes = inspect.Parameter(
        "votes",
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=typer.Argument(..., metavar="VOTES", help="CSV or TSV file of votes or bounds."),
        annotation=Path,
    )
    bounding = [each for each in run_flags("certify") if each.name in ("alpha", "bound")]
    return [
        votes,
        *scheme_flags(),
        *bounding,
        flag(
            "selection",
            str,
            "",
            "For files without a selection block: certify the label's class, or the leading one "
            "of the same votes (marked as not independent).",
            RUN,
            metavar="label|same",
            show_default=False,
        ),
        flag(
            "at",
            list[str],
            [],
            "Also say which rows are certified at this perturbation, e.g. radius=0.25. Repeatable.",
            OUTPUT,
            metavar="TERM=X",
            show_default=False,
        ),
        flag(
            "simultaneous",
            bool,
            False,
            "Show the rows under alpha shared out over all of them.",
            OUTPUT,
            flag="--simultaneous",
        ),
        flag("json", str, "", "Write the result as JSON; '-' is standard output.", OUTPUT),
        flag("csv", Path | None, None, "Write the rows as CSV.", OUTPUT, metavar="F.csv"),
        flag("quiet", bool, False, "Print no tables.", OUTPUT, flag="--quiet"),
    ]


def replay_command(values: Mapping[str, Any]) -> int:
    """Certify votes, or bounds, that somebody else made: a file with one input per line.

    Header idx,label,n0_0..,n_0.. (selection and estimation votes per class), or the estimation
    block alone with --selection, or idx,label,p_lower[,p_upper]. Exit status: 0 done, 2 bad input,
    1 failure.
    """
    settings = read_settings(values, "certify")
    selection = _selection(values["selection"])
    from engine.replay.replay import replay

    result = replay(
        values["votes"],
        scheme=settings.scheme,
        alpha=settings.alpha,
        bound=settings.bound,
        at=tuple(values["at"] or ()),
        selection=selection,
    )
    to_stdout = values["json"] == STDOUT
    if not values["quiet"]:
        _show(result, Console(stderr=to_stdout), simultaneous=values["simultaneous"])
    _write(result, values["json"], values["csv"])
    return CERTIFIED


def _selection(text: str) -> Selection | None:
    from engine.replay import Selection

    for known in get_args(Selection):
        if text == known != "votes":
            return known  # type: ignore[no-any-return]
    if text:
        raise UserError(f"--selection must be label or same (it was '{text}').")
    return None


def _write(result: ReplayResult, json: str, csv: Path | None) -> None:
    from engine.replay.export import replay_csv

    text = result.model_dump_json(indent=2) + "\n"
    if json == STDOUT:
        sys.stdout.write(text)
    elif json:
        write_atomically(Path(json), text.encode())
    if csv is not None:
        write_atomically(csv, replay_csv(result).encode())


def _show(result: ReplayResult, console: Console, *, simultaneous: bool) -> None:
    console.print(
        f"{result.source}: {result.scheme.noise_in_words()}, {result.bound} bound",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    console.print(_summary(result), highlight=False, markup=False)
    if len(result.rows) <= _SHOWN_ROWS:
        console.print(_rows(result, simultaneous=simultaneous), highlight=False, markup=False)
    for note in result.notes:
        console.print(f"Note: {note}", highlight=False, markup=False, soft_wrap=True)


def _summary(result: ReplayResult) -> Table:
    """Each row by itself, all rows at once, and the population, side by side."""
    summary, together = result.summary, result.summary.simultaneous
    table = Table(box=None, pad_edge=False)
    table.add_column(f"{summary.rows:,} rows")
    table.add_column(f"each,\nalpha {result.alpha:g}", justify="right")
    if together:
        table.add_column(f"all at once,\nalpha {together.alpha:g}", justify="right")
    if summary.population:
        confidence = confidence_percent(result.alpha)
        table.add_column(f"population,\nconfidence {confidence} %", justify="right")
    shares = [("correct", summary.clean_accuracy, "clean")]
    shares += [(text, share, text) for text, share in summary.certified_accuracy.items()]
    certified = summary.rows - summary.abstained
    table.add_row("certified", f"{certified:,}", f"{together.certified:,}" if together else "")
    for name, share, key in shares:
        cells = [name, round_down(share, 4)]
        if together:
            joint = {"clean": together.clean_accuracy, **together.certified_accuracy}
            cells.append(round_down(joint[key], 4))
        if summary.population:
            cells.append(f">= {round_down(summary.population[key].population_lower, 4)}")
        table.add_row(*cells)
    if summary.acr is not None:
        joint_acr = _number(together.acr if together else None)
        table.add_row("average radius", _number(summary.acr), joint_acr)
    return table


def _rows(result: ReplayResult, *, simultaneous: bool) -> Table:
    together = result.summary.simultaneous if simultaneous else None
    table = Table(box=None, pad_edge=False)
    asked = tuple(result.summary.certified_accuracy)
    joint = ("radius, all at once",) if together else ()
    for name in ("idx", "label", "class", "p_lower", "radius", *joint, *asked):
        table.add_column(name, justify="right")
    for place, row in enumerate(result.rows):
        answers = ("yes" if row.certified_at[text] else "no" for text in asked)
        table.add_row(
            str(row.idx),
            str(row.label),
            "abstains" if row.predicted_class is None else str(row.predicted_class),
            round_down(row.bounds.p_lower, 6),
            _number(row.radius),
            *([_number(together.radii[place])] if together else []),
            *answers,
        )
    return table


def _number(value: float | None) -> str:
    return "" if value is None else round_down(value, 4)
