from __future__ import annotations

import shutil
import threading
import time

import pytest

from engine.case import Case
from engine.case.merging import adopt
from engine.core.downloads import allowed
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from engine.schemes import Gaussian
from gui.controllers.preferences import data_folder
from gui.jobs.sketches import AxesChoice
from gui.widgets.file_dialogs import SUFFIX

DEMO = ModelRequest("demo:digits-0.25")


@pytest.fixture
def ready(session, qtbot):
    session.loading.open_model(DEMO)
    session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: session.runs.ready)
    return session


def finish(session, qtbot):
    qtbot.waitUntil(lambda: session.runs.evidence is not None)
    qtbot.waitUntil(lambda: not session.worker.busy())


def test_model_and_image_in_either_order_make_it_ready(session, qtbot):
    assert not session.runs.ready
    session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: session.loading.given is not None)
    assert not session.runs.ready
    session.loading.open_model(DEMO)
    qtbot.waitUntil(lambda: session.runs.ready)
    assert session.loading.clean_answer == 7
    assert session.loading.fitted.identity.name == "digits:7"


def test_the_engine_never_works_in_the_ui_thread(ready, engine, qtbot):
    ready.runs.certify()
    finish(ready, qtbot)
    assert threading.get_ident() not in engine.threads


def test_a_run_ends_in_evidence_and_images(ready, engine, qtbot):
    ready.runs.certify()
    finish(ready, qtbot)
    assert ready.runs.evidence.complete
    assert ready.illustrator.slice.base.shape == (9, 9)
    assert ready.illustrator.examples is not None
    assert engine.calls[-3:] == ["certify", "examples", "explore adversarial"]


def test_predict_takes_its_form(ready, engine, qtbot):
    ready.runs.predict("two-sided")
    finish(ready, qtbot)
    assert "predict two-sided" in engine.calls


def test_stop_keeps_the_votes_and_marks_them_partial(ready, engine, qtbot):
    engine.pause = 0.01
    ready.runs.certify()
    qtbot.waitUntil(lambda: ready.runs.snapshot is not None)
    began = time.perf_counter()
    ready.runs.stop()
    assert ready.runs.stopping
    qtbot.waitUntil(lambda: ready.runs.evidence is not None)
    assert time.perf_counter() - began < 2  # the whole takes far longer
    assert not ready.runs.evidence.complete
    assert sum(ready.runs.evidence.votes.estimation) >= 500


def test_the_result_keeps_its_own_settings(ready, qtbot):
    ready.runs.certify()
    finish(ready, qtbot)
    assert ready.runs.differences() == []
    ready.form.set(CertifySettings(scheme=Gaussian(sigma=0.5), n=10))
    assert ready.runs.differences() == ["sigma", "n"]
    assert ready.runs.evidence.settings.n == 100_000


def test_settings_changed_during_a_run_do_not_reach_it(ready, engine, qtbot):
    engine.pause = 0.005
    ready.runs.certify()
    ready.form.set(CertifySettings(n=5))
    finish(ready, qtbot)
    assert ready.runs.evidence.settings.n == 100_000


def test_another_image_clears_the_result(ready, qtbot):
    ready.runs.certify()
    finish(ready, qtbot)
    ready.loading.open_input("digits:3")
    qtbot.waitUntil(lambda: ready.loading.given.source == "digits:3")
    assert ready.runs.evidence is None
    assert ready.illustrator.slice is None


def test_another_model_clears_the_result_and_unloads_the_old_one(ready, qtbot):
    ready.runs.certify()
    finish(ready, qtbot)
    old = ready.loading.classifier
    ready.loading.open_model(ModelRequest("demo:digits-0.50"))
    qtbot.waitUntil(lambda: ready.loading.model.name == "digits-0.50")
    assert old.unloaded
    assert ready.runs.evidence is None


def test_nothing_is_certified_under_the_name_of_a_refused_model(ready, engine, qtbot, said):
    engine.fail["load_model"] = UserError("bad.onnx is not a model.")
    ready.loading.open_model(ModelRequest("bad.onnx"))
    qtbot.waitUntil(lambda: bool(said()))
    assert said() == ["bad.onnx is not a model."]
    assert not ready.runs.ready and not ready.runs.coming
    assert ready.runs.obstacle == (
        "bad.onnx did not open; choose another model, or go back to the one before."
    )
    ready.runs.certify()
    assert not ready.runs.running
    ready.loading.go_back("model")
    assert ready.runs.ready and ready.loading.model.name == "digits-0.25"
    assert ready.loading.asked is ready.loading.request


def test_nothing_is_certified_under_the_name_of_a_refused_input(ready, engine, qtbot, said):
    before = ready.loading.given
    engine.fail["open_input"] = UserError("bad.png is no image.")
    ready.loading.open_input("bad.png")
    qtbot.waitUntil(lambda: bool(said()))
    assert not ready.runs.ready and ready.runs.obstacle.startswith("bad.png did not open")
    del engine.fail["open_input"]
    ready.loading.open_input("digits:17")
    qtbot.waitUntil(lambda: ready.runs.ready)
    assert ready.loading.given is not before and not ready.loading.astray


