from __future__ import annotations

import time

import pytest

from engine.core.errors import UserError
from engine.models.request import ModelRequest
from gui.controllers.deferred_start import PROMISE, EarlyStart


@pytest.fixture
def early(session):
    early = EarlyStart(session)
    early.due.connect(early.certify)
    return early


def slow(backend, monkeypatch):
    load = backend.load_model
    monkeypatch.setattr(backend, "load_model", lambda request: (time.sleep(0.2), load(request))[1])


def test_a_run_asked_for_early_starts_when_all_is_there(
    session, early, backend, monkeypatch, qtbot, said
):
    slow(backend, monkeypatch)
    session.open_model(ModelRequest("demo:digits-0.25"))
    session.open_input("digits:7")
    early.certify()
    assert early.waiting and said() == [PROMISE]
    qtbot.waitUntil(lambda: session.evidence is not None, timeout=20_000)
    assert not early.waiting
    assert backend.calls.count("certify") == 1


def test_a_model_that_does_not_open_ends_the_wait(session, early, backend, qtbot, said):
    backend.fail["load_model"] = UserError("It does not open.")
    session.open_input("digits:7")
    session.open_model(ModelRequest("x.pth"))
    early.certify()
    qtbot.waitUntil(lambda: "It does not open." in said() and not session.loading)
    assert not early.waiting
    assert "certify" not in backend.calls


def test_nothing_is_promised_without_an_image(session, early, qtbot, said):
    session.open_model(ModelRequest("demo:digits-0.25"))
    early.certify()
    assert not early.waiting and said() == []
    qtbot.waitUntil(lambda: session.model is not None)


def test_a_wrong_setting_is_no_time_to_wait(session, early, qtbot):
    session.refuse_settings("n must be a number.")
    session.open_model(ModelRequest("demo:digits-0.25"))
    session.open_input("digits:7")
    early.certify()
    assert not early.waiting
    qtbot.waitUntil(lambda: session.fitted is not None)
