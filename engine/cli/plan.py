"""``certiscope plan``: what would it take?"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table

from engine.cli.flags import OUTPUT, RUN, SCHEME, flag
from engine.cli.options import read_execution, read_settings, read_target, run_flags, scheme_flags
from engine.cli.outcome import CERTIFIED, facts_table
from engine.cli.output import STDOUT, named, print_json, say_wrote
from engine.cli.subject import subject_flags
from engine.cli.terminal import Terminal
from engine.core.errors import StoppedEarly, UserError
from engine.core.fields import checked
from engine.core.rounding import round_down, round_up
from engine.evidence.cost import duration
from engine.evidence.settings import CertifySettings, SweepSettings
from engine.evidence.statement import nothing_to_plan

if TYPE_CHECKING:
    from engine.inputs.base import FittedInput
    from engine.planning import ExpectedPoint, Needed, Pilot, PlanResult
    from engine.schemes import Scheme

_PLANNED = ("n0", "n", "alpha", "bound", "noise", "seed", "batch", "device", "precision")
_GROUP = "What is known"
_EXPONENT = flag(
    "power",
    "For exp-p: its --power, which is the chance of success here.",
    SCHEME,
    float | None,
    flag="--exponent",
    metavar="X",
)


def plan_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [
        flag("pilot", "K of N pilot votes went to the class, e.g. 97/100.", _GROUP, metavar="K/N"),
        flag(
            "probability",
            "Probability of the class under the noise.",
            _GROUP,
            float | None,
            metavar="P",
        ),
        *optional_subject(_GROUP),
        *[_EXPONENT if each.name == "power" else each for each in scheme_flags()],
        *[each for each in run_flags("certify") if each.name in _PLANNED],
        flag("target_radius", "The radius to certify.", RUN, float | None, metavar="R"),
        flag("target", "The perturbation to certify in the scheme's terms.", RUN, metavar="TERM=X"),
        flag(
            "chance",
            "Chance of success that is asked for.",
            RUN,
            float,
            flag="--power",
            default=0.9,
            metavar="X",
        ),
        flag(
            "seconds_each",
            "Seconds per sample of an expensive model: adds the cost, and what hundreds of "
            "samples are worth.",
            RUN,
            float | None,
            metavar="X",
        ),
        flag(
            "false_accept",
            "With --seconds-each: bound on an oracle's false accepts, to plan for the true class.",
            RUN,
            float,
            default=0.0,
            metavar="X",
        ),
        flag("json", "Write the plan as JSON; '-' is standard output.", OUTPUT),
    ]


def optional_subject(panel: str) -> list[inspect.Parameter]:
    """Model and input flags, none of them required."""
    first = [
        flag("model", "Draw n0 pilot votes of this model.", panel, metavar="M"),
        flag("input", "The input to draw them at.", panel, metavar="X"),
    ]
    rest = [each for each in subject_flags() if each.name not in ("model", "input", "labels")]
    return [*first, *rest]


def plan_command(values: Mapping[str, Any]) -> int:
    """How many samples would certify, and what can this many reach at most?

    From pilot votes (--pilot 97/100), from a probability (--probability 0.97), or from n0 votes
    drawn for --model and --input; for a range, as of rotations, from these. Exit status: 0 planned,
    2 bad input.
    """
    run_values = {**values, "target": None, "target_radius": None}  # the plan's own
    settings = read_settings(run_values, "certify")
    if isinstance(settings, SweepSettings):
        return _of_range(values, settings)
    if reason := nothing_to_plan(settings):
        raise UserError(reason)
    assert isinstance(settings, CertifySettings) and settings.bound != "soft"
    target = read_target(values["target_radius"], values["target"], name="--target-radius")
    if target:
        settings.scheme.parse_at(target, name="--target")
    pilot, scheme = _pilot(values, settings)
    from engine.planning.planner import plan

    result = plan(
        scheme=scheme,
        alpha=settings.alpha,
        bound=settings.bound,
        n=settings.n,
        pilot=pilot,
        p=values["probability"],
        target=target,
        power=_chance(values["chance"]),
        n0=settings.n0,
        seconds_each=values["seconds_each"],
        false_accept=values["false_accept"],
    )
    _show(result, Terminal(stderr=values["json"] == STDOUT))
    print_json(result, values["json"])
    say_wrote(named(values["json"]))
    return CERTIFIED


def _chance(power: float) -> float:
    if not 0 < power < 1:
        raise UserError(f"--power must be between 0 and 1, without both (it was {power:g}).")
    return power


def _pilot(values: Mapping[str, Any], settings: CertifySettings) -> tuple[Pilot | None, Scheme]:
    """The pilot, and the scheme as the input has it where there is one."""
    given = [name for name in ("pilot", "probability", "model") if values[name] not in ("", None)]
    if len(given) != 1:
        raise UserError(
            "A plan needs one of --pilot K/N, --probability P, or --model M with --input X "
            f"({len(given)} were given)."
        )
    if given == ["pilot"]:
        return _typed(values["pilot"]), settings.scheme
    return _drawn(values, settings) if given == ["model"] else (None, settings.scheme)


def _typed(text: str) -> Pilot:
    from engine.planning import Pilot

    match = re.fullmatch(r"\s*([0-9]{1,12})\s*/\s*([0-9]{1,12})\s*", text)
    if match is None:
        raise UserError(f"--pilot must be votes for the class / votes drawn (it was '{text}').")
    try:
        return checked(Pilot, k=int(match[1]), n0=int(match[2]))
    except UserError as error:
        raise UserError(f"--pilot {text}: {error}") from error


def _drawn(values: Mapping[str, Any], settings: CertifySettings) -> tuple[Pilot, Scheme]:
    """Pilot votes, and the scheme as the input has it."""
    pilot, fitted = _at_input(values, settings)
    return pilot, settings.scheme.for_input(fitted.identity)


def _at_input(
    values: Mapping[str, Any], settings: CertifySettings | SweepSettings
) -> tuple[Pilot, FittedInput]:
    """Pilot votes of a model: its selection stream, so a run's estimation votes stay fresh."""
    if not values["input"]:
        raise UserError("--model needs --input, the image to draw the pilot votes at.")
    from engine.cli import run
    from engine.evidence.settings import seeded
    from engine.planning import Pilot
    from engine.procedures.pilot import pilot_votes
    from engine.system.interrupt import stoppable

    classifier, fitted = run.load(run.model_request(values), values["input"])
    with stoppable() as stop:
        votes = pilot_votes(
            classifier, fitted, seeded(settings), execution=read_execution(values), stop=stop
        )
    if not votes.n:
        raise StoppedEarly("The pilot was stopped before its first vote.")
    return Pilot.of(votes), fitted