def test_a_failing_run_leaves_the_session_ready(ready, engine, qtbot, said):
    engine.fail["certify"] = UserError("The model gives no finite scores.")
    ready.runs.certify()
    qtbot.waitUntil(lambda: bool(said()))
    assert said() == ["The model gives no finite scores."]
    assert ready.runs.ready


def test_nothing_is_opened_while_votes_are_counted(ready, engine, qtbot, said):
    engine.pause = 0.01
    ready.runs.certify()
    ready.loading.open_model(DEMO)
    ready.loading.open_input("digits:3")
    assert said() == [
        "Stop the current run (Esc) before you open a model.",
        "Stop the current run (Esc) before you open an input.",
    ]
    ready.runs.stop()
    finish(ready, qtbot)


@pytest.mark.thorough
def test_a_new_run_does_not_wait_for_the_old_images(ready, engine, qtbot):
    ready.runs.certify()
    qtbot.waitUntil(lambda: ready.runs.evidence is not None)
    ready.runs.certify()
    assert not ready.illustrator.busy
    finish(ready, qtbot)


def test_late_images_of_an_older_result_are_dropped(ready, qtbot):
    ready.runs.certify()
    qtbot.waitUntil(lambda: ready.runs.evidence is not None)
    ready.loading.open_input("digits:3")
    qtbot.waitUntil(lambda: ready.runs.ready and ready.loading.given.source == "digits:3")
    qtbot.wait(150)
    assert ready.illustrator.slice is None


def test_consent_is_asked_for_and_given(session, qtbot):
    asked = []
    session.loading.trust_asked.connect(lambda error, request: asked.append((error, request)))
    session.loading.open_model(ModelRequest("strange.pt2"))
    qtbot.waitUntil(lambda: bool(asked))
    assert asked[0][0].path == "strange.pt2"
    session.loading.open_model(ModelRequest("strange.pt2", trust=True))
    qtbot.waitUntil(lambda: session.loading.model is not None)


def test_a_folder_can_be_gone_through(session, qtbot):
    session.loading.open_input("/some/folder")
    qtbot.waitUntil(lambda: session.loading.given is not None)
    assert (session.loading.position, len(session.loading.specs)) == (0, 3)
    session.loading.step_input(-1)
    qtbot.waitUntil(lambda: session.loading.position == 2)
    session.loading.step_input(1)
    qtbot.waitUntil(lambda: session.loading.position == 0)


def test_warnings_before_a_run(session, engine, qtbot):
    engine.answer = 1
    session.loading.open_model(DEMO)
    session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: session.runs.ready)
    session.form.set(CertifySettings(scheme=Gaussian(sigma=0.5)))
    assert session.runs.warnings() == (
        "The model was trained with sigma 0.25.",
        "Without noise the base model predicts '1', but the label is '7': "
        "check normalisation and classes.",
    )


def test_the_command_line_is_there_before_the_engine(idle_session, make):
    assert idle_session.runs.command_line() == ""
    idle_session.loading.request = DEMO
    idle_session.loading.given = make.image("digits:7")
    assert idle_session.runs.command_line().startswith(
        "certiscope certify --model demo:digits-0.25 --input digits:7 --scheme gaussian"
    )


def test_wrong_settings_start_nothing(ready):
    ready.form.refuse("sigma must be greater than 0 (it was -1.0).")
    assert not ready.runs.ready
    ready.form.set(CertifySettings())
    assert ready.runs.ready


def test_export_writes_the_shown_result(ready, qtbot, tmp_path, said):
    ready.runs.certify()
    finish(ready, qtbot)
    with qtbot.waitSignal(ready.exports.exported) as heard:
        ready.exports.export(ready.runs.evidence, "json", tmp_path / "a.json")
    assert heard.args == [tmp_path / "a.json"] and not said()
    assert "radius" in (tmp_path / "a.json").read_text()


def test_a_full_disk_loses_nothing(ready, engine, qtbot, tmp_path, said):
    ready.runs.certify()
    finish(ready, qtbot)
    engine.fail["export pdf"] = UserError("Cannot write a.pdf: the disk is full.")
    ready.exports.export(ready.runs.evidence, "pdf", tmp_path / "a.pdf")
    qtbot.waitUntil(lambda: bool(said()))
    assert said() == ["Cannot write a.pdf: the disk is full."]
    assert ready.runs.evidence is not None


def test_the_report_is_previewed(ready, qtbot):
    ready.runs.certify()
    finish(ready, qtbot)
    with qtbot.waitSignal(ready.exports.preview_ready) as pages:
        ready.exports.preview(ready.runs.evidence, ready.illustrator.illustrations)
    assert len(pages.args[0]) == 2


def test_closing_keeps_the_votes_in_a_file(ready, engine, qtbot, tmp_path):
    engine.pause = 0.01
    ready.runs.certify()
    qtbot.waitUntil(lambda: ready.runs.snapshot is not None)
    shutil.rmtree(data_folder(), ignore_errors=True)  # as where nothing was ever kept
    assert ready.shutdown()
    kept = list(tmp_path.rglob("stopped-run.json"))
    assert len(kept) == 1
    assert '"complete":false' in kept[0].read_text()


