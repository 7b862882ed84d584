"""``certiscope certify``, ``predict`` and ``decide``: load, run, print, write."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.case import asked_case, say_which
from engine.cli.decide import decide_settings
from engine.cli.encrypted import say_cost, with_address
from engine.cli.options import read_execution, read_settings
from engine.cli.outcome import exit_status
from engine.cli.output import Outputs, Stopped, WriteError, WritingStopped, say
from engine.cli.progress import follow
from engine.cli.reading import measures
from engine.cli.subject import asked_input
from engine.cli.terminal import Terminal
from engine.core.errors import StoppedEarly, UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import (
    Counting,
    DecideSettings,
    Execution,
    RunSettings,
    Task,
    TestName,
    seeded,
)
from engine.procedures.command_line import PROGRAM, command_line
from engine.system.interrupt import stoppable

if TYPE_CHECKING:
    from threading import Event

    from engine.case import Case
    from engine.evidence.snapshot import Snapshot
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier, ModelRequest
    from engine.oracles.audit import Labelled

Procedure = Generator["Snapshot", None, Evidence]
TESTS: dict[str, TestName] = {
    "one-sided": "one-sided",
    "two-class": "two-sided",
    "two-sided": "two-sided",
}


def certify_command(values: Mapping[str, Any]) -> int:
    """Certify one input: the class by n0 votes, its region by n fresh ones.

    Exit status: 0 certified, 3 abstained, 2 bad input, 1 failure. Ctrl+C stops and keeps what was
    counted.
    """
    return _run("certify", with_address(values, "certify"))


def predict_command(values: Mapping[str, Any]) -> int:
    """The smoothed model's prediction with a binomial test, and no region.

    Exit status: 0 answered, 3 abstained, 2 bad input, 1 failure. Ctrl+C stops.
    """
    return _run("predict", with_address(values, "predict"))


def decide_command(values: Mapping[str, Any]) -> int:
    """Decide whether a radius named beforehand is certified, in phases of growing n.

    Each phase draws votes of its own and spends its share of alpha; a phase that certifies the
    radius, or finds it out of reach, ends the run. Exit status: 0 certified, 3 not, 2 bad input.
    """
    return _run("decide", values)


@dataclass(frozen=True)
class Order:
    """What the flags ask for, checked before anything slow begins."""

    settings: RunSettings
    execution: Execution
    input: str
    at: tuple[str, ...]
    audit: Path | None = None
    alpha_audit: float = 0.0

    @classmethod
    def read(cls, task: Task, values: Mapping[str, Any]) -> Order:
        """The order some flags mean.

        Raises:
            UserError: a flag has a value that cannot be, or there is nothing to decide.
        """
        settings: RunSettings
        if task == "decide":
            settings = decide_settings(values)
        elif task == "predict":
            settings = read_settings(values, "predict", test=_test(values["test"]))
        else:
            settings = read_settings(values, "measure" if measures(values) else "certify")
        at = tuple(values.get("at") or ())
        for text in at:
            settings.scheme.parse_at(text)
        audit = values.get("oracle_labels") or values.get("audit")
        alpha = values.get("oracle_alpha")
        if alpha is not None and (audit is None or not 0 < alpha < 1):
            raise UserError(
                "--oracle-alpha must be between 0 and 1 and needs --oracle-labels F.csv."
            )
        execution = read_execution(values)
        return cls(settings, execution, asked_input(values), at, audit, alpha or 0.0)

    def command(self, request: ModelRequest) -> str:
        """The order on the command line: the run itself, once its seed is drawn."""
        return command_line(
            request,
            self.input,
            self.settings,
            self.execution,
            self.at,
            audit=self.audit,
            alpha_audit=self.alpha_audit,
        )

    def labelled(self, classifier: Classifier) -> Labelled | None:
        """The labelled answers, checked against the model's oracle.

        Raises:
            UserError: they cannot be read, or the model does not write.
        """
        if self.audit is None:
            return None
        from engine.models.generative import GenerativeClassifier
        from engine.oracles.audit import read_audit

        if not isinstance(classifier, GenerativeClassifier):
            raise UserError(
                "--oracle-labels is for answers of generative models, read by an oracle."
            )
        return read_audit(self.audit, classifier.identity.class_names, classifier.oracle)

    def begin(
        self, classifier: Classifier, fitted: FittedInput, *, stop: Event, command: str
    ) -> Procedure:
        """The procedure, ready to be driven."""
        from engine.procedures.beginning import begin

        given = {"stop": stop, "command": command, "execution": self.execution}
        if isinstance(self.settings, Counting):
            labels = self.labelled(classifier)
            given |= {"at": self.at, "audit": labels, "alpha_audit": self.alpha_audit}
        return begin(classifier, fitted, self.settings, **given)

    def kept(
        self,
        case: Case,
        request: ModelRequest,
        classifier: Classifier,
        fitted: FittedInput,
        *,
        stop: Event,
        quiet: bool,
        new_run: bool = False,
    ) -> Procedure:
        """The procedure, kept in ``case``; an unfinished run of exactly this is resumed.

        A commit that fails is told at once, ``quiet`` or not.

        Raises:
            UserError: the case cannot be written, or another window counts this run.
        """
        from engine.case.counting import count_run, open_run

        settings = self.settings
        run, _ = open_run(
            case,
            classifier,
            fitted,
            settings,
            execution=self.execution,
            request=request,
            input_spec=self.input,
            at=(settings.target,) if isinstance(settings, DecideSettings) else self.at,
            new_run=new_run,
        )
        case.claim(run)
        say_which(case, run, quiet=quiet)
        order = replace(self, settings=case.configuration(run).settings)
        return count_run(
            case,
            run,
            classifier,
            fitted,
            execution=self.execution,
            at=self.at,
            stop=stop,
            command=order.command(request),
            warn=say,
            audit=self.labelled(classifier),
            alpha_audit=self.alpha_audit,
        )


After = Callable[["Evidence", "Classifier", "FittedInput", Execution, "Event"], Evidence]
"""What is added to the evidence of a run, on the same model and input."""


Kept = Callable[..., "Procedure | None"]
"""A run of the case that lacks nothing but what is added; None for none."""


def run_with(values: Mapping[str, Any], after: After, kept: Kept) -> int:
    """CERTIFY, or a run that the case holds of it, and something after it; the exit status."""
    return _run("certify", values, after, kept)


def _run(
    task: Task, values: Mapping[str, Any], after: After | None = None, kept: Kept | None = None
) -> int:
    order = Order.read(task, values)
    outputs = Outputs.read(values)
    request = model_request(values)
    case = asked_case(values)
    classifier, fitted = load(request, order.input)
    quiet, new_run = values["quiet"], values.get("new_run", False)
    if not quiet:
        from engine.procedures.beforehand import beforehand

        for warning in beforehand(classifier, fitted, order.settings):
            say(f"Warning: {warning}")
        say_cost(classifier, order.settings.n0 + order.settings.n)

    def begin(stop: Event) -> Procedure:
        if case is None:
            drawn = replace(order, settings=seeded(order.settings))
            return drawn.begin(classifier, fitted, stop=stop, command=drawn.command(request))
        if kept is not None and not new_run and order.audit is None:
            about = classifier, fitted, order.settings
            if (ready := kept(case, *about, at=order.at, quiet=quiet)) is not None:
                return ready
        return order.kept(
            case, request, classifier, fitted, stop=stop, quiet=quiet, new_run=new_run
        )

    add = None
    if after is not None:

        def add(evidence: Evidence, stop: Event) -> Evidence:
            found = after(evidence, classifier, fitted, order.execution, stop)
            if case is not None and found.attack is not None:
                _keep_attack(case, found)
            return found

    return finish(begin, outputs, classifier, fitted, quiet=quiet, case=case, add=add)


def _keep_attack(case: Case, found: Evidence) -> None:
    """Write an attack into the case that holds its run; where that fails, say so."""
    try:
        if (run := case.number(found.run_id)) is not None:
            case.attacked(run, found)
    except UserError as error:
        say(f"{error} The attack is not in the case.")


def finish(
    begin: Callable[[Event], Procedure],
    outputs: Outputs,
    classifier: Classifier,
    fitted: FittedInput,
    *,
    quiet: bool,
    case: Case | None,
    add: Callable[[Evidence, Event], Evidence] | None = None,
) -> int:
    """Drive a run to its end, write its files, and print what it came to; the exit status.

    Args:
        begin: makes the procedure, which Ctrl+C ends by the event.
        outputs: where the evidence goes.
        classifier, fitted: what is run.
        quiet: print the statement alone.
        case: keeps the run, if one was named.
        add: adds to its evidence, before it is written.

    Raises:
        Stopped: interrupted twice, or while files were being written.
        WriteError: a file cannot be written, or the case could not keep the result.
    """
    lost = "What was counted is lost, for no case kept it (--case F.certiscope)."
    try:
        with stoppable() as stop:
            evidence = follow(begin(stop), None if quiet else Terminal(stderr=True))
            if add is not None:
                evidence = add(evidence, stop)
    except (KeyboardInterrupt, StoppedEarly):
        left = f"{case.path} holds its votes up to the last second or so." if case else lost
        raise Stopped(f"Stopped before there was a result. {left}") from None
    unkept = _unkept(evidence) if case is not None else ""
    try:
        outputs.deliver(evidence, lambda: (classifier, fitted), quiet=quiet)
    except WritingStopped as cut:
        kept = f"{cut.whole[0]} holds the result." if cut.whole else lost
        if case is not None:
            kept = f"{case.path} holds the result; 'certiscope report' writes it."
        raise Stopped(f"Stopped while files were being written. {unkept or kept}") from None
    except WriteError as error:
        raise WriteError(f"{error} {unkept}".strip()) from error
    if not quiet and (line := longer_command(evidence, case)):
        say(f"To extend this run, at no further alpha: {line}")
    if unkept:
        raise WriteError(unkept)
    return exit_status(evidence)


def _unkept(evidence: Evidence) -> str:
    """That the case could not keep the result, and why; empty where it did."""
    from engine.case.recording import NOT_KEPT

    return next((said for said in evidence.warnings if said.startswith(NOT_KEPT)), "")


def longer_command(evidence: Evidence, case: Case | None) -> str:
    """The command that extends an abstaining run to the n it advises; empty where none does.

    Without a case it counts the same votes once more and then further: the same seed and n0 choose
    the same class and draw the same samples, so that the e-process is that of this run.
    """
    from engine.procedures.abstention import advised

    n = advised(evidence)
    words = shlex.split(evidence.command)
    if n is None or "--n" not in words or (case is not None and evidence.procedure == "measure"):
        return ""
    if case is None:
        words[words.index("--n") + 1] = str(n)
        return shlex.join(words)
    run = case.number(evidence.run_id)
    trust = ["--trust"] if "--trust" in words else []
    named = ["--run", str(run), "--n", str(n)]
    return shlex.join([PROGRAM, "resume", str(case.path), *named, *trust])


def load(request: ModelRequest, input_spec: str) -> tuple[Classifier, FittedInput]:
    """The model, and the input in its shape.

    Raises:
        UserError: either cannot be read, or they do not fit together.
    """
    from engine.inputs import load_input
    from engine.models import fitted, load_model

    given = load_input(input_spec)
    classifier = load_model(request)
    return classifier, fitted(classifier, given)


def model_request(values: Mapping[str, Any]) -> ModelRequest:
    """Which model the flags name."""
    from engine.models.request import REQUEST_FIELDS, ModelRequest

    given = {each.name: values.get(each.name) for each in REQUEST_FIELDS}
    spec, *others = values["model"]
    return ModelRequest(
        spec,
        others=tuple(others),
        trust=values["trust"],
        **{name: value for name, value in given.items() if value is not None},
    )


def _test(name: str) -> TestName:
    if name not in TESTS:
        raise UserError(f"--test must be one-sided or two-class (it was '{name}').")
    return TESTS[name]
