"""How many labelled images are right behind each normalisation, measured while nobody waits."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.models.kinds import DEMO
from gui.controllers.loading import Loading
from gui.controllers.spare_time import SpareTime
from gui.jobs.engine_jobs import EngineJobs
from gui.jobs.worker import Failure, Worker

if TYPE_CHECKING:
    from engine.procedures.normalizations import Comparison


class Normalizations(QObject):
    """Accuracy behind each normalisation, where a file of a model does not say which is its own.

    Attributes:
        comparison: of the open model on the open images; None while it is not known.
    """

    changed = Signal()

    def __init__(
        self, worker: Worker, engine: EngineJobs, loading: Loading, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._worker, self._engine, self._loading = worker, engine, loading
        self._spare = SpareTime(worker, self._measure, self)
        self._key: object = None
        self._settled: object = None
        """What was measured, or cannot be."""
        self.comparison: Comparison | None = None
        loading.fitted_changed.connect(self._follow)
        worker.activity_changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        key = self._now()
        if self._worker.crowded:  # of a large network it takes its time
            self._spare.lane.drop()
        if key != self._key:
            self._key = key
            self._spare.lane.drop()
            if self.comparison is not None:
                self.comparison = self._settled = None
                self.changed.emit()
        if key is not None and key != self._settled:
            self._spare.wait()

    def _now(self) -> object:
        """What a measurement is about: the network and the images, not the layer between them."""
        loading, model = self._loading, self._loading.model
        request = loading.request
        if model is None or request is None:
            return None
        told = model.normalization_origin == "stored in the file"
        if told or request.spec.startswith(DEMO) or not loading.has_labelled_images:
            return None
        asked = replace(request, normalize="auto")
        return asked, model.sha256, model.resize, tuple(loading.specs)

    def _measure(self) -> None:
        classifier, specs, key = self._loading.classifier, self._loading.specs, self._key
        if classifier is None or key in (None, self._settled):
            return
        self._spare.lane.submit(
            lambda stop: self._engine.compare_normalizations(classifier, specs, stop),
            "measuring normalisations",
            on_done=partial(self._take, key),
            on_failed=partial(self._settle, key),
            quiet=True,
        )

    def _take(self, key: object, comparison: Comparison) -> None:
        self._settled, self.comparison = key, comparison
        self.changed.emit()

    def _settle(self, key: object, failure: Failure) -> None:
        """A model with its normalisation built in, or images without a label that it knows."""
        self._settled = key
