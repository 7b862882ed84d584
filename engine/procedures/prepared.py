"""A model made ready once, for runs on many inputs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import torch

from engine import __version__
from engine.core.batches import Batch, parts
from engine.models.base import Classifier
from engine.noise.law import NoiseLaw
from engine.noise.records import SelfTest
from engine.sampling.check_effort import Allowance
from engine.sampling.pack import Pack
from engine.sampling.sampler import Sampler
from engine.system.calibrations import remember, remembered
from engine.system.device import device_name


class PreparedModel:
    """What is found out about a model and its noise before a run, kept for the runs after it.

    The model stays on its device between them (:meth:`Classifier.prepare` does nothing twice); a
    batch size is measured once for inputs of one size under one law of noise, and a law is tested
    once on one device, whatever the keys of the runs.

    Args:
        classifier: the base classifier that all runs are of.
        pack: counts the samples of several inputs together, where that is wanted.
    """

    def __init__(self, classifier: Classifier, pack: Pack | None = None) -> None:
        self.classifier = classifier
        self.pack = pack
        self.tests: dict[tuple[NoiseLaw, str], SelfTest] = {}
        self._paces: dict[tuple[object, ...], tuple[int, float]] = {}
        self._allowance = Allowance()
        self._aside = 0.0

    def clock(self) -> float:
        """Seconds, of which those spent :meth:`aside` are none: runs take their times by it."""
        return perf_counter() - self._aside

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Do something that belongs to no run that is under way, such as an attack on a row."""
        began = perf_counter()
        try:
            yield
        finally:
            self._aside += perf_counter() - began

    def calibrate(self, sampler: Sampler, x: Batch, law: NoiseLaw, planned: int) -> None:
        """Give a sampler its batch size: measured now, or for an input like this one before.

        Raises:
            UserError: the model fails on this input, or one sample does not fit into memory.
        """
        if self.pack is not None:
            planned = self.pack.planned
            self.pack.open()
        shapes = tuple(tuple(part.shape) for part in parts(x))
        sampler.check.allowance = self._allowance
        key = (law, str(sampler.device), sampler.batch, shapes, planned)
        if key in self._paces:
            sampler.keep_pace(planned, *self._paces[key])
        else:
            self._measure(sampler, law, shapes, planned)
            self._paces[key] = (sampler.batch, sampler.seconds_each)
        if self.pack is not None and self.pack.takes(sampler):
            sampler.joint = self.pack

    def _measure(
        self, sampler: Sampler, law: NoiseLaw, shapes: tuple[tuple[int, ...], ...], planned: int
    ) -> None:
        """Measure a batch size, or try the one that an earlier process found."""
        if sampler.batch:
            sampler.calibrate(planned)
            return
        model, threads = self.classifier.identity, torch.get_num_threads()
        place = (device_name(sampler.device), threads, __version__, torch.__version__)
        noise = (type(law).__name__, law.generator, law.levels)
        what = (model.function, noise, sampler.precision, shapes, *place)
        known = remembered(*what)
        found = sampler.calibrate(planned, known)
        # A short run's own length is no limit of a longer one.
        other = known is None or known.batch != found.batch
        if other and 2 * found.batch <= planned and not sampler.check.met.differed:
            remember(found, *what)