def _of_range(values: Mapping[str, Any], settings: SweepSettings) -> int:
    """The anchors and samples that a range of one image takes."""
    if not values["model"] or values["pilot"] or values["probability"] is not None:
        raise UserError(
            f"A plan for {settings.scheme.key} needs --model M and --input X, and neither --pilot "
            "nor --probability: how close anchors have to lie depends on the image."
        )
    if values["target"] or values["target_radius"] is not None:
        raise UserError(
            f"A plan for {settings.scheme.key} is one for its whole range and has no target; say a "
            "smaller range instead."
        )
    from engine.planning.sweep_plan import plan_sweep

    pilot, fitted = _at_input(values, settings)
    plan = plan_sweep(settings, fitted.arrays[0], pilot=pilot)
    console = Terminal(stderr=values["json"] == STDOUT)
    console.print(facts_table(plan.facts()), highlight=False, markup=False)
    _show_notes(plan.notes, console)
    print_json(plan, values["json"])
    say_wrote(named(values["json"]))
    return CERTIFIED


def _show(result: PlanResult, console: Terminal) -> None:
    console.print(facts_table(_facts(result)), highlight=False, markup=False)
    console.print()
    console.print(_curve(result), highlight=False, markup=False)
    if result.expensive:
        console.print()
        console.print(_expensive(result), highlight=False, markup=False)
    _show_notes(result.notes, console)


def _show_notes(notes: Sequence[str], console: Terminal) -> None:
    for note in notes:
        console.print(f"Note: {note}", highlight=False, markup=False, soft_wrap=True)


