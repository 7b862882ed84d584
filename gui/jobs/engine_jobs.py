"""What the window asks of the engine about models, inputs, runs and results.

Most of the engine loads torch, which takes seconds. Only the modules of this room import it, when a
job is carried out, so only the worker thread may call them; tests put a lighter object in the place
of :class:`EngineJobs`.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from engine.evidence.settings import hashed, seeded
from engine.procedures.command_line import command_line
from engine.procedures.resume import Resume
from gui.jobs.audit_jobs import AuditView, AuditWish, audited
from gui.jobs.case_jobs import Warn
from gui.jobs.shipped import Offer, offered
from gui.jobs.sketches import AxesChoice, Sketch, sketched, slice_axes

if TYPE_CHECKING:
    from engine.case import Case, RunRow
    from engine.core.records import Votes
    from engine.evidence.evidence import Evidence
    from engine.evidence.settings import CertifySettings, Execution, RunSettings, SweepSettings
    from engine.evidence.snapshot import Snapshot
    from engine.figures.examples import ExamplesFigure
    from engine.figures.graphs import NeighbourhoodFigure
    from engine.figures.images import Illustrations, SliceFigure
    from engine.inputs import GivenInput
    from engine.inputs.base import FittedInput
    from engine.inputs.node import GraphInput
    from engine.models.base import Classifier
    from engine.models.request import ModelRequest
    from engine.procedures.normalizations import Comparison

PredictTest = Literal["one-sided", "two-sided"]
ExportFormat = Literal["pdf", "html", "csv", "json"]

PATIENCE = 0.12
"""Seconds that a batch may take while somebody waits at the window for it to end."""

SLICE_SECONDS = 12.0
"""How long a map of the slice is refined."""

PREVIEW_PPI = 110


def _ignore(sentence: str) -> None:
    """Nobody is told."""


def _same_set(spec: str, known: Sequence[str]) -> bool:
    """Whether a numbered input belongs to the set that is open: ``karate:12`` to ``karate:1``."""
    name, _, number = spec.rpartition(":")
    return bool(name) and number.isdigit() and any(one.rpartition(":")[0] == name for one in known)


@dataclass(frozen=True)
class Subject:
    """A model and an input in its shape: what a procedure works on."""

    classifier: Classifier
    request: ModelRequest
    fitted: FittedInput

    @property
    def source(self) -> str:
        """The input as the command line names it."""
        return self.fitted.identity.source


class EngineJobs:
    """What the worker is asked to do with models, inputs and results."""

    def warm_up(self) -> None:
        """Load what is slow, on a thread that lets the window go first."""
        from engine.system.threads import step_aside

        step_aside()
        import engine.inputs
        import engine.models
        import engine.procedures.beginning
        import engine.report.html  # noqa: F401  the first run and its statement shall not wait

    def load_model(self, request: ModelRequest) -> Classifier:
        """Open a model."""
        from engine.models import load_model

        return load_model(request)

    def offer(self) -> Offer:
        """What there is to choose from."""
        return offered()

    def architectures(self) -> tuple[str, ...]:
        """Names of the networks that weights can be loaded into."""
        from engine.models.architectures import known

        return known()

    def compare_normalizations(
        self, classifier: Classifier, specs: list[str], stop: threading.Event
    ) -> Comparison:
        """Top-1 behind every normalisation on labelled images."""
        from engine.procedures.normalizations import compare

        return compare(classifier, specs, stop=stop)

    def open_input(self, spec: str, known: list[str]) -> tuple[list[str], GivenInput]:
        """An input and the row it stands in; the first that opens of a folder, set or graph."""
        from engine.inputs import expand, load_first, load_input

        specs = known if spec in known else expand(spec)
        if specs == [spec] and _same_set(spec, known):
            specs = known
        if spec in specs or specs is known:
            return specs, load_input(spec)
        return specs, load_first(specs)

    def left_out(self, spec: str) -> str:
        """What of a folder is not taken, in a sentence; empty where nothing is left out."""
        from engine.inputs import local
        from engine.inputs.folder import left_out
        from engine.inputs.labels import split_rule

        return left_out(local(split_rule(spec)[0]))

    def neighbourhood(self, given: GraphInput) -> NeighbourhoodFigure:
        """What to draw of a graph around its node."""
        from engine.figures.graph_layout import neighbourhood_figure

        return neighbourhood_figure(given.graph, given.node)

    def prepare(
        self,
        classifier: Classifier,
        request: ModelRequest,
        given: GivenInput,
        settings: RunSettings,
        device: str,
    ) -> tuple[Subject, int]:
        """Bring an input into a model's shape.

        Returns:
            Both, and the class index of the answer without noise (-1 if the model names none).
        """
        from engine.models import fitted as fit
        from engine.procedures.run import clean_prediction
        from engine.system.device import resolve

        fitted = fit(classifier, given)
        place = resolve(device)
        classifier.prepare(place, settings.precision)
        return Subject(classifier, request, fitted), clean_prediction(classifier, fitted, place)

    def seconds_each(
        self, subject: Subject, settings: RunSettings, execution: Execution, stop: threading.Event
    ) -> float | None:
        """How long a sample takes here; None where it was stopped before it was known.

        A generative model is not asked: one answer of it may take seconds.
        """
        from engine.procedures.timing import seconds_each

        if subject.classifier.identity.generation is not None:
            return None
        return seconds_each(
            subject.classifier, subject.fitted, settings, execution=execution, stop=stop
        )

    def pilot(
        self,
        subject: Subject,
        settings: CertifySettings | SweepSettings,
        execution: Execution,
        stop: threading.Event,
    ) -> Votes:
        """A few votes to plan with; a run after them draws fresh ones."""
        from engine.procedures.pilot import pilot_votes

        return pilot_votes(
            subject.classifier, subject.fitted, seeded(settings), execution=execution, stop=stop
        )

    def setting_warnings(self, classifier: Classifier, settings: RunSettings) -> tuple[str, ...]:
        """What speaks against these settings for this model."""
        from engine.procedures.run import setting_warnings

        return setting_warnings(classifier, settings)

    def count(
        self,
        subject: Subject,
        settings: RunSettings,
        execution: Execution,
        stop: threading.Event,
        *,
        before: Evidence | None = None,
        case: Case | None = None,
        warn: Warn = _ignore,
    ) -> Generator[Snapshot, None, Evidence]:
        """A run, from the start or from the votes of a run ``before``; kept in a case if any."""
        if case is not None:
            return count_in(case, subject, settings, execution, stop, before=before, warn=warn)
        resume = {"resume": Resume.of(before)} if before else {}
        return begun(subject, seeded(settings), execution, stop, **resume)

    def resume(
        self,
        case: Case,
        row: RunRow,
        subject: Subject,
        execution: Execution,
        stop: threading.Event,
        *,
        warn: Warn,
    ) -> Generator[Snapshot, None, Evidence]:
        """Count an unfinished run of a case on."""
        return resume_in(case, row.id, subject, execution, stop, warn=warn)

    def audit(
        self,
        classifier: Classifier,
        wish: AuditWish,
        case: Case,
        stop: threading.Event,
        *,
        warn: Warn,
    ) -> Generator[AuditView, None, AuditView]:
        """Certify a set, each run kept in a case."""
        return audited(classifier, wish, case, stop, warn=warn)

    def sketched(
        self,
        subject: Subject,
        procedure: Generator[Snapshot, None, Evidence],
        execution: Execution,
        sketch: Sketch,
        stop: threading.Event,
    ) -> Generator[Snapshot, None, Evidence]:
        """A run that is drawn while it goes on."""
        return sketched(
            procedure, subject.classifier, subject.fitted, execution.device, sketch, stop
        )

    def explore(
        self, subject: Subject, evidence: Evidence, axes: AxesChoice, stop: threading.Event
    ) -> Generator[SliceFigure, None, SliceFigure]:
        """Map a plane through the image, finer and finer."""
        from engine.explain.slices import explore
        from engine.procedures.on_grid import gridded

        return explore(
            subject.classifier,
            gridded(subject.fitted, evidence.settings)[0],
            evidence.settings,
            device=evidence.execution.device,
            region=evidence.region,
            center_class=evidence.top,
            axes=slice_axes(subject.classifier, axes, hashed(evidence.settings).seed),
            budget_seconds=SLICE_SECONDS,
            stop=stop,
        )

    def played(self, evidence: Evidence) -> tuple[Snapshot, ...]:
        """A recorded run, block by block."""
        from engine.procedures.playback import played

        return played(evidence)

    def examples(self, subject: Subject, evidence: Evidence) -> ExamplesFigure | None:
        """Noisy samples and certified changes; None where a graph cannot be read again."""
        from engine.explain.examples import examples
        from engine.explain.illustrations import counterexample

        return examples(
            subject.classifier,
            subject.fitted,
            evidence.settings,
            device=evidence.execution.device,
            region=evidence.region,
            center_class=evidence.top,
            violated=counterexample(evidence),
        )

    def preview(self, evidence: Evidence, illustrations: Illustrations) -> list[bytes]:
        """The report's pages as PNG."""
        from engine.report.pdf import preview_pages

        return preview_pages(evidence, illustrations, PREVIEW_PPI)

    def export(
        self, evidence: Evidence, illustrations: Illustrations, fmt: ExportFormat, path: Path
    ) -> Path:
        """Write a report or the bare evidence."""
        from engine.report import writer

        writer(fmt)(evidence, path, illustrations)
        return path

    def examine(self) -> str:
        """Versions, devices and what is missing, a line each."""
        from engine.system.doctor import examine

        lines = []
        for finding in examine():
            lines.append(f"{finding.level:5} {finding.topic:28} {finding.value}")
            if finding.advice:
                lines.append(f"      {finding.advice}")
        return "\n".join(lines)


