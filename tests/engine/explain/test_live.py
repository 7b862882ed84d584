import threading
from types import SimpleNamespace

import numpy as np
import pytest

from engine.evidence.settings import CertifySettings, Execution
from engine.explain.directions import SliceAxes
from engine.explain.live import SAMPLES, SHARE, LiveFigures
from engine.explain.slices import explore
from engine.procedures.certify import certify
from engine.schemes import Gaussian, Laplace
from tests.fakes import HalfSpace, finish, fitted


def followed(
    settings: CertifySettings,
    *,
    seconds: float = 1000.0,
    rate: float = 100_000.0,
    eta: float = 0.0,
    **axes,
):
    """The figures after each snapshot of a run whose clock is made up, and the run's evidence."""
    model = HalfSpace(0.3)
    figures = LiveFigures(
        model, fitted(), lambda seed: SliceAxes(seed=seed, **axes), "cpu", threading.Event()
    )
    run = certify(model, fitted(), settings, execution=Execution(batch=100, device="cpu"))
    shown = []
    while True:
        try:
            snapshot = next(run)
        except StopIteration as end:
            return figures, shown, end.value
        clock = {"seconds": seconds, "eta": eta, "rate": rate}
        for _ in range(20):  # as many pauses as a long run has
            figures.follow(snapshot.model_copy(update=clock))
        shown.append((snapshot, figures.slice, figures.examples))


def test_the_map_is_that_of_the_slice_after_the_run():
    settings = CertifySettings(seed=5, n=20_000)
    figures, shown, evidence = followed(settings, kind="random")
    after = finish(
        explore(
            HalfSpace(0.3),
            fitted(),
            settings,
            region=evidence.region,
            center_class=0,
            axes=SliceAxes(kind="random", seed=5),
            budget_seconds=60.0,
        )
    )
    assert figures.slice.axes == after.axes == ("random direction", "random direction")
    assert figures.slice.base.shape == after.base.shape == (65, 65)
    extent, u = figures.slice.extent, (np.arange(65) + 0.5) / 65 * 2 - 1
    assert extent == pytest.approx(after.extent, rel=0.15)
    assert (figures.slice.base == after.base).mean() > 0.95
    assert len(u) == 65 and figures.slice.center_class == 0


def test_nothing_is_drawn_before_a_class_is_chosen_and_maps_refine():
    _, shown, _ = followed(CertifySettings(seed=5, n=20_000), kind="random")
    for snapshot, slice_, examples in shown:
        if snapshot.bounds is None:
            assert slice_ is None and examples is None
    sides = [len(slice_.base) for _, slice_, _ in shown if slice_ is not None]
    assert sides == sorted(sides) and sides[-1] == 65


def test_a_run_without_time_to_spare_is_not_drawn_for():
    """Two percent of a second are not one sample at this rate."""
    figures, _, _ = followed(CertifySettings(seed=5, n=1000), seconds=1.0, rate=10.0)
    assert figures.examples is None
    assert figures.slice is None or figures.slice.base.shape == (1, 1)


@pytest.mark.parametrize(("seconds", "eta"), [(1.0, 0.0), (0.1, 2.7)])
def test_what_is_spent_stays_within_the_share(monkeypatch, seconds, eta):
    """Each piece is as large as what is left of the share pays for at the speed of the run.

    One that has just begun is expected to take three times as long as it will, being slow so far.
    """
    clock = [0.0]
    monkeypatch.setattr("engine.explain.live.time", SimpleNamespace(perf_counter=lambda: clock[0]))
    asked = []

    def cells(self, side, first, last):
        asked.append(last - first)
        clock[0] += (last - first) / 1000.0
        return np.zeros(last - first, dtype=np.int16)

    monkeypatch.setattr("engine.explain.slices.Explorer.base_cells", cells)
    followed(CertifySettings(seed=5, n=5000), seconds=seconds, eta=eta, rate=1000.0)
    assert 0 < sum(asked) <= SHARE * 1.0 * 1000.0


def test_samples_are_those_that_the_run_counts():
    """All the votes of a run that is as long as what is shown are on the card."""
    settings = CertifySettings(seed=11, n0=50, n=SAMPLES, scheme=Gaussian(sigma=0.5))
    figures, _, evidence = followed(settings, kind="random")
    answered = [one.answered for one in figures.examples.samples]
    counts = tuple(answered.count(c) for c in range(2))
    assert figures.examples.counted and counts == evidence.votes.estimation
    assert {one.answer for one in figures.examples.samples} <= {"class 0", "class 1"}


def test_an_outline_grows_with_its_ball():
    """Of an l1 ball the plane cuts out a figure that its own radius bounds, at every size."""
    settings = CertifySettings(seed=5, n=5000, scheme=Laplace(lam=0.25))
    _, shown, _ = followed(settings, kind="random")
    drawn = [(s, f.growing_to(s.region)) for s, f, _ in shown if f is not None and s.region]
    assert drawn
    for snapshot, figure in drawn:
        assert figure.norm == "l1" and figure.radius == snapshot.region.certified_radius
        assert 0 < figure.reach <= figure.radius + 1e-5
