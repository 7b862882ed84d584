"""``certiscope prune``: a detector pruned by several scores, and what exact maps say of each."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from rich.table import Table

from engine.cli.flags import OUTPUT, RUN, WHAT, flag
from engine.cli.outcome import CERTIFIED
from engine.cli.output import STDOUT, check_writable, deliver, json_of
from engine.cli.terminal import Terminal
from engine.core.fields import checked, field_specs
from engine.core.generators import result_of
from engine.pruning.records import (
    COLUMNS,
    COMPARED,
    METHODS,
    PruningSettings,
    PruningTable,
)
from engine.system.interrupt import stoppable
from engine.system.progress import Meter

_KINDS = {"int": int, "float": float}
_WIDEST = 1000


def prune_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [
        flag(
            "model",
            "Detector of drawn aircraft, such as demo:aircraft; without it one is trained anew "
            "for every seed.",
            WHAT,
            metavar="M",
        ),
        flag(
            "methods",
            "Scores that are compared, separated by commas. USN is reconstructed from the "
            "abstract of arXiv:2510.00083.",
            WHAT,
            default=",".join(METHODS),
            metavar="S,S,..",
        ),
        *(
            flag(
                spec.name,
                f"{spec.title}: {spec.help}",
                RUN,
                _KINDS[spec.kind],
                default=spec.default,
            )
            for spec in field_specs(PruningSettings)
            if spec.kind in _KINDS
        ),
        flag("out", "Folder for every network of the table, with its card.", OUTPUT, metavar="F"),
        flag("json", "Write the table as JSON; '-' is standard output.", OUTPUT),
        flag("csv", "Write every network's figures as CSV.", OUTPUT),
        flag("quiet", "Print no table.", OUTPUT, bool),
    ]


def prune_command(values: Mapping[str, Any]) -> int:
    """Prune a detector by several scores, and map each network exactly.

    Whole channels go, in cuts with tuning between, and the table says what is left: weights,
    accuracy, maps certified, violated and open, processor time for a map, unstable ReLUs. Exit
    status: 0 done, 2 bad input, 1 failure. Ctrl+C stops and keeps what is done.
    """
    settings = read_settings(values)
    files = [Path(values[name]) for name in ("json", "csv") if values[name] not in ("", STDOUT)]
    for path in files:
        check_writable(path)
    from engine.pruning.lab import dropped, prune
    from engine.pruning.making import keeper, write_csv

    model, out = values["model"], values["out"]
    keep = keeper(Path(out), model, settings) if out else dropped
    console = None if values["quiet"] else Terminal(stderr=True)
    with stoppable() as stop, Meter(console, "pruning", "percent") as meter:
        running = prune(model, settings, stop=stop, keep=keep)
        table = result_of(running, lambda now: meter.items(int(100 * now.share), 100))

    def show() -> None:
        if not values["quiet"]:
            show_table(table, Terminal(stderr=values["json"] == STDOUT))

    csv = [Path(values["csv"])] if values["csv"] else []  # by the name that was asked for
    writes = [partial(write_csv, table, path) for path in csv]
    wrote = [*csv, *([Path(out)] if out else [])]
    told: dict[str, Any] = {"wrote": wrote, "quiet": values["quiet"]}
    deliver(lambda: [json_of(table)], values["json"], writes, show, **told)
    return CERTIFIED


def read_settings(values: Mapping[str, Any]) -> PruningSettings:
    """The settings of some flags.

    Raises:
        UserError: an unknown score, or a value out of range.
    """
    given = {spec.name: values[spec.name] for spec in field_specs(PruningSettings)}
    given["methods"] = tuple(one.strip() for one in values["methods"].split(",") if one.strip())
    return checked(PruningSettings, **given)


def show_table(table: PruningTable, console: Terminal) -> None:
    """Means over the seeds, and what they say of USN."""
    settings = table.settings
    shown = Table(
        title=f"Means over {settings.seeds} seed{'s' * (settings.seeds > 1)}; exact maps of "
        f"{settings.images} image{'s' * (settings.images > 1)}",
        caption=COMPARED,
        box=None,
        pad_edge=False,
    )
    shown.add_column(COLUMNS[0])
    for name in COLUMNS[1:]:
        shown.add_column(name, justify="right")
    for one in table.summaries:
        shown.add_row(*one.cells())
    # a narrow terminal breaks lines; cut figures would be read as others
    needed = console.measure(shown, options=console.options.update(width=_WIDEST)).maximum
    console.width = max(console.width, needed)
    console.print(shown)
    if table.verdict:
        console.print(table.verdict)