def test_axes_can_be_chosen_after_a_run(ready, engine, qtbot):
    ready.illustrator.choose_axes(AxesChoice("random"))
    ready.runs.certify()
    finish(ready, qtbot)
    ready.illustrator.choose_axes(AxesChoice("towards", "digits:3"))
    finish(ready, qtbot)
    assert "explore random" in engine.calls
    assert engine.calls[-1] == "explore towards digits:3"


def test_a_stopped_run_goes_on_with_its_own_votes_and_settings(ready, engine, qtbot):
    engine.pause = 0.01
    ready.runs.certify()
    qtbot.waitUntil(lambda: ready.runs.snapshot is not None)
    ready.runs.stop()
    qtbot.waitUntil(lambda: ready.runs.evidence is not None)
    stood = sum(ready.runs.evidence.votes.estimation)
    ready.form.set(CertifySettings(n=5))
    engine.pause = 0.0
    assert ready.runs.can_resume
    qtbot.waitUntil(lambda: ready.runs.can_resume)
    ready.runs.resume()
    firsts = []
    ready.runs.snapshot_changed.connect(lambda: firsts.append(ready.runs.snapshot.estimation.n))
    finish(ready, qtbot)
    assert not firsts or firsts[0] > stood
    assert ready.runs.evidence.complete
    assert ready.runs.evidence.settings.n == 100_000
    assert not ready.runs.can_resume


def test_an_anytime_run_is_extended(ready, qtbot):
    ready.form.set(CertifySettings(n=2000, bound="anytime"))
    ready.runs.certify()
    finish(ready, qtbot)
    assert ready.runs.can_extend
    ready.runs.extend(2000)
    assert ready.runs.evidence.settings.n == 2000
    ready.runs.extend(4000)
    finish(ready, qtbot)
    assert ready.runs.evidence.settings.n == 4000
    assert sum(ready.runs.evidence.votes.estimation) == 4000


def test_a_resumption_that_fails_leaves_the_result(ready, engine, qtbot, said):
    ready.form.set(CertifySettings(n=2000, bound="anytime"))
    ready.runs.certify()
    finish(ready, qtbot)
    before = ready.runs.evidence
    engine.fail["certify"] = UserError("These votes belong to another model.")
    ready.runs.extend(4000)
    qtbot.waitUntil(lambda: bool(said()))
    assert ready.runs.evidence is before


def test_what_was_asked_for_is_known_even_if_it_does_not_open(session, engine, qtbot, said):
    engine.fail["load_model"] = UserError("x.pth holds weights of no architecture known here.")
    session.loading.open_model(ModelRequest("x.pth"))
    qtbot.waitUntil(lambda: bool(said()))
    assert session.loading.asked == ModelRequest("x.pth")
    assert session.loading.request is None


@pytest.fixture
def unfinished(session, make, tmp_path, qtbot):
    """An open case with a run that was stopped; its row."""
    case = Case.create(tmp_path / f"a{SUFFIX}")
    stopped = make.evidence(CertifySettings(n=2000), 1000).model_copy(update={"chain": None})
    adopt(case, stopped, DEMO)
    session.case.open(case.path)
    qtbot.waitUntil(lambda: bool(session.case.listing.rows))
    (row,) = session.case.listing.rows
    assert row.resumable
    return row


def test_an_unfinished_run_opens_its_model_and_image_and_is_resumed(
    session, engine, unfinished, qtbot, monkeypatch
):
    """And nothing is fetched for them, which a stranger's case alone names."""
    may, load, read = [], engine.load_model, engine.open_input
    monkeypatch.setattr(engine, "load_model", lambda one: may.append(allowed("x")) or load(one))
    monkeypatch.setattr(engine, "open_input", lambda *a: may.append(allowed("x")) or read(*a))
    with qtbot.waitSignal(session.runs.began):
        session.runs.resume_recorded(unfinished)
    finish(session, qtbot)
    assert may == [False, False]
    assert "resume 1" in engine.calls
    assert session.loading.request == DEMO and session.loading.given.source == "digits:7"
    assert session.runs.evidence.settings.n == 2000
    assert session.runs._awaited is None


def test_without_its_image_an_unfinished_run_waits_no_longer(
    session, engine, unfinished, qtbot, said
):
    engine.fail["open_input"] = UserError("There is no file digits:7.")
    session.runs.resume_recorded(unfinished)
    qtbot.waitUntil(lambda: bool(said()))
    qtbot.waitUntil(lambda: not session.worker.busy())
    assert session.runs._awaited is None
    assert "resume 1" not in engine.calls


def test_no_other_run_is_resumed_while_votes_are_counted(ready, engine, unfinished, qtbot, said):
    engine.pause = 0.01
    ready.runs.certify()
    ready.runs.resume_recorded(unfinished)
    assert said() == ["Stop the current run (Esc) before you resume another run."]
    ready.runs.stop()
    finish(ready, qtbot)
