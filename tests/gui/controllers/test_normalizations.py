from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.models.request import ModelRequest


@pytest.fixture
def opened(session, qtbot):
    session.loading.open_model(ModelRequest("x.pth"))
    session.loading.open_input("some/folder")
    qtbot.waitUntil(lambda: session.runs.ready)
    assert session.loading.has_labelled_images
    return session


def test_they_are_measured_once_while_nobody_waits(opened, engine, qtbot):
    found = opened.normalizations
    qtbot.waitUntil(lambda: found.comparison is not None)
    assert found.comparison.images == 3
    opened.loading.open_model(ModelRequest("x.pth", normalize="imagenet"))
    qtbot.waitUntil(lambda: opened.loading.request.normalize == "imagenet" and opened.runs.ready)
    assert found.comparison is not None  # the network is the same
    opened.loading.open_model(ModelRequest("demo:a"))
    qtbot.waitUntil(lambda: opened.loading.request.spec == "demo:a")
    assert found.comparison is None
    assert engine.calls.count("compare_normalizations") == 1


def test_a_run_does_not_wait_for_them(opened, engine, qtbot, monkeypatch):
    began, ended = [], []

    def compare(classifier, specs, stop):
        began.append(len(specs))
        ended.append(stop.wait(30))  # a slow model: only a stop ends it

    monkeypatch.setattr(engine, "compare_normalizations", compare)
    qtbot.waitUntil(lambda: bool(began), timeout=10_000)
    opened.runs.certify()
    qtbot.waitUntil(lambda: opened.runs.evidence is not None)
    assert ended[0] and opened.normalizations.comparison is None


def test_what_cannot_be_measured_is_not_asked_again(opened, engine, qtbot, said):
    engine.fail["compare_normalizations"] = UserError("Its normalisation is built in.")
    qtbot.waitUntil(lambda: "compare_normalizations" in engine.calls)
    qtbot.waitUntil(lambda: opened.normalizations._settled is not None)
    opened.loading.step_input(1)
    qtbot.waitUntil(lambda: not opened.loading.busy)
    qtbot.wait(900)
    assert engine.calls.count("compare_normalizations") == 1
    assert not said()
