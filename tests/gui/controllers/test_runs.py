from __future__ import annotations

import time
from collections import defaultdict

import pytest
from PySide6.QtGui import QAction

from engine.core.errors import NotOneSample, UserError
from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from engine.schemes import Gaussian
from gui.controllers.runs import PROMISE
from gui.results.statement import StatementPanel
from gui.widgets.pace import READING_MS


def slow(engine, monkeypatch):
    load = engine.load_model
    monkeypatch.setattr(engine, "load_model", lambda request: (time.sleep(0.2), load(request))[1])


def test_a_run_asked_for_early_starts_when_all_is_there(session, engine, monkeypatch, qtbot, said):
    slow(engine, monkeypatch)
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.loading.open_input("digits:7")
    session.runs.certify()
    assert session.runs.waiting and said() == [PROMISE]
    qtbot.waitUntil(lambda: session.runs.evidence is not None, timeout=20_000)
    assert not session.runs.waiting
    assert engine.calls.count("certify") == 1


def test_a_model_that_does_not_open_ends_the_wait(session, engine, qtbot, said):
    engine.fail["load_model"] = UserError("It does not open.")
    session.loading.open_input("digits:7")
    session.loading.open_model(ModelRequest("x.pth"))
    session.runs.certify()
    qtbot.waitUntil(lambda: "It does not open." in said() and not session.loading.busy)
    assert not session.runs.waiting
    assert "certify" not in engine.calls


def test_nothing_is_promised_without_an_image(session, qtbot, said):
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.runs.certify()
    assert not session.runs.waiting and said() == []
    qtbot.waitUntil(lambda: session.loading.model is not None)


def test_a_wrong_setting_is_no_time_to_wait(session, qtbot):
    session.form.refuse("n must be a number.")
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.loading.open_input("digits:7")
    session.runs.certify()
    assert not session.runs.waiting
    qtbot.waitUntil(lambda: session.loading.fitted is not None)


def test_medians_are_asked_for_changes_up_to_epsilon_or_half_the_noise(session, monkeypatch):
    asked = []
    monkeypatch.setattr(session.runs, "_count", asked.append)
    session.runs.measure()  # there is no model
    monkeypatch.setattr(session.loading, "subject", object())
    form = CertifySettings(scheme=Gaussian(sigma=0.25), n=500, bound="live")
    for typed, epsilon in ((None, 0.125), (0.3, 0.3)):
        if typed is not None:
            session.form.bound_changes(typed)
        monkeypatch.setattr(session.form, "settings", form)
        session.runs.measure()
        found = asked.pop()
        assert (found.kind, found.epsilon, found.n, found.bound) == (
            "measure",
            epsilon,
            500,
            "anytime",
        )
    assert not asked


def failing(engine, monkeypatch, error):
    """Runs count a little, and fail then."""
    count = engine.count

    def wrong(*args, **kept):
        for number, snapshot in enumerate(count(*args, **kept)):
            yield snapshot
            if number == 20:
                raise error

    monkeypatch.setattr(engine, "count", wrong)


def test_of_a_run_that_failed_nothing_is_shown_as_if_it_could_be_claimed(
    session, engine, monkeypatch, qtbot, said
):
    failing(engine, monkeypatch, NotOneSample("It depends on its batch."))
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.loading.open_input("digits:7")
    session.runs.certify()
    statement = StatementPanel(session, defaultdict(QAction))
    qtbot.addWidget(statement)
    qtbot.waitUntil(lambda: "It depends on its batch." in said(), timeout=20_000)
    qtbot.wait(2 * READING_MS)
    assert session.runs.snapshot is None and session.runs.evidence is None
    assert not statement.outcome.text() and not statement.headline.text()
    assert "claimed" not in statement.sentence.text()


@pytest.mark.parametrize(
    ("error", "kept"), [(UserError("The disk is full."), True), (NotOneSample("No."), False)]
)
def test_a_result_that_was_to_be_extended_stays_unless_its_model_is_refused(
    session, engine, monkeypatch, qtbot, said, error, kept
):
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.loading.open_input("digits:7")
    session.runs.certify()
    qtbot.waitUntil(lambda: session.runs.can_extend, timeout=20_000)
    before = session.runs.evidence
    failing(engine, monkeypatch, error)
    session.runs.extend(10 * before.settings.n)
    qtbot.waitUntil(lambda: str(error) in said(), timeout=20_000)
    assert session.runs.evidence is (before if kept else None)


def test_numbers_are_read_at_once_then_now_and_then_and_last_of_all(idle_session, make, qtbot):
    runs, read = idle_session.runs, []
    runs.read.connect(lambda: read.append(runs.snapshot.estimation.n))
    for n in (1000, 2000, 3000):
        runs._show_snapshot(make.snapshot(CertifySettings(), n))
    assert read == [1000]
    qtbot.waitUntil(lambda: read == [1000, 3000])
