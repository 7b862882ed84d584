"""``certiscope audit``: certify every input of a folder or data set, and the set as a whole."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli import run
from engine.cli.attack import ATTACK, attack_flags, set_attacker
from engine.cli.audit_rows import AuditRows
from engine.cli.case import asked_case, case_flags
from engine.cli.cluster import certifier, check_cluster, cluster_flags
from engine.cli.flags import OUTPUT, WHAT, flag
from engine.cli.medians import audit_medians, median_settings
from engine.cli.options import at_flag, read_execution, read_settings, run_flags, scheme_flags
from engine.cli.outcome import CERTIFIED, CONTRADICTED, PARTIAL
from engine.cli.output import STDOUT, check_writable, deliver, json_of, of_a_set, say
from engine.cli.progress import follow
from engine.cli.reading import epsilon_flag, measures
from engine.cli.sets import SHOWN_ROWS, rows_table, summary_table
from engine.cli.subject import asked_input, subject_flags
from engine.cli.terminal import Terminal
from engine.core.errors import UserError
from engine.core.nouns import of_kind
from engine.evidence.attack_words import attack_in_words
from engine.evidence.settings import alpha_of, seeded
from engine.inputs.labels import split_rule
from engine.procedures.command_line import command_line
from engine.system.interrupt import stoppable
from engine.system.progress import Meter

if TYPE_CHECKING:
    from engine.case import Case
    from engine.case.sets import CaseSet
    from engine.evidence.evidence import Evidence
    from engine.evidence.settings import Counting, MeasureSettings
    from engine.procedures.set_result import SetResult


def audit_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [
        *subject_flags(),
        flag(
            "limit",
            "Take at most this many inputs, spread evenly over the set; by default all.",
            WHAT,
            int | None,
        ),
        flag(
            "shard",
            "Take every K-th input from the I-th on, for K machines with one --seed; certiscope "
            "merge joins them.",
            WHAT,
            metavar="I/K",
        ),
        *scheme_flags(),
        *run_flags("certify"),
        epsilon_flag(),
        *cluster_flags(),
        flag(
            "attack",
            "Attack the smoothed model at every certified input, beside its certificate; stops at "
            "a change inside a certified region. A case keeps the attacks with the runs.",
            ATTACK,
            bool,
        ),
        *attack_flags(),
        at_flag(),
        flag(
            "radii",
            "Radii at which certified accuracy is quoted, for balls; as --at radius=R for each.",
            OUTPUT,
            metavar="R,R,..",
        ),
        *case_flags(),
        flag("json", "Write the result as JSON; '-' is standard output.", OUTPUT),
        flag(
            "report",
            "Write a report of the set, every row inside: .pdf or .html. Repeatable.",
            OUTPUT,
            list[Path],
            metavar="F.pdf",
        ),
        flag("csv", "Write the runs as CSV.", OUTPUT, Path | None, metavar="F.csv"),
        flag(
            "evidence",
            "Write each input's evidence as JSON into this folder, to verify.",
            OUTPUT,
            Path | None,
            metavar="FOLDER",
        ),
        flag("quiet", "Print no tables.", OUTPUT, bool),
    ]


def audit_command(values: Mapping[str, Any]) -> int:
    """Certify every input of a folder or data set: each by itself, and all of them at once.

    Beside the share of inputs certified, the table gives it with alpha shared out over the set, and
    its confidence bound for the population that the inputs are drawn from. Exit status: 0 done, 4
    inputs without a row (stopped, or a file does not open), 5 an attack inside a certified region,
    2 bad input, 1 failure. Ctrl+C stops and keeps the inputs that were counted; with --case the
    same command resumes the set. With --epsilon the medians of a model's numbers are bounded, input
    by input.
    """
    if measures(values):
        settings_of_all, request = median_settings(values), run.model_request(values)
        return audit_medians(
            values,
            request,
            settings_of_all,
            lambda settings: _load(request, values, settings)[:2],
        )
    settings, execution = _settings(values), read_execution(values)
    at = _asked(values, settings)
    _check_outputs(values)
    request, case = run.model_request(values), asked_case(values)
    classifier, inputs, available = _load(request, values, settings)
    console = None if values["quiet"] else Terminal(stderr=True)
    meter = Meter(console, "certifying", "inputs")
    from engine.procedures import set_result

    with stoppable() as stop:
        how: dict[str, Any] = {"execution": execution, "at": at, "stop": stop}
        kept_in = _kept_in(
            case, classifier, settings, request=request, **how, new_runs=values["new_run"]
        )
        attack = set_attacker(values, classifier, execution, stop, kept_in)
        rows = AuditRows(values, len(inputs), meter, attack)
        settings = kept_in.settings if kept_in else seeded(settings)
        certifying = certifier(values, request, meter)(
            classifier,
            inputs,
            settings,
            **how,
            command=lambda spec: command_line(request, spec, settings, execution, at),
            done=rows.take,
            count=kept_in.count if kept_in else None,
            ahead=kept_in.ahead if kept_in else (lambda inputs: None),
            available=available,
        )
        result = set_result.with_attacks(follow(certifying, console, meter), attack.found)
    if kept_in is not None and kept_in.remark:
        say(kept_in.remark)
    status = _status(result, rows.refuted)
    missing = kept_in.missing(rows.run_ids) if kept_in is not None else ""
    _deliver(
        result, values, [*rows.lacking, *filter(None, [missing])], rows.files(result, classifier)
    )
    return status


def _kept_in(case: Case | None, *of: Any, **how: Any) -> CaseSet | None:
    """The runs of the set in a case, as :class:`CaseSet` takes them; None without a case."""
    from engine.case.sets import CaseSet
    from engine.verify.sound import fault

    return None if case is None else CaseSet(case, *of, **how, warn=say, fault=fault)


def _status(result: SetResult, refuted: Sequence[Evidence]) -> int:
    """The exit status; a contradicted certificate is said before anything else."""
    if refuted:
        say(f"{refuted[0].input.name}: {attack_in_words(refuted[0])}")
        return CONTRADICTED
    return CERTIFIED if result.complete else PARTIAL


def _asked(values: Mapping[str, Any], settings: Counting) -> tuple[str, ...]:
    """The perturbations at which certified accuracy is quoted.

    With a report and none asked for, those of the literature that n votes can reach.

    Raises:
        UserError: a radius or a term that the scheme does not have.
    """
    from engine.logs.collecting import read_radii

    at = tuple(values["at"] or ())
    at += tuple(f"radius={radius!r}" for radius in read_radii(values["radii"]))
    for text in at:
        settings.scheme.parse_at(text)
    if at or not values["report"]:
        return at
    from engine.report.audit.figure import usual

    return usual(settings)


def _settings(values: Mapping[str, Any]) -> Counting:
    """The settings of all runs.

    Raises:
        UserError: also for a shard whose seed is left to chance.
    """
    check_cluster(values)
    settings = read_settings(values, "certify")
    if values["shard"] and settings.kind != "exact" and settings.seed is None:
        raise UserError(
            "--shard needs --seed, the same for every shard; with a seed of its own each would be "
            "another audit, and its inputs would be counted again after certiscope merge."
        )
    return settings


def _load(
    request: Any, values: Mapping[str, Any], settings: Counting | MeasureSettings
) -> tuple[Any, list[str], int]:
    """The model, the inputs that are taken, and how many the set has."""
    from engine.inputs import expand, local, spread
    from engine.inputs.folder import left_out
    from engine.models import load_model
    from engine.procedures.run import setting_warnings

    limit: int | None = values["limit"]
    if limit is not None and limit < 1:
        raise UserError(f"--limit must be 1 or more (it was {limit}).")
    given, _ = split_rule(values["input"])
    if local(given) != given:
        say(f"{given} is taken from the current folder; the shipped set has the same name.")
    found = list(expand(asked_input(values)))
    inputs = _shard(list(spread(found, limit)), values["shard"])
    if left := left_out(local(given)):
        say(left)
    classifier = load_model(request)
    if not request.spec.startswith("demo:"):  # which were trained here, without one
        _say_normalizations(classifier, inputs, quiet=values["quiet"])
    for warning in setting_warnings(classifier, settings):
        say(f"Warning: {warning}")
    return classifier, inputs, len(found)


def _shard(inputs: list[str], shard: str) -> list[str]:
    """Every k-th of the inputs, from the i-th on.

    Raises:
        UserError: it is no I/K with 1 <= I <= K, or nothing is left.
    """
    if not shard:
        return inputs
    first, _, step = shard.partition("/")
    if not (first.isdecimal() and step.isdecimal() and 1 <= int(first) <= int(step)):
        raise UserError(f"--shard takes I/K, such as 2/4, I from 1 to K (it was '{shard}').")
    taken = inputs[int(first) - 1 :: int(step)]
    if not taken:
        raise UserError(f"Shard {shard} of {len(inputs):,} inputs is empty.")
    return taken


def _say_normalizations(classifier: Any, inputs: list[str], *, quiet: bool) -> None:
    """Accuracy behind each normalisation, where no file says which; the odd one is named."""
    model = classifier.identity
    if model.kind != "image" or model.normalization_origin == "stored in the file":
        return
    from engine.procedures.normalizations import compare

    try:
        found = compare(classifier, inputs)
    except UserError:  # no labels, or a normalisation that is built in
        return
    if not quiet:
        say(f"Right without noise, of {found.images} labelled images: {found.listed}")
    if odd := found.odd(model):
        say(f"Warning: {odd}")


def _check_outputs(values: Mapping[str, Any]) -> None:
    named = [values["csv"], values["json"] if values["json"] != STDOUT else None]
    for path in values["report"] or ():
        if path.suffix.lower() not in (".pdf", ".html"):
            raise UserError(f"--report {path}: the report of a set ends in .pdf or .html.")
    for path in (*filter(None, named), *(values["report"] or ())):
        check_writable(Path(path))
    folder: Path | None = values["evidence"]
    if folder is not None:
        check_writable(folder / "x.json" if folder.exists() else folder)


def _show(result: SetResult, values: Mapping[str, Any]) -> None:
    if values["quiet"]:
        return
    from engine.procedures.set_result import as_path
    from engine.schemes.stumps import for_kind

    scheme = for_kind(result.settings.scheme, result.model.kind)
    console = Terminal(stderr=values["json"] == STDOUT, soft_wrap=True)
    console.print(
        f"{result.model.name}: {of_kind(scheme.noise_in_words(), result.model.kind)}, "
        f"{result.settings.bound} bound, {len(result.rows):,} of "
        f"{result.available or len(result.inputs):,} inputs",
        highlight=False,
        markup=False,
    )
    counted = result.settings.kind == "exact"
    alpha = alpha_of(result.settings)
    table = summary_table(result.summary, alpha, counted=counted)
    console.print(table, highlight=False)
    if len(result.rows) <= SHOWN_ROWS:
        rows = [row.model_copy(update={"idx": as_path(str(row.idx))}) for row in result.rows]
        table = rows_table(rows, result.summary, simultaneous=not counted, kind=result.model.kind)
        console.print(table, highlight=False)
    for note in result.notes:
        console.print(f"Note: {note}", highlight=False, markup=False)


def _deliver(
    result: SetResult,
    values: Mapping[str, Any],
    failed: list[str],
    reports: list[Callable[[], object]],
) -> None:
    """Write and print everything; a full disk costs files and no row.

    Args:
        failed: what could not be written before, a sentence each.

    Raises:
        WriteError: with what could not be written.
    """
    deliver(
        lambda: [json_of(result)],
        values["json"],
        reports,
        lambda: _show(result, values),
        failed=failed,
        wrote=of_a_set(values),
        quiet=values["quiet"],
    )
