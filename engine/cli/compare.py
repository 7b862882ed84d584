"""``certiscope compare``: several smoothed classifiers against one attacker."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from engine.cli.candidates import candidate_flags, candidates_of
from engine.cli.flags import OUTPUT, WHAT, flag
from engine.cli.options import run_flags
from engine.cli.outcome import CERTIFIED, PARTIAL
from engine.cli.output import STDOUT, check_writable, deliver, json_of
from engine.cli.subject import asked_input, labels_flag
from engine.cli.terminal import Terminal
from engine.core.errors import StoppedEarly, UserError
from engine.core.fields import checked
from engine.core.files import write_atomically
from engine.core.generators import result_of
from engine.core.rounding import exact
from engine.evidence.settings import CertifySettings, carried_out, seeded
from engine.figures.comparison import INTERVALS
from engine.system.interrupt import stoppable
from engine.system.progress import Meter

if TYPE_CHECKING:
    from engine.comparison import Attacker, TradeOff

_WIDEST = 1000
"""Columns that a table may take."""
_SETTINGS = ("n0", "n", "alpha", "bound", "noise", "seed", "device", "precision")


def compare_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [
        *candidate_flags(),
        flag("input", "Input, folder or data set, as for certify.", WHAT, default=..., metavar="X"),
        labels_flag(),
        flag(
            "limit",
            "Take at most this many inputs of a set, drawn by lot by the seed.",
            WHAT,
            int,
            default=20,
            metavar="N",
        ),
        *[each for each in run_flags("certify") if each.name in _SETTINGS],
        flag(
            "at",
            "Attackers: at most this many pixels, together at most epsilon in l2 norm; or all "
            "pixels, and another norm: epsilon=1,norm=l1. Repeatable.",
            OUTPUT,
            list[str],
            default=["entities=1,epsilon=0.5", "entities=2,epsilon=0.5", "entities=4,epsilon=0.5"],
            metavar="entities=R,epsilon=E",
        ),
        flag("json", "Write the comparison as JSON; '-' is standard output.", OUTPUT),
        flag("csv", "Write every outcome before every attacker as CSV.", OUTPUT),
        flag("quiet", "Print no table.", OUTPUT, bool),
    ]


def compare_command(values: Mapping[str, Any]) -> int:
    """Certify the same inputs with several models, each smoothed by its own noise.

    The table says which share of the inputs each certifies against which attacker. Exit status: 0
    done, 4 stopped, 2 bad input, 1 failure. Ctrl+C stops and keeps what was compared.
    """
    attackers = [read_attacker(text) for text in values["at"]]
    given = {name: values[name] for name in _SETTINGS if values.get(name) is not None}
    execution = carried_out(given)
    known = {"seed": None} | {k: v for k, v in given.items() if k != "device"}
    settings = seeded(checked(CertifySettings, **known))
    for path in (*_csv(values), *([] if values["json"] in ("", STDOUT) else [values["json"]])):
        check_writable(Path(path))
    from engine.comparison.compare import compare
    from engine.comparison.export import tradeoff_csv
    from engine.inputs import drawn, expand

    assert settings.seed is not None  # seeded
    found = expand(asked_input(values))
    inputs = drawn(found, values["limit"], settings.seed)
    console = None if values["quiet"] else Terminal(stderr=True)
    with stoppable() as stop, Meter(console, "comparing", "runs") as meter:
        running = compare(
            candidates_of(values, attackers),
            inputs,
            settings,
            available=len(found),
            execution=execution,
            stop=stop,
        )
        result = result_of(running, lambda now: meter.items(now.runs, now.total))

    if not any(result.outcomes):
        raise StoppedEarly("Stopped before the first input of the comparison was certified.")

    def show() -> None:
        if not values["quiet"]:
            _show(result, attackers, Terminal(stderr=values["json"] == STDOUT))

    def csv(path: Path) -> None:
        write_atomically(path, tradeoff_csv(result, attackers).encode())

    writes = [partial(csv, path) for path in _csv(values)]
    told: dict[str, Any] = {"wrote": _csv(values), "quiet": values["quiet"]}
    deliver(lambda: [json_of(result)], values["json"], writes, show, **told)
    return CERTIFIED if result.done == result.inputs else PARTIAL


def _csv(values: Mapping[str, Any]) -> list[Path]:
    return [Path(values["csv"])] if values["csv"] else []  # by the name that was asked for


def read_attacker(text: str) -> Attacker:
    """An attacker from ``entities=2,epsilon=0.25``.

    Raises:
        UserError: another term, or a value out of range.
    """
    from engine.comparison import Attacker
    from engine.schemes.attacker import ANY

    parts = dict(part.partition("=")[::2] for part in text.split(","))
    if "epsilon" not in parts or not set(parts) <= {"entities", "epsilon", "norm"}:
        raise UserError(f"--at {text}: an attacker is written entities=2,epsilon=0.25.")
    try:
        return checked(Attacker, **({} if "entities" in parts else {"entities": ANY}), **parts)
    except UserError as error:
        raise UserError(f"--at {text}: {error}") from error


def _show(result: TradeOff, attackers: list[Attacker], console: Terminal) -> None:
    from engine.comparison.records import names

    what, chosen = "accuracy" if result.labelled else "share", result.chosen_in_words
    table = Table(
        title=f"Certified {what} over {result.done:,} of {result.inputs:,} inputs"
        + (chosen and f", {chosen}"),
        caption=INTERVALS,
    )
    table.add_column("model")
    table.add_column("noise")
    table.add_column("right" if result.labelled else "predicted", justify="right")
    for one in attackers:
        table.add_column(_title(one), justify="right")
    for index, (candidate, name) in enumerate(
        zip(result.candidates, names(result.candidates), strict=True)
    ):
        shares = [result.answered(index), *(result.certified(index, a) for a in attackers)]
        words = ("" if share is None else share.in_words() for share in shares)
        table.add_row(name, candidate.noise_in_words, *words)
    # a narrow terminal breaks lines; a cut name would be read as another
    needed = console.measure(table, options=console.options.update(width=_WIDEST)).maximum
    console.width = max(console.width, needed)
    console.print(table)
    if result.remark:
        console.print(result.remark)


def _title(attacker: Attacker) -> str:
    from engine.schemes.attacker import ANY

    pixels = "" if attacker.entities == ANY else f"{attacker.entities} px, "
    norm = "" if attacker.norm == "l2" else f" {attacker.norm}"
    return f"{pixels}{exact(attacker.epsilon)}{norm}"
