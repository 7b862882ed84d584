from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.models.request import ModelRequest
from gui.controllers import spare_time

PAUSE_MS = 20


@pytest.fixture(autouse=True)
def short_pause(monkeypatch):
    monkeypatch.setattr(spare_time, "PAUSE_MS", PAUSE_MS)


def opened(session, qtbot):
    """A model and a folder of labelled images, brought together."""
    session.loading.open_model(ModelRequest("x.pth"))
    session.loading.open_input("some/folder")
    qtbot.waitUntil(lambda: session.runs.ready)
    assert session.loading.has_labelled_images
    return session


def test_they_are_measured_once_while_nobody_waits(session, engine, qtbot):
    found = opened(session, qtbot).normalizations
    qtbot.waitUntil(lambda: found.comparison is not None)
    assert found.comparison.images == 3
    session.loading.open_model(ModelRequest("x.pth", normalize="imagenet"))
    qtbot.waitUntil(lambda: session.loading.request.normalize == "imagenet" and session.runs.ready)
    assert found.comparison is not None  # the network is the same
    session.loading.open_model(ModelRequest("demo:a"))
    qtbot.waitUntil(lambda: session.loading.request.spec == "demo:a")
    assert found.comparison is None
    assert engine.calls.count("compare_normalizations") == 1


def test_a_run_does_not_wait_for_them(session, engine, qtbot, monkeypatch):
    began, ended = [], []

    def compare(classifier, specs, stop):
        began.append(len(specs))
        ended.append(stop.wait(30))  # a slow model: only a stop ends it

    monkeypatch.setattr(engine, "compare_normalizations", compare)
    opened(session, qtbot)
    qtbot.waitUntil(lambda: bool(began), timeout=10_000)
    session.runs.certify()
    qtbot.waitUntil(lambda: session.runs.evidence is not None)
    assert ended[0] and session.normalizations.comparison is None
    qtbot.waitUntil(lambda: len(began) == 2, timeout=10_000)  # again, in the next pause
    done = []
    session.worker.submit(lambda stop: True, "whatever else", on_done=done.append)
    qtbot.waitUntil(lambda: done == [True], timeout=10_000)


def test_what_cannot_be_measured_is_not_asked_again(session, engine, qtbot, said):
    engine.fail["compare_normalizations"] = UserError("Its normalisation is built in.")
    opened(session, qtbot)
    qtbot.waitUntil(lambda: session.normalizations._settled is not None)
    session.loading.step_input(1)
    qtbot.waitUntil(lambda: not session.loading.busy)
    qtbot.wait(10 * PAUSE_MS)
    assert engine.calls.count("compare_normalizations") == 1
    assert not said()