def begun(
    subject: Subject,
    settings: RunSettings,
    execution: Execution,
    stop: threading.Event,
    **given: Any,
) -> Generator[Snapshot, None, Evidence]:
    """A run that is kept in no case, with short batches: somebody waits at a window."""
    from engine.procedures.beginning import begin

    return begin(
        subject.classifier,
        subject.fitted,
        settings,
        execution=execution,
        stop=stop,
        command=command_line(subject.request, subject.source, settings, execution),
        patience=PATIENCE,
        **given,
    )


def count_in(
    case: Case,
    subject: Subject,
    settings: RunSettings,
    execution: Execution,
    stop: threading.Event,
    *,
    before: Evidence | None,
    warn: Warn,
) -> Generator[Snapshot, None, Evidence]:
    """A run that is kept in a case; with ``before``, from the votes of that run on."""
    from engine.case.counting import open_run

    if before is None:
        run, goes_on = open_run(
            case,
            subject.classifier,
            subject.fitted,
            settings,
            execution=execution,
            request=subject.request,
            input_spec=subject.source,
            new_run=case.known_to == "session",
        )
        if goes_on:
            warn(f"Resumes unfinished run {run} of the case.")
    else:
        from engine.case.merging import adopt

        run = case.number(before.run_id) or adopt(case, before, subject.request)
        if settings.n > before.settings.n:
            case.extend(run, settings.n)
    return (yield from resume_in(case, run, subject, execution, stop, warn=warn))


def resume_in(
    case: Case,
    run: int,
    subject: Subject,
    execution: Execution,
    stop: threading.Event,
    *,
    warn: Warn,
) -> Generator[Snapshot, None, Evidence]:
    """Count a run of a case under its own settings, in short batches: somebody waits for it."""
    from engine.case.counting import count_run

    settings = case.configuration(run).settings
    command = command_line(subject.request, subject.source, settings, execution)
    return count_run(
        case,
        run,
        subject.classifier,
        subject.fitted,
        execution=execution,
        stop=stop,
        command=command,
        warn=warn,
        patience=PATIENCE,
    )
