"""What a person looks at while a run is going, drawn in its pauses: a slice, and first samples."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch

from engine.evidence.snapshot import Snapshot
from engine.explain.directions import SliceAxes
from engine.explain.examples import counted_samples
from engine.explain.slices import BASE_LEVELS, Classes, Explorer
from engine.figures.examples import ExamplesFigure
from engine.figures.images import SliceFigure, shown_as_slice
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.procedures.on_grid import gridded
from engine.regions import Region, radius_of
from engine.sampling.classifying import use_threads
from engine.schemes.base import Facts

SHARE = 0.02
"""So much of a run's time may go into its picture."""
_AT_ONCE = 1 / 3
"""Part of it that may be spent before that time has passed: a run that has just begun is slow, and
what it is expected to take may be several times too long."""
_ATTACK_SAMPLES = 2400
"""What the search of an adversarial direction costs, in samples of a run: it needs gradients, and
its batches are small."""
_LARGEST, _LEAST = 512, 1
"""Cells of a piece."""
SAMPLES = 6
"""Noisy samples that are shown."""
_PIECE_SECONDS, _PATIENCE = 0.02, 0.4
"""Seconds of one piece, and four times those of the search for a direction."""
_CERTAIN = 7.0
"""Of n votes that all agree, so many are taken from n in the guess of what may be certified."""


class LiveFigures:
    """Draws for a run piece by piece, coarse to fine, in :data:`SHARE` of its time.

    Nothing that it draws is a claim, and it has no part in one: what is certified comes with each
    snapshot, and its samples are drawn anew, as a function of key, stream and index.

    Args:
        classifier: the base classifier f, prepared by the run.
        fitted: the input.
        axes: gives the plane to look at, for the seed of the run.
        device: where the model runs.
        stop: of the run; when set, a search for a direction ends.

    Attributes:
        slice: the map of the base classifier's decisions as far as it was computed; None before a
            class is chosen, and where no slice shows what is certified.
        examples: the first samples of the estimation stream; None before they are drawn.
    """

    def __init__(
        self,
        classifier: Classifier,
        fitted: FittedInput,
        axes: Callable[[int], SliceAxes],
        device: str,
        stop: threading.Event,
    ) -> None:
        self._classifier, self._fitted, self._device = classifier, fitted, device
        self._stop = stop
        self._axes = axes
        self._explorer: Explorer | None = None
        self.slice: SliceFigure | None = None
        self.examples: ExamplesFigure | None = None
        self._spent = 0.0
        self._level = 0
        self._cells: Classes = np.zeros(0, dtype=np.int16)
        self._sampled = False

    def follow(self, snapshot: Snapshot) -> None:
        """Draw on, as far as there is time after ``snapshot``.

        A generative model's answers are read with the votes: nothing is asked of it in between.

        Raises:
            UserError: model and input do not fit together.
        """
        if snapshot.bounds is None or snapshot.rate <= 0 or self._classifier.identity.generation:
            return
        began = time.perf_counter()
        if not self._sampled and self._left(snapshot) * snapshot.rate > 4 * SAMPLES:
            self._sampled = True
            with self._beside():
                self.examples = counted_samples(
                    self._classifier,
                    self._fitted,
                    snapshot.settings,
                    count=min(SAMPLES, snapshot.estimation.n),
                    center_class=snapshot.top,
                    device=self._device,
                )
        elif shown_as_slice(snapshot.settings, self._fitted.identity.kind):
            self._map(snapshot)
        self._spent += time.perf_counter() - began

    def _map(self, snapshot: Snapshot) -> None:
        if self._explorer is None:
            self._begin(snapshot)
        assert self.slice is not None and self._explorer is not None
        region = snapshot.region
        if region is not None and region.certified_norm != "l2" and not self.slice.outline.size:
            shape = {"outline": self._explorer.outline(region), "radius": radius_of(region)}
            known = {**shape, "norm": region.certified_norm}
            self.slice = self.slice.model_copy(update=known)
        seconds = min(self._left(snapshot), _PIECE_SECONDS)
        self.slice = self._refined(self.slice, seconds * snapshot.rate)

    def _left(self, snapshot: Snapshot) -> float:
        """Seconds that may be spent now."""
        whole = snapshot.seconds + _AT_ONCE * (snapshot.eta or 0.0)
        return SHARE * whole - self._spent

    @contextmanager
    def _beside(self) -> Iterator[None]:
        """Where other threads may classify the run's batches meanwhile, its operations take one.

        Two threads for one operation would wait for each other, whenever a third has a core.
        """
        usual = torch.get_num_threads()
        if not self._classifier.concurrent:
            yield
            return
        use_threads(1, usual)
        try:
            yield
        finally:
            torch.set_num_threads(usual)

    def _begin(self, snapshot: Snapshot) -> None:
        settings, top = snapshot.settings, snapshot.top
        axes = self._axes(settings.seed or 0)
        if axes.kind == "adversarial" and 0.5 * SHARE * snapshot.n_plan < _ATTACK_SAMPLES:
            axes = SliceAxes(kind="random", seed=axes.seed)
        fitted, _ = gridded(self._fitted, settings)
        scheme, bound = settings.scheme, self._classifier.bound_to(fitted, settings.scheme)
        facts = scheme.compute(fitted.arrays, bound.stumps if scheme.computed else None)
        budget = min(_PATIENCE, 2 * self._left(snapshot))
        self._explorer = Explorer(
            self._classifier, fitted, settings, self._device, self._stop, budget
        )
        with self._beside():
            self.slice = self._explorer.begin(axes, _expected(snapshot, facts), top)

    def _refined(self, figure: SliceFigure, affordable: float) -> SliceFigure:
        """One more piece of the map, of at most so many cells; a whole level is shown at once."""
        if self._level == len(BASE_LEVELS) or affordable < _LEAST:
            return figure
        assert self._explorer is not None
        side, first = BASE_LEVELS[self._level], len(self._cells)
        last = min(side * side, first + int(min(affordable, _LARGEST)))
        with self._beside():
            found = self._explorer.base_cells(side, first, last)
        self._cells = np.concatenate((self._cells, found))
        if last < side * side:
            return figure
        base = self._cells.reshape(side, side)
        self._cells, self._level = self._cells[:0], self._level + 1
        return figure.model_copy(update={"base": base})


def _expected(snapshot: Snapshot, facts: Facts) -> Region | None:
    """About what the run will certify if its votes keep their shares, for the size of the slice."""
    bounds = snapshot.bounds
    if bounds is None or snapshot.estimation.n < 1:
        return None
    share = snapshot.estimation.counts[bounds.top] / snapshot.estimation.n
    p = min(share, 1.0 - min(0.5, _CERTAIN / snapshot.n_plan))
    guess = {"p_lower": p, "p_upper": 1.0 - p, "others": (), "valid": True}
    return snapshot.settings.scheme.region(bounds.model_copy(update=guess), facts)
