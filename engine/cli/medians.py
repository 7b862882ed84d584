"""``certiscope audit --epsilon``: the medians of a set's outputs, a row for each input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from engine.cli.options import read_execution, read_settings
from engine.cli.outcome import CERTIFIED, PARTIAL
from engine.cli.output import STDOUT, check_writable, deliver, json_of, of_a_set, say, tried
from engine.cli.progress import follow
from engine.cli.sets import SHOWN_ROWS
from engine.cli.terminal import Terminal
from engine.core.errors import UserError
from engine.core.rounding import round_up
from engine.evidence.settings import MeasureSettings, seeded
from engine.procedures.command_line import command_line
from engine.system.interrupt import stoppable
from engine.system.progress import Meter

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.models.base import Classifier, ModelRequest
    from engine.procedures.measured_set import MeasuredSet

Load = Callable[[MeasureSettings], tuple["Classifier", Sequence[str]]]
_IDLE = ("case", "cluster", "attack", "radii", "new_run")
_PLOTS = (".svg", ".png", ".pdf")


def median_settings(values: Mapping[str, Any]) -> MeasureSettings:
    """The settings of all runs.

    Raises:
        UserError: a flag that no such set has, or a file that cannot be written.
    """
    for name in _IDLE:
        if values.get(name):
            flag = f"--{name.replace('_', '-')}"
            raise UserError(
                f"{flag} is for sets of votes: beside --epsilon every input is measured by itself, "
                "in this process, and kept in no case; leave it out."
            )
    for path in values["report"] or ():
        if path.suffix.lower() not in _PLOTS:
            raise UserError(
                f"--report {path}: of medians the curve of widths is drawn, as .svg, .png or .pdf."
            )
        check_writable(path)
    for path in filter(None, (values["csv"], values["json"] if values["json"] != STDOUT else "")):
        check_writable(Path(path))
    settings = read_settings(values, "measure")
    assert isinstance(settings, MeasureSettings)
    return settings


def audit_medians(
    values: Mapping[str, Any],
    request: ModelRequest,
    settings: MeasureSettings,
    load: Load,
) -> int:
    """Measure every input, show a row for each, and how wide the intervals are.

    Args:
        values: of the flags.
        request: of the model.
        settings: of :func:`median_settings`.
        load: opens the model and names the inputs.
    """
    from engine.procedures.measured_set import measure_set

    classifier, inputs = load(settings)
    settings, execution = seeded(settings), read_execution(values)
    console = None if values["quiet"] else Terminal(stderr=True)
    meter, failed, count = Meter(console, "measuring", "inputs"), list[str](), 0

    def keep(spec: str, evidence: Evidence) -> None:
        nonlocal count
        count += 1
        meter.items(count, len(inputs))
        tried(partial(_write_evidence, values["evidence"], count, spec, evidence), failed)

    with stoppable() as stop:
        running = measure_set(
            classifier,
            inputs,
            settings,
            execution=execution,
            stop=stop,
            command=lambda spec: command_line(request, spec, settings, execution, ()),
            done=keep,
        )
        result = follow(running, console, meter)
    for unread in result.unread:
        say(f"{unread.input}: {unread.reason}")
    writes = [partial(_draw, result, path) for path in values["report"] or ()]
    writes += [partial(_write_rows, result, values["csv"])] if values["csv"] else []
    deliver(
        lambda: [json_of(result)],
        values["json"],
        writes,
        lambda: _show(result, values),
        wrote=of_a_set(values),
        quiet=values["quiet"],
    )
    return CERTIFIED if result.complete and not failed else PARTIAL


def _write_evidence(folder: Path | None, number: int, spec: str, evidence: Evidence) -> None:
    from engine.inputs.labels import split_rule
    from engine.report.json import write_numbered

    if folder is not None:
        write_numbered(evidence, folder, number, split_rule(spec)[0])


def _draw(result: MeasuredSet, path: Path) -> None:
    from engine.core.files import write_atomically
    from engine.figures.places import claimed
    from engine.figures.widths import widths_figure
    from engine.report.drawing import render_figure

    outputs = result.model.outputs
    figure = widths_figure(
        result.widths,
        len(result.rows),
        claim=claimed(result.settings),
        unit=outputs.unit if outputs is not None else "",
    )
    fmt: Any = path.suffix.lower().removeprefix(".")
    write_atomically(path, render_figure(figure, fmt))


def _write_rows(result: MeasuredSet, path: Path) -> None:
    from engine.core.files import write_atomically
    from engine.procedures.measured_set import rows_table
    from engine.report.csv import csv_text

    header, rows = rows_table(result)
    write_atomically(path, csv_text(header, list(rows)).encode())


def _show(result: MeasuredSet, values: Mapping[str, Any]) -> None:
    """Rows where they are few, and the statement."""
    if values["quiet"]:
        return
    console = Terminal(stderr=values["json"] == STDOUT, soft_wrap=True)
    if len(result.rows) <= SHOWN_ROWS:
        table = Table(box=None, pad_edge=False)
        for name in ("input", "n", "widest interval", "intervals of the medians"):
            table.add_column(name, overflow="fold")
        for row in result.rows:
            widest = "unbounded" if row.widest is None else round_up(row.widest, 4)
            listed = ", ".join(one.in_words() for one in row.intervals)
            table.add_row(row.input, f"{row.n:,}", widest, listed)
        console.print(table, highlight=False)
    console.print(result.statement, highlight=False, markup=False)
