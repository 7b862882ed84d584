"""CERTIFY: choose a class from n0 votes, bound it with n fresh ones (Cohen et al. 2019)."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence

from engine import statement
from engine.bounds import bound_method
from engine.evidence import Evidence
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise import Stream
from engine.procedures.abstention import explain
from engine.procedures.run import Run, evidence
from engine.procedures.snapshot import Phase, Snapshot
from engine.procedures.trajectory import Trajectory
from engine.records import ProbabilityBounds, Votes
from engine.regions import Abstention, Region
from engine.settings import RunSettings

PROVISIONAL = "clopper-pearson"


def certify(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    at: Sequence[str] = (),
    stop: threading.Event | None = None,
    command: str = "",
) -> Generator[Snapshot, None, Evidence]:
    """Run CERTIFY, yielding snapshots, ending in evidence.

    Args:
        classifier: the base classifier f.
        fitted: the input in f's shape.
        settings: declared before the run; nothing in them changes afterwards.
        at: perturbations to answer, in the scheme's terms (``radius=0.25``).
        stop: when set, the run ends after the batch at hand and keeps what it counted.
        command: the same run on the command line, for the record.

    Raises:
        UserError: model, input and settings do not fit together; an ``at`` that the scheme does
            not understand.
    """
    asked = {text: settings.scheme.parse_at(text) for text in at}
    certifying = _Certify(Run(classifier, fitted, settings, stop=stop))
    yield from certifying.snapshots()
    found = certifying.conclude(command)
    region = found.region
    answers = {text: region is not None and region.contains(p) for text, p in asked.items()}
    return found.model_copy(update={"certified_at": answers})


class _Certify:
    """The state of one run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.settings = run.settings
        self.method = bound_method(run.settings.bound)
        empty = Votes(counts=(0,) * len(run.class_names))
        self.selection, self.estimation = empty, empty
        self.top: int | None = None
        self.trajectory = Trajectory()

    def snapshots(self) -> Generator[Snapshot, None, None]:
        """Both phases; the chosen class is fixed between them."""
        sampler = self.run.sampler
        self.run.start_estimation()
        for votes in sampler.votes(Stream.SELECTION, self.settings.n0):
            self.selection = votes
            yield self._snapshot("selection", None)
        if self.selection.n < self.settings.n0:
            return
        self.top = self.selection.top
        self.run.start_estimation()
        for votes in sampler.votes(Stream.ESTIMATION, self.settings.n):
            self.estimation = votes
            bounds = self._bounds(self.top)
            self.trajectory.add(self.estimation, bounds)
            yield self._snapshot("estimation", bounds)

    def conclude(self, command: str) -> Evidence:
        """Evidence of the run as it stands, complete or stopped."""
        bounds = self._bounds(self.top) if self.top is not None and self.estimation.n else None
        region = self._region(bounds)
        abstention = None if region else self._explain()
        name = self.run.class_names[self.top] if self.top is not None else None
        if region is not None and bounds is not None and name is not None:
            words = statement.certified(region, bounds, name, "image")
        else:
            words = statement.abstained(abstention) if abstention else ""
        complete = self.estimation.n == self.settings.n
        if not complete and region is not None:
            words += " " + statement.partial(self.estimation.n, self.settings.n, valid=True)
        return evidence(
            self.run,
            self.selection,
            self.estimation,
            self.top,
            procedure="certify",
            outcome="certified" if region else "abstained",
            complete=complete,
            predicted_class=self.top if region else None,
            class_name=name if region else None,
            radius=getattr(region, "radius", None),
            region=region,
            abstention=abstention,
            statement=words,
            bounds=bounds,
            trajectory=self.trajectory.points(),
            command=command,
        )

    def _bounds(self, top: int) -> ProbabilityBounds:
        return self.method.at(
            self.estimation, top=top, alpha=self.settings.alpha, n_plan=self.settings.n
        )

    def _region(self, bounds: ProbabilityBounds | None) -> Region | None:
        """What may be claimed now: nothing under a bound that is only provisional."""
        if bounds is None or not bounds.valid:
            return None
        return self.settings.scheme.region(bounds)

    def _explain(self) -> Abstention:
        return explain(
            selection=self.selection,
            estimation=self.estimation,
            scheme=self.settings.scheme,
            method=self.method,
            alpha=self.settings.alpha,
            n_plan=self.settings.n,
            class_names=self.run.class_names,
        )

    def _snapshot(self, phase: Phase, bounds: ProbabilityBounds | None) -> Snapshot:
        done = self.selection.n + self.estimation.n
        current = self.selection.n if phase == "selection" else self.estimation.n
        rate = self.run.rate(current)
        left = self.settings.n0 + self.settings.n - done
        return Snapshot(
            run_id=self.run.run_id,
            phase=phase,
            selection=self.selection,
            estimation=self.estimation,
            top=self.top,
            bounds=bounds,
            provisional=self._provisional(bounds),
            region=self._region(bounds),
            trajectory=self.trajectory.points(),
            n_done=done,
            n0_plan=self.settings.n0,
            n_plan=self.settings.n,
            rate=rate,
            eta=left / rate if rate > 0 else None,
            seconds=self.run.seconds(),
        )

    def _provisional(self, bounds: ProbabilityBounds | None) -> ProbabilityBounds | None:
        """Plain Clopper-Pearson beside a bound that is something else, until n is reached."""
        if bounds is None or self.method.key == PROVISIONAL or bounds.n == self.settings.n:
            return None
        return bound_method(PROVISIONAL).at(
            self.estimation, top=bounds.top, alpha=self.settings.alpha, n_plan=self.settings.n
        )
