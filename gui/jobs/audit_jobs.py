"""What the worker does for the audit of a set: certifying it, reading it from a case, writing it.

A set is shown as it grows: the list of its rows is one object that only ever gets longer, and what
the rows come to together is worked out anew in a small part of the time alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.errors import UserError
from engine.evidence.settings import Counting
from gui.jobs.audit_pace import Pace

if TYPE_CHECKING:
    from engine.attacks.plan import AttackPlan
    from engine.case import Case, RunRow
    from engine.case.sets import CaseSet
    from engine.core.records import ModelIdentity
    from engine.evidence.evidence import Evidence
    from engine.evidence.settings import Execution, RunSettings
    from engine.evidence.snapshot import Snapshot
    from engine.figures.curves import CurveFigure
    from engine.figures.examples import Media
    from engine.inputs.base import FittedInput, Pixels
    from engine.models.base import Classifier
    from engine.models.request import ModelRequest
    from engine.procedures.prepared import PreparedModel
    from engine.procedures.set_result import SetResult
    from engine.procedures.set_standing import SetRow, SetStanding
    from engine.replay.records import ReplaySummary
    from gui.jobs.case_jobs import Warn

_PART, _LEAST_SECONDS = 20, 0.4
"""Of the time one part goes into sums and curves, which are made so many seconds apart at least."""


@dataclass(frozen=True)
class AuditWish:
    """What to certify.

    Attributes:
        model, request: whose rows these are, and how it is opened again.
        sources: folders, files and data sets, as they are named.
        limit: so many inputs of all at most, spread evenly; 0 takes all.
        at: perturbations to answer.
        attack: how hard to attack every certified row; None for not at all.
        settings: of every run; alpha is per input.
        execution: of every run.
    """

    model: ModelIdentity
    request: ModelRequest
    sources: tuple[str, ...]
    settings: Counting
    execution: Execution
    limit: int = 0
    at: tuple[str, ...] = ()
    attack: AttackPlan | None = None


@dataclass(frozen=True)
class AuditView:
    """A set as it stands.

    Attributes:
        model, request: of its rows, and how that is opened again.
        settings: of its rows, with the seed they were counted with.
        at: perturbations that were answered.
        rows: of the inputs that are decided; others follow in the same list, ``count`` are meant.
        planned: inputs that are to be certified; None where nothing says how many.
        available: inputs that the set has.
        summary, figure: what some of the rows come to, at most a moment old.
        doing: the inputs at hand, in words; ``share`` of their votes are drawn, each counting 1.
        left: seconds that the rest takes at the pace so far; None while it is not known.
        result: of a set that has ended.
        counted_elsewhere: another process counts inputs of it.
    """

    model: ModelIdentity
    request: ModelRequest
    settings: Counting
    rows: Sequence[SetRow]
    count: int
    at: tuple[str, ...] = ()
    planned: int | None = None
    available: int = 0
    summary: ReplaySummary | None = None
    figure: CurveFigure | None = None
    doing: str = ""
    share: float = 0.0
    left: float | None = None
    result: SetResult | None = None
    counted_elsewhere: bool = False


class _Looker:
    """Looks at a standing set, at its sums in a small part of the time alone."""

    def __init__(self, view: AuditView, standing: SetStanding) -> None:
        self._view, self._standing = view, standing
        self._next, self._summed = 0.0, -1

    def look(self, *, now: bool = False, **more: Any) -> AuditView:
        """The set as it stands; its sums anew if it is time, or at once."""
        began, standing = time.perf_counter(), self._standing
        if standing.counted != self._summed and (now or began >= self._next):
            self._summed = standing.counted
            figure = standing.figure()
            self._view = replace(self._view, summary=standing.summary(), figure=figure)
            took = time.perf_counter() - began
            self._next = began + max(_LEAST_SECONDS, _PART * took)
        return replace(self._view, count=len(standing.rows), **more)


def audited(
    classifier: Classifier, wish: AuditWish, case: Case, stop: threading.Event, *, warn: Warn
) -> Generator[AuditView, None, AuditView]:
    """Certify a set, each run kept in a case; what the case holds finished is taken as it is.

    Raises:
        UserError: there is no input, none opens and fits, or the case cannot be written.
    """
    from engine.attacks.sets import RowAttacks
    from engine.case.sets import CaseSet
    from engine.procedures.dataset import certify_set
    from engine.procedures.set_result import with_attacks
    from engine.procedures.set_standing import SetStanding
    from engine.report.audit.figure import usual
    from engine.verify.sound import fault

    inputs, available = inputs_of(wish, warn)
    at = wish.at or usual(wish.settings)
    how: dict[str, Any] = {"execution": wish.execution, "at": at, "stop": stop}
    kept = CaseSet(
        case, classifier, wish.settings, request=wish.request, **how, warn=warn, fault=fault
    )
    standing = SetStanding(kept.settings, len(inputs), at)
    attack = RowAttacks(
        classifier, wish.attack, execution=wish.execution, stop=stop, keep=kept.attacked, warn=warn
    )
    certifying: Generator[Any, None, SetResult] = certify_set(
        classifier,
        inputs,
        kept.settings,
        **how,
        done=lambda spec, evidence: standing.add(spec, attack(spec, evidence)),
        left_out=standing.leave_out,
        count=_named(kept),
        ahead=kept.ahead,
        available=available,
    )
    view = AuditView(
        wish.model, wish.request, kept.settings, standing.rows, 0, at, len(inputs), available
    )
    looker, pace = _Looker(view, standing), Pace(standing.rows, len(inputs))
    while True:
        try:
            step = next(certifying)
        except StopIteration as end:
            if kept.remark:
                warn(kept.remark)
            return looker.look(now=True, result=with_attacks(end.value, attack.found))
        yield looker.look(**pace.after(step))


def _named(kept: CaseSet) -> Any:
    """Counts as a case does, and tells before each input which it is.

    An input whose run is there already gives no snapshot: without this a set that is taken up again
    would seem to stand still.
    """
    from engine.procedures.set_result import as_path

    def count(
        spec: str, given: FittedInput, prepared: PreparedModel
    ) -> Generator[Snapshot | str, None, Evidence]:
        yield as_path(spec)
        return (yield from kept.count(spec, given, prepared))

    return count


def inputs_of(wish: AuditWish, warn: Warn = lambda sentence: None) -> tuple[list[str], int]:
    """The single inputs of a set, and how many it has; ``warn`` is told what is not taken.

    Raises:
        UserError: a source cannot be read, or there is none.
    """
    from engine.inputs import expand, local, spread
    from engine.inputs.folder import left_out
    from engine.inputs.labels import split_rule

    for source in wish.sources:
        if sentence := left_out(local(split_rule(source)[0])):
            warn(sentence)
    found = list(dict.fromkeys(spec for source in wish.sources for spec in expand(source)))
    if not found:
        raise UserError("A set needs at least one input.")
    return list(spread(found, wish.limit or None)), len(found)


def row_evidence(case: Case, row: SetRow) -> Evidence | str:
    """The run of a row, as its case holds it, or why it cannot be shown."""
    number = case.number(row.run_id) if row.run_id else None
    found = None if number is None else case.result(number)
    return found or f"{case.path.name} holds this run no more."


class CaseWatch:
    """The newest set in a case, read again and again as other processes add to it.

    A set is all CERTIFY runs of one model under the same settings, of two inputs at least. How many
    inputs it is to have is not in a case, so that nothing is said of all at once.

    Args:
        case: the open case.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._view: AuditView | None = None
        self._standing: SetStanding | None = None
        self._seen: set[int] = set()

    def look(self, stop: threading.Event) -> Generator[AuditView, None, AuditView | None]:
        """Read the runs that have ended since the last time; None where there is no set."""
        runs = _newest_set(self._case.runs())
        if not runs:
            return None
        self._begin(runs[-1])
        assert self._view is not None and self._standing is not None
        looker = _Looker(self._view, self._standing)
        counting = any(run.state == "counting" for run in runs)
        for run in runs:
            if run.id in self._seen or run.state != "finished" or stop.is_set():
                continue
            self._seen.add(run.id)
            evidence = self._case.result(run.id)
            if evidence is not None:
                self._standing.add(self._case.configuration(run.id).input_spec, evidence)
            yield looker.look(counted_elsewhere=counting)
        self._view = looker.look(now=True, counted_elsewhere=counting)
        return self._view

    def _begin(self, newest: RunRow) -> None:
        """Begin anew where the newest set is another one."""
        from engine.procedures.set_standing import SetStanding

        view, settings = self._view, newest.settings
        assert isinstance(settings, Counting)  # of CERTIFY runs
        if view and (view.model.function, view.settings) == (newest.model.function, settings):
            return
        self._seen = set()
        self._standing = SetStanding(settings, None, newest.at)
        rows = self._standing.rows
        request = self._case.configuration(newest.id).request
        self._view = AuditView(newest.model, request, settings, rows, 0, newest.at)


