from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from engine.case import Case
from engine.core.errors import NotAFunction, UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from gui.controllers.audits import NO_CASE
from gui.jobs.worker import Failure


@pytest.fixture
def ready(session, tmp_path, qtbot):
    """A model, no input, and a case with a name."""
    session.form.set(CertifySettings(n=1000))
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.case.create(tmp_path / "audit.certiscope")
    qtbot.waitUntil(lambda: session.audits.obstacle == "" and not session.worker.busy())
    return session


def start(session, *sources, limit=0, at=()):
    wish = session.audits.wished(sources, limit, at)
    session.audits.start(wish)
    return wish


def ended(session, qtbot):
    qtbot.waitUntil(lambda: not session.audits.running)
    return session.audits.view


def test_what_is_in_the_way_is_said(session, tmp_path, qtbot):
    audits = session.audits
    assert audits.obstacle == "Open a model first." and audits.wished(("a",), 0, ()) is None
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    qtbot.waitUntil(lambda: session.loading.model is not None)
    assert audits.obstacle == NO_CASE
    session.case.create(tmp_path / "a.certiscope")
    qtbot.waitUntil(lambda: audits.obstacle == "")
    session.form.refuse("n must be 1 or more.")
    assert audits.obstacle == "n must be 1 or more."


def test_a_set_counts_in_the_lane_of_single_runs_and_is_stopped_like_them(ready, engine, qtbot):
    engine.pause = 0.02
    start(ready, "many", "more")
    assert ready.audits.running and ready.runs.running and not ready.runs.ready
    assert ready.audits.obstacle.startswith("Stop the current run")
    ready.loading.open_model(ModelRequest("demo:other"))  # refused
    qtbot.waitUntil(lambda: ready.audits.view is not None)
    assert ready.worker.asks.startswith("Stop certifying the set and close?")
    ready.stop()
    assert ready.audits.stopping and not ready.runs.stopping
    view = ended(ready, qtbot)
    assert not view.result.complete and view.count < 8 and "load_model" in engine.calls
    assert engine.calls.count("load_model") == 1 and not ready.audits.stopping


def test_rows_are_read_and_drawn_between_the_batches(ready, engine, qtbot):
    """The set goes on until its first row was read: nobody waits for its end."""
    engine.pause = 0.01
    audits, found = ready.audits, []
    start(ready, *(f"s{k}" for k in range(200)))
    qtbot.waitUntil(lambda: audits.view is not None)
    audits.read(audits.view.rows[0], found.append)
    audits.draw(["digits:52"], 8, found.append)
    qtbot.waitUntil(lambda: len(found) == 2)
    assert audits.running and isinstance(found[0], Evidence)
    assert found[0].run_id == audits.view.rows[0].run_id and found[1]["digits:52"] is not None
    audits.stop()
    ended(ready, qtbot)


def test_what_failed_is_told_and_leaves_nothing_running(ready, engine, qtbot):
    engine.fail["audit"] = UserError("There is no image in the folder a.")
    with qtbot.waitSignal(ready.audits.refused) as heard:
        start(ready, "a")
    assert heard.args == ["There is no image in the folder a."]
    assert not ready.audits.running and ready.audits.obstacle == ""


def test_rows_of_a_model_that_is_refused_late_are_shown_no_more(ready, qtbot):
    start(ready, "few")
    assert ended(ready, qtbot).rows
    for error, left in ((UserError("The disk is full."), True), (NotAFunction("By lot."), False)):
        ready.audits._fail(Failure(str(error), error))
        assert (ready.audits.view is not None) == left


def test_results_in_a_case_without_a_name_are_saved_nowhere(ready, qtbot):
    ready.case.own = ready.case.file.path  # as if it were the session's own
    start(ready, "few")
    view = ended(ready, qtbot)
    qtbot.waitUntil(lambda: len(ready.keeping.unsaved) == 4)
    assert ready.keeping.unsaved == {row.run_id for row in view.rows}


def test_it_is_written_from_its_case_also_after_that_was_copied(ready, tmp_path, qtbot):
    start(ready, "few")
    ended(ready, qtbot)
    old = ready.case.file.path
    with qtbot.waitSignal(ready.case.opened):
        ready.case.save_as(tmp_path / "copy.certiscope", None, None)
    old.unlink()
    written = []
    ready.audits.write(tmp_path / "a.csv", written.append)
    qtbot.waitUntil(lambda: bool(written))
    assert (tmp_path / "a.csv").read_text().count("\n") == 5


def test_the_set_of_a_case_is_shown_and_followed(ready, tmp_path, qtbot):
    """Another process adds a run: it is found when the case is read again."""
    wish = start(ready, "few")
    view = ended(ready, qtbot)
    ready.audits.forget()
    ready.audits.watch()
    qtbot.waitUntil(lambda: ready.audits.view is not None and ready.audits.view.count == 4)
    assert ready.audits.wish is None and ready.audits.view.planned is None
    other = Case.open(ready.case.file.path)
    seed = view.settings.seed
    wish = replace(wish, settings=wish.settings.model_copy(update={"seed": seed}), limit=1)
    for _ in ready.engine.audit(None, wish, other, threading.Event(), warn=print):
        pass
    ready.audits.watch()
    qtbot.waitUntil(lambda: ready.audits.view.count >= 5 and not ready.worker.busy())
    assert ready.audits.view.settings.scheme == view.settings.scheme


def test_reading_gives_way_and_goes_on(ready, qtbot):
    audits = ready.audits
    audits.watch()
    ready.worker.urgent.emit()
    assert audits._again.isActive()
    audits.forget()
    assert not audits._again.isActive()
