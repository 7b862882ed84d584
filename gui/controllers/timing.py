"""How long a run will take on this machine: from a short trial, later from the runs themselves."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from engine.evidence.cost import duration
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting, Execution
from gui.controllers.form import Form
from gui.controllers.loading import Loading
from gui.controllers.runs import Runs
from gui.controllers.spare_time import SpareTime
from gui.jobs.engine_jobs import EngineJobs
from gui.jobs.worker import Failure, Worker

CHOICES = (1_000, 5_000, 20_000, 100_000, 500_000, 1_000_000)

LONG_ENOUGH_SECONDS = 3.0
"""A run that counted for so long tells more than a trial does, even where it was slower."""


class Timing(QObject):
    """Seconds per sample of the model and input that are open, under the form's noise.

    Whatever somebody waits for ends a trial within a batch.

    Attributes:
        seconds_each: None while it is not known.
    """

    changed = Signal()

    def __init__(
        self,
        worker: Worker,
        engine: EngineJobs,
        loading: Loading,
        form: Form,
        runs: Runs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine, self._loading = engine, loading
        self._form, self._runs = form, runs
        self._spare = SpareTime(worker, self._try, self)
        self._key: object = None
        self._settled: object = None
        """What no trial is needed for any more, whether it told the time or not."""
        self.seconds_each: float | None = None
        loading.fitted_changed.connect(self._follow)
        form.changed.connect(self._follow)
        runs.ended.connect(self._learn)
        worker.activity_changed.connect(self._follow)

    def expected(self, n: int | None = None) -> str:
        """E.g. ``n = 100,000 takes about 12 s``; empty while that is not known.

        Nothing is said of what is computed: the votes beside it are not what takes its time.
        """
        settings = self._form.settings
        n = settings.n if n is None else n
        if self.seconds_each is None or settings.scheme.computed:
            return ""
        if settings.kind == "exact":
            return f"All {n:,} samples, twice, take {duration(2 * n * self.seconds_each)}"
        if settings.kind == "sweep":  # how many anchors it takes is known once it runs
            return f"1,000 votes take {duration(1_000 * self.seconds_each)}"
        return f"n = {n:,} takes {duration((settings.n0 + n) * self.seconds_each)}"

    def choices(self) -> tuple[int, ...]:
        """Values of n to choose from; none where n is not chosen."""
        chosen = self._form.settings.kind == "certify" and self.seconds_each is not None
        return CHOICES if chosen else ()

    @Slot()
    def _follow(self) -> None:
        """Another model, input or noise takes another time."""
        key = self._now()
        if key != self._key:
            self._key = key
            self._spare.lane.drop()
            if self.seconds_each is not None:
                self.seconds_each = None
                self.changed.emit()
        if key is not None and key != self._settled:
            self._spare.wait()

    def _now(self) -> object:
        settings, subject = self._form.settings, self._loading.subject
        if subject is None or self._form.complaint:
            return None
        law = (type(settings.scheme), settings.noise, settings.precision)
        return id(subject), law, self._form.execution

    def _try(self) -> None:
        subject = self._loading.subject
        due = self._key is not None and self._key == self._now() and self._key != self._settled
        if subject is None or not due:
            return
        settings: Counting = self._form.settings
        execution: Execution = self._form.execution
        self._spare.lane.submit(
            lambda stop: self._engine.seconds_each(subject, settings, execution, stop),
            "measuring the model's speed",
            on_done=partial(self._take, self._key),
            on_failed=partial(self._ignore, self._key),
            quiet=True,
        )

    def _take(self, key: object, seconds: float | None) -> None:
        self._settled = key
        self.seconds_each = seconds
        self.changed.emit()

    def _ignore(self, key: object, failure: Failure) -> None:
        """A run says what is wrong with the model."""
        self._settled = key

    @Slot(object)
    def _learn(self, evidence: Evidence) -> None:
        """The speed of a run is better known than that of a trial, if it took longer than one.

        The first batches of a run are of a few samples each, and dear: a short run only shows that
        a sample takes no longer than it took there.
        """
        rate = evidence.performance.samples_per_second
        if rate <= 0 or self._key is None:
            return
        each, known = 1.0 / rate, self.seconds_each
        if known is None or each < known or evidence.estimation.n * each >= LONG_ENOUGH_SECONDS:
            self._take(self._key, each)