def _facts(result: PlanResult) -> list[tuple[str, str]]:
    facts = [
        ("noise", result.scheme.noise_in_words()),
        ("bound", f"{result.bound}, alpha {result.alpha}"),
    ]
    if result.pilot is not None:
        pilot = f"{result.pilot.k:,} of {result.pilot.n0:,} votes"
        facts.append(("pilot", f"{pilot}; the plan assumes p = {round_down(result.p, 6)}"))
    else:
        facts.append(("p", f"{result.p:g}"))
    if result.needed is not None:
        facts += _needed_facts(result.target, result.needed, result.hopeful)
    if result.planned.largest is not None:
        reach = f"radius {round_down(result.planned.largest, 4)} at most, if all votes agree"
        facts.append((f"n = {result.n:,} reaches", reach))
    if result.average_kept is not None:
        kept = f"about {100 * result.average_kept:.0f} % of the average radius over a set"
        facts.append((f"n = {result.n:,} keeps", kept))
    if result.cost is not None:
        facts.append(("cost", result.cost.in_words()))
    return facts


def _needed_facts(target: str, needed: Needed, hopeful: Needed | None) -> list[tuple[str, str]]:
    """The n to plan for, then the smaller ones that stand for something else, each with what."""
    certify = f"to certify {target}"
    facts = [(certify, _out_of_reach(needed))]
    if needed.n_stay is not None:
        about = "" if needed.exact else "about "
        chance = f"{100 * needed.power:g} %"
        plan = f"plan n = {about}{needed.n_stay:,}: this n and every larger one has chance {chance}"
        facts = [(certify, f"{plan} at that p")]
        if needed.n_first is not None and needed.n_first < needed.n_stay:
            some = f"the first with that chance, but some n after {needed.n_first:,} fall below it"
            facts.append(("a lucky n", f"n = {about}{needed.n_first:,}: {some}"))
    if hopeful is not None and hopeful.n_stay is not None:
        share = f"if p is the pilot's own share, {hopeful.p:.6g}"
        facts.append(("a hopeful n", f"n = {hopeful.n_stay:,}: planned as the first line, {share}"))
    if needed.n_min is not None:
        least = f"n = {needed.n_min:,}: fewer cannot do it even if all votes are for the class"
        facts.append(("the least n", least))
    return facts


def _out_of_reach(needed: Needed) -> str:
    required = needed.p_required
    if needed.p > required:
        return "out of reach: a billion samples would not do"
    if required > 1:
        return "out of reach: under this noise no probability suffices"
    shown = round_up(required, 6)
    if float(shown) >= 1:
        where = "be 1" if required == 1 else f"be within {1 - required:.1e} of 1"
        return f"out of reach: p_lower would have to {where}, and p is not"
    return f"out of reach: p_lower must exceed {shown}, and p is not above it"


def _expensive(result: PlanResult) -> Table:
    """What each n is worth over a data set, and its time for one input."""
    table = Table(box=None, pad_edge=False)
    asked = bool(result.target)
    names = ["n", "time", "of the mean radius", "by the law", "largest, in sigma"]
    for name in (*names, *([f"certify {result.target}", "at most"] if asked else [])):
        table.add_column(name, justify="right", no_wrap=name == "time")
    for point in result.expensive:
        accuracy = (point.accuracy or 0.0, point.accuracy_limit or 0.0) if asked else ()
        table.add_row(
            f"{point.n:,}",
            duration(point.seconds),
            _percent(point.average_kept),
            _percent(point.first_order),
            round_down(point.largest, 3),
            *map(_percent, accuracy),
        )
    return table


def _percent(share: float) -> str:
    return f"{100 * float(round_down(share, 3)):.1f} %"


def _curve(result: PlanResult) -> Table:
    table = Table(box=None, pad_edge=False)
    asked = bool(result.target)
    names = ["n", "certifies", *([result.target] if asked else [])]
    by_radius = any(point.radius is not None for point in result.curve)
    for name in (*names, *(["mean radius", "largest"] if by_radius else [])):
        table.add_column(name, justify="right")
    for point in result.curve:
        chances = [point.certified, *([point.power or 0.0] if asked else [])]
        table.add_row(
            f"{point.n:,}",
            *(f"{100 * float(round_down(chance, 3)):.1f} %" for chance in chances),
            *(_radii(point) if by_radius else ()),
        )
    return table


def _radii(point: ExpectedPoint) -> tuple[str, str]:
    """The mean certified radius at an n, less its error, and the largest."""
    mean, largest = point.radius, point.largest
    return (
        "" if mean is None else round_down(max(0.0, mean - point.error), 4),
        "" if largest is None else round_down(largest, 4),
    )