def _newest_set(runs: Sequence[RunRow]) -> list[RunRow]:
    """The runs of the newest set, oldest first."""
    groups: dict[tuple[Any, RunSettings], list[RunRow]] = {}
    for run in runs:
        if run.procedure == "certify" and not run.damage:
            groups.setdefault((run.model.function, run.settings), []).append(run)
    sets = [group for group in groups.values() if len({run.input.source for run in group}) > 1]
    return max(sets, key=lambda group: group[-1].id, default=[])


def thumbnails(specs: Sequence[str], side: int) -> dict[str, Pixels | None]:
    """Small images of inputs; None for one that has no image, or cannot be read any more."""
    from engine.inputs import load_input

    found: dict[str, Pixels | None] = {}
    for spec in specs:
        try:
            given = load_input(spec)
        except UserError:
            found[spec] = None
            continue
        image = given.image if given.kind == "pair" else given
        found[spec] = _shrunk(image.pixels, side) if image.kind == "image" else None
    return found


def _shrunk(pixels: Pixels, side: int) -> Pixels:
    """The means of blocks, so that no side is longer than twice ``side``."""
    step = max(1, max(pixels.shape[1:]) // side)
    tall, wide = (length - length % step for length in pixels.shape[1:])
    if not tall or not wide:
        return pixels
    blocks = pixels[:, :tall, :wide].reshape(len(pixels), tall // step, step, wide // step, step)
    shrunk: Pixels = blocks.mean(axis=(2, 4))
    return shrunk


def written(view: AuditView, case: Case, path: Path, classifier: Classifier | None) -> Path:
    """Write a set that has ended, as ``certiscope audit`` does: CSV of its runs, JSON, or a report.

    Args:
        view: of the set.
        case: that keeps its runs.
        path: ends in .csv, .json, .pdf or .html.
        classifier: the model, for the images of a report; None leaves them out.

    Raises:
        UserError: the file cannot be written, or a run is in the case no more.
    """
    from engine.core.files import write_atomically
    from engine.report.csv import write_csv

    assert view.result is not None  # the buttons wait for it
    ending = path.suffix.lower()
    if ending == ".json":
        write_atomically(path, f"{view.result.model_dump_json(indent=2)}\n".encode())
    elif ending == ".csv":
        write_csv([evidence for _, evidence in _runs(view, case)], path)
    else:
        _write_report(view.result, _runs(view, case), path, classifier)
    return path


def _runs(view: AuditView, case: Case) -> Iterator[tuple[str, Evidence]]:
    """The inputs that have a run, with it."""
    for row in view.rows[: view.count]:
        if row.run_id:
            evidence = row_evidence(case, row)
            if isinstance(evidence, str):
                raise UserError(f"{row.name}: {evidence}")
            yield row.spec, evidence


def _write_report(
    ended: SetResult,
    runs: Iterable[tuple[str, Evidence]],
    path: Path,
    classifier: Classifier | None,
) -> None:
    """The report says of tries what the case knows now, and so does the evidence in it."""
    from engine.explain.examples import shown
    from engine.inputs import load_input
    from engine.models import fitted
    from engine.procedures.set_result import set_result
    from engine.procedures.shelf import Shelf
    from engine.report.audit.pages import write_set_report
    from engine.report.audit.record import SetRecorder

    settings, recorder, found = ended.settings, SetRecorder(), Shelf()
    assert isinstance(settings, Counting)  # as for every set
    for spec, evidence in runs:
        recorder.add(spec, evidence)
        found.add(spec, evidence)
    result = set_result(
        ended.model,
        ended.inputs,
        settings,
        found,
        at=tuple(ended.summary.certified_accuracy),
        unread=ended.unread,
        available=ended.available,
    )

    def show(spec: str) -> Media | None:
        if classifier is None:
            return None
        return shown(classifier, fitted(classifier, load_input(spec)))

    write_set_report(recorder, result, path, show)
