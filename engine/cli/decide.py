"""``certiscope decide``: is a predetermined radius certified, with as few votes as it takes?"""

from __future__ import annotations

import inspect
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from engine.cli import run
from engine.cli.case import asked_case, case_flags, say_which
from engine.cli.options import (
    RUN,
    flag,
    output_flags,
    read_execution,
    read_settings,
    run_flags,
    scheme_flags,
    subject_flags,
)
from engine.cli.outcome import exit_status
from engine.cli.output import Outputs
from engine.cli.plan import read_target
from engine.cli.progress import follow
from engine.cli.sign import signing_flags
from engine.core.errors import UserError
from engine.core.rounding import round_down, round_up
from engine.evidence.evidence import DecisionRecord, Evidence
from engine.evidence.settings import DecideSettings, Execution
from engine.procedures.command_line import command_line
from engine.system.interrupt import stoppable

if TYPE_CHECKING:
    from threading import Event

    from engine.case import Case
    from engine.evidence.snapshot import Snapshot
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier
    from engine.models.request import ModelRequest


def decide_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    return [
        *subject_flags(),
        *scheme_flags(),
        *run_flags("decide"),
        flag("radius", float | None, None, "The radius to decide.", RUN, metavar="R"),
        flag(
            "target",
            str,
            "",
            "The perturbation to decide in the scheme's terms.",
            RUN,
            metavar="TERM=X",
            show_default=False,
        ),
        flag(
            "phases",
            str,
            "",
            "Votes of each phase, e.g. 1000,10000,100000. Default 1 %, 10 % and 125 % of n.",
            RUN,
            metavar="N,N,..",
            show_default=False,
        ),
        flag(
            "give_up",  # schemes have a parameter called beta
            float,
            0.0001,
            "beta, the chance of giving up on a radius that could be certified.",
            RUN,
            metavar="X",
        ),
        *case_flags(resumes=False),
        *output_flags(),
        *signing_flags(),
    ]


def decide_command(values: Mapping[str, Any]) -> int:
    """Decide whether a radius named beforehand is certified, in phases of growing n.

    Each phase draws votes of its own and spends its share of alpha; a phase that certifies the
    radius, or finds it out of reach, ends the run. Exit status: 0 certified, 3 not, 2 bad input.
    """
    question = Question.read(values)
    quiet: bool = values["quiet"]
    outputs = Outputs.read(values)
    request = run.model_request(values)
    case = asked_case(values)
    classifier, fitted = run.load(request, question.input)
    console = None if quiet else Console(stderr=True)
    with stoppable() as stop:
        deciding = question.begin(classifier, fitted, stop=stop, command=question.command(request))
        if case is not None:
            deciding = _kept(case, question, deciding, request, classifier, fitted, console)
        evidence = follow(deciding, console)
    _show(evidence, Console(stderr=outputs.json_to_stdout, soft_wrap=True), quiet=quiet)
    outputs.write(evidence, classifier, fitted)
    return exit_status(evidence)


@dataclass(frozen=True)
class Question:
    """What the flags ask to decide, checked before anything slow begins."""

    settings: DecideSettings
    execution: Execution
    input: str

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Question:
        """The question some flags mean.

        Raises:
            UserError: a flag has a value that cannot be, or there is nothing to decide.
        """
        target = read_target(values["radius"], values["target"], name="--radius")
        if not target:
            raise UserError("A decision needs --radius R, or --target TERM=X.")
        phases, beta = _phases(values["phases"]), values["give_up"]
        settings = read_settings(values, "decide", target=target, phases=phases, beta=beta)
        settings.scheme.parse_at(target)
        return cls(settings, read_execution(values), values["input"])

    def command(self, request: ModelRequest) -> str:
        """The same question on the command line."""
        return command_line(request, self.input, self.settings, self.execution)

    def begin(
        self, classifier: Classifier, fitted: FittedInput, *, stop: Event, command: str
    ) -> Generator[Snapshot, None, Evidence]:
        """The procedure, ready to be driven."""
        from engine.procedures.adaptive import decide

        return decide(
            classifier,
            fitted,
            self.settings,
            execution=self.execution,
            stop=stop,
            command=command,
        )


def _kept(
    case: Case,
    question: Question,
    deciding: Generator[Snapshot, None, Evidence],
    request: ModelRequest,
    classifier: Classifier,
    fitted: FittedInput,
    console: Console | None,
) -> Generator[Snapshot, None, Evidence]:
    """The decision kept in ``case``; one that was killed starts again, as a run of its own."""
    from engine.case.certifying import open_run
    from engine.case.recording import recorded

    number, _ = open_run(
        case,
        classifier,
        fitted,
        question.settings,
        request=request,
        input_spec=question.input,
        execution=question.execution,
        at=(question.settings.target,),
    )
    say_which(case, number, console)
    return recorded(case, number, deciding)


def _phases(text: str) -> tuple[int, ...]:
    if text and not re.fullmatch(r"[0-9]{1,10}(\s*,\s*[0-9]{1,10})*", text.strip()):
        raise UserError(f"--phases must be whole numbers with commas between (it was '{text}').")
    return tuple(int(part) for part in text.split(",")) if text else ()


def _show(evidence: Evidence, console: Console, *, quiet: bool) -> None:
    console.print(evidence.statement, markup=False, highlight=False)
    decision = evidence.decision
    if quiet or decision is None:
        return
    console.print(_table(decision), highlight=False, markup=False)
    console.print(_saved(decision), highlight=False, markup=False)
    for warning in evidence.warnings:
        console.print(f"Note: {warning}", markup=False, highlight=False)


def _table(decision: DecisionRecord) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("phase", "votes", "for class", "p_lower", "p at most", "verdict"):
        table.add_column(name, justify="right")
    total = len(decision.plan)
    for number, phase in enumerate(decision.phases, 1):
        last = number == len(decision.phases)
        table.add_row(
            f"{number} of {total}",
            f"{sum(phase.estimation) + phase.estimation_failures:,}",
            "" if phase.guess is None else f"{phase.estimation[phase.guess]:,}",
            "" if phase.p_lower is None else round_down(phase.p_lower, 6),
            "" if phase.p_ceiling is None else round_up(phase.p_ceiling, 6),
            decision.verdict if last else "go on",
        )
    return table


def _saved(decision: DecisionRecord) -> str:
    used, full = decision.samples_used, decision.samples_full
    against = f"{used:,} votes were drawn, against {full:,} of a run with a fixed n"
    if decision.samples_saved < 0:
        return f"{against}: {-decision.samples_saved:,} more."
    return f"{against}: {decision.samples_saved:,} saved ({full / max(1, used):.1f} times fewer)."
