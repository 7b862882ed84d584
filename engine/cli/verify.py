"""``certiscope verify``: one line per claim of a report, evidence or case."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from engine.cli.flags import OUTPUT, WHAT, argument, flag
from engine.cli.outcome import CERTIFIED, FAILURE
from engine.cli.output import STDOUT, print_json, say_wrote
from engine.cli.subject import trust_flag
from engine.cli.terminal import Terminal, write_line
from engine.core.errors import UserError
from engine.system.interrupt import stoppable
from engine.system.progress import Meter

LEVELS = "How far to go"


def verify_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [
        argument("file", "FILE", "Report (.pdf), evidence or case."),
        flag(
            "counts_only",
            "Check what follows from this file alone; look for no model and no input.",
            LEVELS,
            bool,
        ),
        flag(
            "rerun",
            "Draw the selection votes and K random blocks again and compare; 'all' for every vote; "
            "'1%' for that share of a case's runs, chosen by lot, or of a run's blocks.",
            LEVELS,
            metavar="K|P%|all",
        ),
        flag("signed", "Demand a signature.", LEVELS, bool),
        flag("model", "Where the model is now.", WHAT),
        flag("input", "Where the input is now.", WHAT),
        trust_flag(),
        flag("device", "Where --rerun counts.", LEVELS, default="auto"),
        flag(
            "allow_flips",
            "Votes that may fall otherwise where --rerun counts on another device.",
            LEVELS,
            int,
            default=0,
            metavar="N",
            min=0,
        ),
        flag("explain", "Say of every value what shows that it was changed.", OUTPUT, bool),
        flag("json", "Write the verdicts as JSON; '-' is standard output.", OUTPUT),
        flag(
            "report", "Write a protocol of the verification.", OUTPUT, Path | None, metavar="F.pdf"
        ),
    ]


def verify_command(values: Mapping[str, Any]) -> int:
    """Check every claim of a report (PDF), evidence (JSON) or case, and say whether it holds.

    The last line names the level. "Arithmetic holds; votes not re-drawn": everything follows from
    the votes, which are taken as recorded. With --rerun K or --rerun all, K blocks or all votes are
    drawn again, those that chose the class too, and must come out the same. With --rerun 1% these
    are all votes of every hundredth run of a case, chosen by lot.

    What no check can show (names, times, labels that a person gave) --explain lists, with reasons.

    Exit status: 0 if nothing fails and everything that was asked could be checked, 1 if a claim
    does not hold or cannot be checked, 2 for a file that cannot be read. Without --rerun nothing is
    run and torch is not loaded.
    """
    from engine.verify import Plan, verify
    from engine.verify.leaves import explained

    rerun, protocol = _rerun(values["rerun"]), values["report"]
    if rerun is not None and values["counts_only"]:
        raise UserError("--counts-only reads no other file, and --rerun asks the model: give one.")
    if protocol is not None and protocol.suffix.lower() != ".pdf":
        raise UserError(f"--report {protocol}: a protocol is a PDF; --json writes the verdicts.")
    to_stdout = values["json"] == STDOUT
    console = None if rerun is None else Terminal(stderr=True)
    with stoppable() as stop, Meter(console, "drawing again", "blocks") as meter:
        plan = Plan(
            rerun=rerun,
            counts_only=values["counts_only"],
            model=values["model"],
            input=values["input"],
            trust=values["trust"],
            device=_device(values["device"]),
            flips=values["allow_flips"],
            signed=values["signed"],
            stop=stop,
            progress=meter.items,
        )
        report = verify(values["file"], plan)
    stream = sys.stderr if to_stdout else sys.stdout
    for claim in report.claims:
        write_line(stream, claim.line())
    for note in report.notes:
        write_line(stream, f"Note: {note}")
    for line in explained() if values["explain"] else ():
        write_line(stream, line)
    write_line(stream, report.summary())
    print_json(report, values["json"])
    if protocol is not None:
        from engine.verify.protocol import write_protocol  # loads typst

        write_protocol(report, protocol)
        say_wrote([protocol])
    return CERTIFIED if report.ok else FAILURE


def _rerun(text: str) -> int | float | Literal["all"] | None:
    """What is to be drawn again: blocks, or a share of them or of the runs of a case."""
    if not text:
        return None
    if text in ("all", "100%"):
        return "all"
    if re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,6})?%", text, re.ASCII) and float(text[:-1]) > 0:
        return float(text[:-1]) / 100
    if text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0:
        return int(text)
    raise UserError(
        "--rerun must be a number of blocks, at least 1, a share of at most 100%, or all "
        f"(it was '{text}')."
    )


def _device(text: str) -> str:
    from engine.evidence.settings import carried_out

    return carried_out({"device": text}).device
