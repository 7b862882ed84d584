"""``certiscope lab table``: methods of training compared by what their networks certify."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from engine.cli.flags import OUTPUT, RARE, RUN, WHAT, flag, with_flags
from engine.cli.outcome import CERTIFIED, PARTIAL
from engine.cli.output import STDOUT, check_writable, deliver, json_of
from engine.cli.terminal import Terminal
from engine.cli.train import arch_flag, claim, data_flag, recipe_flags
from engine.core.errors import BadValue, UserError
from engine.core.fields import as_number, field_specs
from engine.core.generators import result_of
from engine.system.interrupt import stoppable
from engine.system.progress import Meter
from engine.training.methods import METHODS
from engine.training.recipe import Recipe

if TYPE_CHECKING:
    from engine.training.lab import LabPlan, LabProgress
    from engine.training.lab_records import LabTable

_FORMS = (".pdf", ".html", ".csv")


def lab_app() -> typer.Typer:
    """The commands of the lab."""
    app = typer.Typer(help="Training methods compared.")
    app.callback()(lambda: None)
    app.command("table")(with_flags(table_command, table_flags()))
    return app


def table_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    keys = ",".join(method.key for method in METHODS)
    return [
        data_flag(),
        arch_flag(),
        flag("methods", f"Among {keys}.", WHAT, default=keys, metavar="KEY,KEY,.."),
        flag("sigmas", "Levels of Gaussian noise.", WHAT, default="0.25,0.5", metavar="X,X,.."),
        flag("seeds", "Seeds of the trainings.", WHAT, default="0,1,2", metavar="N,N,.."),
        flag("start", "Weights that all start from, demo:NAME or a file.", WHAT, metavar="MODEL"),
        *[each for each in recipe_flags() if each.name != "seed"],
        flag("limit", "Held-out images of every audit.", RUN, int, default=200),
        flag("n", "Votes of each of them.", RUN, int, default=2000),
        flag("device", "cpu, cuda or auto.", RARE, default="cpu", metavar="NAME"),
        flag(
            "folder",
            "Keeps networks, cards and audits; the same command resumes there.",
            OUTPUT,
            Path,
            default=Path("lab"),
            metavar="FOLDER",
        ),
        flag("radii", "Radii at which certified accuracy is quoted.", OUTPUT, metavar="R,R,.."),
        flag("json", "Write the table as JSON; '-' is standard output.", OUTPUT),
        flag(
            "report",
            "Write the table as .pdf or .html (with the curves) or .csv. Repeatable.",
            OUTPUT,
            list[Path],
            metavar="F.pdf",
        ),
        flag(
            "plot",
            "Write the curves as .svg, .png or .pdf, a file for each sigma.",
            OUTPUT,
            Path | None,
            metavar="F.svg",
        ),
        flag("quiet", "Print no table.", OUTPUT, bool),
    ]


def table_command(values: Mapping[str, Any]) -> int:
    """Train by several methods over sigmas and seeds, audit all alike, and compare.

    The table gives average certified radius and certified accuracy with their spread over the
    seeds and marks the best of each column; published figures stand beside it, marked as such.
    Networks and audits stay in --folder: the same command resumes there. On the digits the
    settings of the methods are those that suit images of 64 pixels, elsewhere those of the papers.
    Exit status: 0 done, 4 stopped before its end, 2 bad input.
    """
    from engine.training.lab_report import RADII, write_plot, write_table

    radii = _numbers("radii", values["radii"]) or list(RADII)
    _check_outputs(values)
    plan = _plan(values)
    from engine.training.lab import lab_table

    console = None if values["quiet"] else Terminal(stderr=True)
    with stoppable() as stop, Meter(console, "training", "networks") as meter:
        table = result_of(
            lab_table(plan, values["folder"], stop=stop), lambda now: _follow(now, meter)
        )
    if not table.runs:
        raise UserError(
            f"Stopped before the first network was audited; the same command resumes in "
            f"{values['folder']}."
        )
    writes: list[Callable[[], object]] = [
        partial(write_table, table, path, radii) for path in values["report"]
    ]
    wrote: list[Path] = [*values["report"]]
    if values["plot"] is not None:
        plots = {sigma: _of_sigma(values["plot"], sigma) for sigma in table.sigmas}
        writes += [partial(write_plot, table, sigma, path) for sigma, path in plots.items()]
        wrote += plots.values()
    deliver(
        lambda: [json_of(table)],
        values["json"],
        writes,
        lambda: _show(table, values, radii),
        wrote=wrote,
        quiet=values["quiet"],
    )
    return CERTIFIED if len(table.runs) == table.planned else PARTIAL


def _plan(values: Mapping[str, Any]) -> LabPlan:
    from engine.system.device import resolve
    from engine.training.lab import DIGITS, LabPlan
    from engine.training.methods import method_class
    from engine.training.ordering import RESNET, data_of, defaults_of

    methods = tuple(key.strip() for key in values["methods"].split(",") if key.strip())
    for key in methods:
        method_class(key)
    device = str(resolve(values["device"]))
    data = data_of(values["data"])
    usual = DIGITS if values["data"] == "digits" else defaults_of(values["data"])
    given = {
        spec.name: values[spec.name]
        for spec in field_specs(Recipe)
        if spec.name != "seed" and values.get(spec.name) is not None
    }
    if values["limit"] < 1:
        raise UserError(f"--limit must be 1 or more (it was {values['limit']}).")
    plan = LabPlan(
        data=data,
        arch=values["arch"] or ("digits_cnn" if data.name == "digits" else RESNET),
        methods=methods,
        sigmas=tuple(_numbers("sigmas", values["sigmas"])),
        seeds=_seeds(values["seeds"]),
        recipe={**usual, **given},
        inputs=values["limit"],
        n=values["n"],
        device=device,
        command=_command(values),
        start=values["start"] or "",
    )
    _check(plan)
    return plan


def _check(plan: LabPlan) -> None:
    """Refuse numbers that no training or audit takes, before the first one begins.

    Raises:
        UserError: naming the flag.
    """
    lists = {"sigma": "--sigmas", "seed": "--seeds"}
    try:
        plan.orders()
        for sigma in plan.sigmas:
            plan.settings(sigma)
    except BadValue as error:
        if error.field not in lists:
            raise
        raise error.under(lists[error.field]) from error


def _command(values: Mapping[str, Any]) -> str:
    """The line that makes the table again; folders stand there by their names alone."""
    words = ["certiscope lab table"]
    for each in table_flags():
        name, value = each.name, values[each.name]
        if name in ("folder", "json", "report", "plot", "quiet", "device", "radii"):
            continue
        if value is None or value == each.default.default:
            continue
        text = str(value)
        if name in ("data", "start"):
            prefix, _, folder = text.rpartition(":")
            text = f"{prefix}:{Path(folder).name}" if prefix else Path(text).name
        words.append(f"--{name.replace('_', '-')} {shlex.quote(text)}")
    return " ".join(words)


def _numbers(name: str, text: str) -> list[float]:
    try:
        return [float(as_number(part.strip(), "float")) for part in text.split(",") if part.strip()]
    except (ValueError, OverflowError):
        raise UserError(f"--{name} takes numbers separated by commas (it was '{text}').") from None


def _seeds(text: str) -> tuple[int, ...]:
    """Whole numbers: one with a fraction would be another than was typed."""
    found = _numbers("seeds", text)
    if wrong := [seed for seed in found if not seed.is_integer()]:
        raise UserError(f"--seeds takes whole numbers (one was {wrong[0]:g}).")
    return tuple(int(seed) for seed in found)


def _check_outputs(values: Mapping[str, Any]) -> None:
    for path in values["report"]:
        if path.suffix.lower() not in _FORMS:
            raise UserError(f"--report {path}: a lab's table is written as .pdf, .html or .csv.")
    plot: Path | None = values["plot"]
    if plot is not None and plot.suffix.lower() not in (".svg", ".png", ".pdf"):
        raise UserError(f"--plot writes .svg, .png or .pdf (it was '{plot.name}').")
    json = [] if values["json"] in ("", STDOUT) else [Path(values["json"])]
    others = (*values["report"], *json)
    plots = [_of_sigma(plot, each) for each in _numbers("sigmas", values["sigmas"])] if plot else []
    for path in (*others, *plots):
        check_writable(path)
    for path in plots:
        if path.resolve() in [other.resolve() for other in others]:
            raise UserError(
                f"--plot {plot} writes {path.name}, as another flag does; give it another name."
            )


def _of_sigma(path: Path, sigma: float) -> Path:
    """A file for each sigma: two that differ in a late digit have two.

    >>> _of_sigma(Path("a.svg"), 0.5).name, _of_sigma(Path("a.svg"), 0.12345678).name
    ('a-0.5.svg', 'a-0.12345678.svg')
    """
    short = f"{sigma:g}"
    return path.with_name(f"{path.stem}-{short if float(short) == sigma else sigma}{path.suffix}")


def _follow(now: LabProgress, meter: Meter) -> None:
    if now.training is not None:
        said = f"{now.name}: epoch {now.training.done + 1}, {claim(now.training)}"
    elif now.name:
        said = f"{now.name}: {now.audited} of {now.inputs} audited"
    else:
        said = ""
    meter.row("networks", "training", now.done, now.total, 0.0, said)


def _show(table: LabTable, values: Mapping[str, Any], radii: list[float]) -> None:
    if values["quiet"]:
        return
    from engine.training.lab_records import published_rows, rows
    from engine.training.lab_report import cells, header, notes, reached

    console = Terminal(stderr=values["json"] == STDOUT, soft_wrap=True)
    wanted = reached(table, radii)
    shown = Table(box=None, pad_edge=False)
    for name in header(wanted):
        shown.add_column(name, justify="left" if name == "method" else "right")
    for row in (*rows(table, wanted), *published_rows(table.sigmas, wanted)):
        shown.add_row(*cells(row, wanted))
    console.print(shown, highlight=False, markup=False)
    for sentence in notes(table):
        console.print(f"Note: {sentence}", highlight=False, markup=False)
    console.print(
        "Note: rows marked published are of the literature: CIFAR-10, ResNet-110, n = 100,000.",
        highlight=False,
        markup=False,
    )
