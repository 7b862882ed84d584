"""``certiscope replay``: certify externally collected vote counts."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from engine.cli.flags import OUTPUT, RUN, argument, flag
from engine.cli.options import read_settings, run_flags, scheme_flags
from engine.cli.outcome import CERTIFIED
from engine.cli.output import STDOUT, check_writable, deliver, say
from engine.cli.sets import SHOWN_ROWS, rows_table, summary_table
from engine.cli.terminal import Terminal
from engine.core.errors import UserError
from engine.core.fields import field_specs
from engine.core.files import write_atomically
from engine.evidence.settings import alpha_of
from engine.system.progress import Meter

if TYPE_CHECKING:
    from engine.replay import ReplayResult, Selection
    from engine.schemes import Scheme


def replay_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    shown = run_flags("certify", defaults=False)
    bounding = [each for each in shown if each.name in ("alpha", "bound")]
    return [
        argument("votes", "VOTES", "Votes or bounds: CSV, TSV, JSON lines, or counts in a .npy."),
        *scheme_flags(of_a_model=False),
        *bounding,
        flag(
            "selection",
            "For files without a selection block: certify the label's class, or the leading one "
            "of the same votes (marked as not independent).",
            RUN,
            metavar="label|same",
        ),
        flag(
            "at",
            "Also say which rows are certified at this perturbation, e.g. radius=0.25. Repeatable.",
            OUTPUT,
            list[str],
            metavar="TERM=X",
        ),
        flag(
            "simultaneous", "Show the rows under alpha shared out over all of them.", OUTPUT, bool
        ),
        flag("json", "Write the result as JSON; '-' is standard output.", OUTPUT),
        flag("csv", "Write the rows as CSV.", OUTPUT, Path | None, metavar="F.csv"),
        flag("quiet", "Print no tables.", OUTPUT, bool),
    ]


def replay_command(values: Mapping[str, Any]) -> int:
    """Certify externally collected votes or bounds: a file with one input per line.

    Header idx,label,n0_0..,n_0.. (selection and estimation votes per class), or the estimation
    block alone with --selection, or idx,label,p_lower[,p_upper]. Nothing in a file says how its
    votes were drawn, so scheme, strength of the noise, alpha and bound have to be given. Exit
    status: 0 done, 2 bad input, 1 failure.
    """
    settings = read_settings(values, "certify")
    _refuse_unsaid(values, settings.scheme)
    for path in filter(None, (values["csv"], values["json"])):
        if path != STDOUT:
            check_writable(Path(path))
    selection = _selection(values["selection"])
    from engine.replay.replay import replay

    with Meter(None if values["quiet"] else Terminal(stderr=True), "", "rows") as meter:

        def progress(work: str, done: int, total: int) -> None:
            meter.begin(work)
            meter.items(done, total)

        result = replay(
            values["votes"],
            scheme=settings.scheme,
            alpha=alpha_of(settings),
            bound=settings.bound,
            at=tuple(values["at"] or ()),
            selection=selection,
            progress=progress,
        )
    _deliver(result, values)
    if values["simultaneous"] and (reason := _unused(result, quiet=values["quiet"])):
        say(f"--simultaneous shows nothing here: {reason}.")
    return CERTIFIED


def _refuse_unsaid(values: Mapping[str, Any], scheme: Scheme) -> None:
    """Refuse votes whose noise, alpha or bound nobody has named: a default would be a guess.

    Raises:
        UserError: naming the flags that are missing, or those that nothing would come of.
    """
    from engine.replay.table import holds_bounds

    bounds = holds_bounds(values["votes"])
    if scheme.counted is not None:
        _refuse_idle(values, ("alpha", "bound"), f"{scheme.key} is exact")
    elif bounds:
        _refuse_idle(values, ("bound",), f"{values['votes']} holds bounds, which stay as they are")
    needed = {"scheme": "--scheme"}
    for spec in field_specs(type(scheme)):
        unused = getattr(scheme, spec.name) is None or spec.name in scheme.idle()
        if not spec.advanced and not unused:
            needed[spec.name] = spec.flag
    if scheme.counted is None:
        needed["alpha"] = "--alpha"
        if not bounds:
            needed["bound"] = "--bound"
    missing = [flag for name, flag in needed.items() if values[name] in (None, "")]
    if missing:
        raise UserError(
            "Nothing in a file of votes says how they were drawn and how many errors are allowed; "
            f"give {', '.join(missing)} too."
        )


def _refuse_idle(values: Mapping[str, Any], names: Sequence[str], because: str) -> None:
    """Refuse flags that would be passed over.

    Raises:
        UserError: one of them was given.
    """
    given = [f"--{name}" for name in names if values[name] not in (None, "")]
    if given:
        raise UserError(f"{because}; leave out {' and '.join(given)}.")


def _unused(result: ReplayResult, *, quiet: bool) -> str:
    """Why no row is shown with alpha shared out; empty where they are."""
    if result.bound == "given":
        return "the bounds were bought elsewhere, at an alpha that cannot be shared out now"
    if result.summary.simultaneous is None:
        return "the class was chosen by the votes that bound it, so that no claim is valid"
    if quiet:
        return "--quiet prints no tables; --csv and --json have the rows"
    if len(result.rows) > SHOWN_ROWS:
        return (
            f"files of more than {SHOWN_ROWS} rows are shown by their summary; --csv has the rows"
        )
    return ""


def _selection(text: str) -> Selection | None:
    from engine.replay import Selection

    for known in get_args(Selection):
        if text == known != "votes":
            return known  # type: ignore[no-any-return]
    if text:
        raise UserError(f"--selection must be label or same (it was '{text}').")
    return None


def _deliver(result: ReplayResult, values: Mapping[str, Any]) -> None:
    """Write and print everything.

    Raises:
        WriteError: with what could not be written.
    """
    from engine.replay.export import replay_csv, replay_json

    def csv() -> None:
        write_atomically(values["csv"], (part.encode() for part in replay_csv(result)))

    def show() -> None:
        if not values["quiet"]:
            console = Terminal(stderr=values["json"] == STDOUT)
            _show(result, console, simultaneous=values["simultaneous"])

    others, paths = ([csv], [values["csv"]]) if values["csv"] is not None else ([], [])
    told: dict[str, Any] = {"wrote": paths, "quiet": values["quiet"]}
    deliver(lambda: replay_json(result), values["json"], others, show, **told)


def _show(result: ReplayResult, console: Terminal, *, simultaneous: bool) -> None:
    console.print(
        f"{result.source}: {result.scheme.noise_in_words()}, {result.bound} bound",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    console.print(summary_table(result.summary, result.alpha), highlight=False, markup=False)
    if len(result.rows) <= SHOWN_ROWS:
        table = rows_table(result.rows, result.summary, simultaneous=simultaneous)
        console.print(table, highlight=False, markup=False)
    for note in result.notes:
        console.print(f"Note: {note}", highlight=False, markup=False, soft_wrap=True)
