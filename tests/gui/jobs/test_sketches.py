from __future__ import annotations

import threading

import pytest

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, Execution
from engine.procedures.certify import certify
from engine.regions import GainBrightness
from engine.schemes import ContrastBrightness
from gui.jobs.sketches import AxesChoice, Sketch, sketched
from tests.fakes import HalfSpace, finish, fitted

SETTINGS = CertifySettings(n=20_000, seed=3)
CPU = Execution(device="cpu", batch=500)


def run(model):
    return certify(model, fitted(), SETTINGS, execution=CPU)


def test_a_run_that_is_drawn_counts_the_same_votes():
    model, sketch = HalfSpace(0.3), Sketch(AxesChoice("random"))
    plain = finish(run(model))
    seen = sketched(run(model), model, fitted(), "cpu", sketch, threading.Event())
    drawn = finish(seen)
    assert drawn.votes == plain.votes and drawn.chain == plain.chain
    assert sketch.examples is not None and sketch.examples.counted


@pytest.mark.parametrize("error", [UserError("no"), RuntimeError("broken")])
def test_a_picture_that_fails_does_not_end_the_run(monkeypatch, error):
    def fail(self, snapshot):
        raise error

    monkeypatch.setattr("engine.explain.live.LiveFigures.follow", fail)
    model, sketch = HalfSpace(0.3), Sketch()
    found = finish(sketched(run(model), model, fitted(), "cpu", sketch, threading.Event()))
    assert found.complete and sketch.slice is None


def test_the_window_works_out_no_end_of_a_region(monkeypatch):
    """The worker has, with every snapshot and at the end: each takes some 10 to 30 ms."""
    settings = CertifySettings(scheme=ContrastBrightness(sigma_k=0.3, sigma_b=0.3), n=2000, seed=3)
    model = HalfSpace(5.0)
    run = certify(model, fitted(), settings, execution=CPU)
    evidence = finish(sketched(run, model, fitted(), "cpu", Sketch(), threading.Event()))

    def refuse(self, k, b):
        raise AssertionError("worked out again")

    monkeypatch.setattr(GainBrightness, "required", refuse)
    assert evidence.region.headline().startswith("gain ") and evidence.region.clause("image")
