from __future__ import annotations

import threading
import time

import pytest

from engine.case import Case
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from engine.schemes import Gaussian
from gui.jobs.case_jobs import adopt
from gui.jobs.engine_jobs import AxesChoice
from gui.widgets.file_dialogs import SUFFIX

DEMO = ModelRequest("demo:digits-0.25")


@pytest.fixture
def ready(session, qtbot):
    session.open_model(DEMO)
    session.open_input("digits:7")
    qtbot.waitUntil(lambda: session.ready)
    return session


def finish(session, qtbot):
    qtbot.waitUntil(lambda: session.evidence is not None)
    qtbot.waitUntil(lambda: not session.worker.busy())


def test_model_and_image_in_either_order_make_it_ready(session, qtbot):
    assert not session.ready
    session.open_input("digits:7")
    qtbot.waitUntil(lambda: session.given is not None)
    assert not session.ready
    session.open_model(DEMO)
    qtbot.waitUntil(lambda: session.ready)
    assert session.clean_answer == 7
    assert session.fitted.identity.name == "digits:7"


def test_the_engine_never_works_in_the_ui_thread(ready, backend, qtbot):
    ready.certify()
    finish(ready, qtbot)
    assert threading.get_ident() not in backend.threads


def test_a_run_ends_in_evidence_and_images(ready, backend, qtbot):
    ready.certify()
    finish(ready, qtbot)
    assert ready.evidence.complete
    assert ready.images.slice.base.shape == (9, 9)
    assert ready.images.examples is not None
    assert backend.calls[-3:] == ["certify", "examples", "explore adversarial"]


def test_predict_takes_its_form(ready, backend, qtbot):
    ready.predict("two-sided")
    finish(ready, qtbot)
    assert "predict two-sided" in backend.calls


def test_stop_keeps_the_votes_and_marks_them_partial(ready, backend, qtbot):
    backend.pause = 0.01
    ready.certify()
    qtbot.waitUntil(lambda: ready.snapshot is not None)
    began = time.perf_counter()
    ready.stop()
    assert ready.stopping
    qtbot.waitUntil(lambda: ready.evidence is not None)
    assert time.perf_counter() - began < 0.2
    assert not ready.evidence.complete
    assert sum(ready.evidence.votes.estimation) >= 500


def test_the_result_keeps_its_own_settings(ready, qtbot):
    ready.certify()
    finish(ready, qtbot)
    assert ready.differences() == []
    ready.set_settings(CertifySettings(scheme=Gaussian(sigma=0.5), n=10))
    assert ready.differences() == ["sigma", "n"]
    assert ready.evidence.settings.n == 100_000


def test_settings_changed_during_a_run_do_not_reach_it(ready, backend, qtbot):
    backend.pause = 0.005
    ready.certify()
    ready.set_settings(CertifySettings(n=5))
    finish(ready, qtbot)
    assert ready.evidence.settings.n == 100_000


def test_another_image_clears_the_result(ready, qtbot):
    ready.certify()
    finish(ready, qtbot)
    ready.open_input("digits:3")
    qtbot.waitUntil(lambda: ready.given.source == "digits:3")
    assert ready.evidence is None
    assert ready.images.slice is None


def test_another_model_clears_the_result_and_unloads_the_old_one(ready, qtbot):
    ready.certify()
    finish(ready, qtbot)
    old = ready._classifier
    ready.open_model(ModelRequest("demo:digits-0.50"))
    qtbot.waitUntil(lambda: ready.model.name == "digits-0.50")
    assert old.unloaded
    assert ready.evidence is None


def test_a_model_that_cannot_be_opened_leaves_the_old_one(ready, backend, qtbot, said):
    backend.fail["load_model"] = UserError("bad.onnx is no model.")
    ready.open_model(ModelRequest("bad.onnx"))
    qtbot.waitUntil(lambda: bool(said()))
    assert said() == ["bad.onnx is no model."]
    assert ready.ready
    assert ready.model.name == "digits-0.25"


def test_a_failing_run_leaves_the_session_ready(ready, backend, qtbot, said):
    backend.fail["certify"] = UserError("The model gives no finite scores.")
    ready.certify()
    qtbot.waitUntil(lambda: bool(said()))
    assert said() == ["The model gives no finite scores."]
    assert ready.ready


def test_nothing_is_opened_while_votes_are_counted(ready, backend, qtbot, said):
    backend.pause = 0.01
    ready.certify()
    ready.open_model(DEMO)
    ready.open_input("digits:3")
    assert said() == [
        "A run is going; stop it (Esc) to open a model.",
        "A run is going; stop it (Esc) to open an input.",
    ]
    ready.stop()
    finish(ready, qtbot)


def test_a_new_run_does_not_wait_for_the_old_images(ready, backend, qtbot):
    ready.certify()
    qtbot.waitUntil(lambda: ready.evidence is not None)
    ready.certify()
    assert not ready.worker.busy("slice")
    finish(ready, qtbot)


def test_late_images_of_an_older_result_are_dropped(ready, qtbot):
    ready.certify()
    qtbot.waitUntil(lambda: ready.evidence is not None)
    ready.open_input("digits:3")
    qtbot.waitUntil(lambda: ready.ready and ready.given.source == "digits:3")
    qtbot.wait(150)
    assert ready.images.slice is None


def test_consent_is_asked_for_and_given(session, qtbot):
    asked = []
    session.trust_asked.connect(lambda error, request: asked.append((error, request)))
    session.open_model(ModelRequest("strange.pt2"))
    qtbot.waitUntil(lambda: bool(asked))
    assert asked[0][0].path == "strange.pt2"
    session.open_model(ModelRequest("strange.pt2", trust=True))
    qtbot.waitUntil(lambda: session.model is not None)


def test_a_folder_can_be_gone_through(session, qtbot):
    session.open_input("/some/folder")
    qtbot.waitUntil(lambda: session.given is not None)
    assert (session.position, len(session.specs)) == (0, 3)
    session.step_input(-1)
    qtbot.waitUntil(lambda: session.position == 2)
    session.step_input(1)
    qtbot.waitUntil(lambda: session.position == 0)


def test_warnings_before_a_run(session, backend, qtbot):
    backend.answer = 1
    session.open_model(DEMO)
    session.open_input("digits:7")
    qtbot.waitUntil(lambda: session.ready)
    session.set_settings(CertifySettings(scheme=Gaussian(sigma=0.5)))
    assert session.warnings() == (
        "The model was trained with sigma 0.25.",
        "Without noise the base model answers '1', but the label is '7': "
        "check normalisation and classes.",
    )


def test_the_command_line_is_there_before_the_engine(idle_session, make):
    assert idle_session.command_line() == ""
    idle_session.request = DEMO
    idle_session.given = make.image("digits:7")
    assert idle_session.command_line().startswith(
        "certiscope certify --model demo:digits-0.25 --input digits:7 --scheme gaussian"
    )


def test_wrong_settings_start_nothing(ready):
    ready.refuse_settings("sigma must be greater than 0 (it was -1.0).")
    assert not ready.ready
    ready.set_settings(CertifySettings())
    assert ready.ready


def test_export_writes_the_shown_result(ready, qtbot, tmp_path, said):
    ready.export("json", tmp_path / "no.json")  # nothing to write yet
    ready.certify()
    finish(ready, qtbot)
    ready.export("json", tmp_path / "a.json")
    qtbot.waitUntil(lambda: bool(said()))
    assert said() == [f"Wrote {tmp_path / 'a.json'}."]
    assert "radius" in (tmp_path / "a.json").read_text()


def test_a_full_disk_loses_nothing(ready, backend, qtbot, tmp_path, said):
    ready.certify()
    finish(ready, qtbot)
    backend.fail["export pdf"] = UserError("Cannot write a.pdf: the disk is full.")
    ready.export("pdf", tmp_path / "a.pdf")
    qtbot.waitUntil(lambda: bool(said()))
    assert said() == ["Cannot write a.pdf: the disk is full."]
    assert ready.evidence is not None


def test_preview_and_examination(ready, qtbot):
    ready.certify()
    finish(ready, qtbot)
    with qtbot.waitSignal(ready.preview_ready) as pages:
        ready.request_preview()
    assert len(pages.args[0]) == 2
    with qtbot.waitSignal(ready.examined):
        ready.request_examination()


def test_closing_keeps_the_votes_in_a_file(ready, backend, qtbot, tmp_path):
    backend.pause = 0.01
    ready.certify()
    qtbot.waitUntil(lambda: ready.snapshot is not None)
    assert ready.shutdown()
    kept = list(tmp_path.rglob("stopped-run.json"))
    assert len(kept) == 1
    assert '"complete":false' in kept[0].read_text()


def test_axes_can_be_chosen_after_a_run(ready, backend, qtbot):
    ready.images.choose_axes(AxesChoice("random"))
    ready.certify()
    finish(ready, qtbot)
    ready.images.choose_axes(AxesChoice("towards", "digits:3"))
    finish(ready, qtbot)
    assert "explore random" in backend.calls
    assert backend.calls[-1] == "explore towards digits:3"


def test_a_stopped_run_goes_on_with_its_own_votes_and_settings(ready, backend, qtbot):
    backend.pause = 0.01
    ready.certify()
    qtbot.waitUntil(lambda: ready.snapshot is not None)
    ready.stop()
    qtbot.waitUntil(lambda: ready.evidence is not None)
    stood = sum(ready.evidence.votes.estimation)
    ready.set_settings(CertifySettings(n=5))
    backend.pause = 0.0
    assert ready.can_go_on
    qtbot.waitUntil(lambda: ready.can_go_on)
    ready.go_on()
    firsts = []
    ready.snapshot_changed.connect(lambda: firsts.append(ready.snapshot.estimation.n))
    finish(ready, qtbot)
    assert not firsts or firsts[0] > stood
    assert ready.evidence.complete
    assert ready.evidence.settings.n == 100_000
    assert not ready.can_go_on


def test_an_anytime_run_is_extended(ready, qtbot):
    ready.set_settings(CertifySettings(n=2000, bound="anytime"))
    ready.certify()
    finish(ready, qtbot)
    assert ready.can_extend
    ready.extend(2000)
    assert ready.evidence.settings.n == 2000
    ready.extend(4000)
    finish(ready, qtbot)
    assert ready.evidence.settings.n == 4000
    assert sum(ready.evidence.votes.estimation) == 4000


def test_a_resumption_that_fails_leaves_the_result(ready, backend, qtbot, said):
    ready.set_settings(CertifySettings(n=2000, bound="anytime"))
    ready.certify()
    finish(ready, qtbot)
    before = ready.evidence
    backend.fail["certify"] = UserError("These votes belong to another model.")
    ready.extend(4000)
    qtbot.waitUntil(lambda: bool(said()))
    assert ready.evidence is before


def test_normalisations_are_measured_on_the_open_images(session, qtbot, make):
    session.open_model(ModelRequest("x.pth"))
    session.open_input("some/folder")
    qtbot.waitUntil(lambda: session.ready)
    assert session.has_labelled_images
    with qtbot.waitSignal(session.normalizations_compared) as compared:
        session.compare_normalizations()
    assert compared.args[0].images == 3
    with qtbot.waitSignal(session.architectures_found) as found:
        session.find_architectures()
    assert "resnet50" in found.args[0]


def test_what_was_asked_for_is_known_even_if_it_does_not_open(session, backend, qtbot, said):
    backend.fail["load_model"] = UserError("x.pth holds weights of no architecture known here.")
    session.open_model(ModelRequest("x.pth"))
    qtbot.waitUntil(lambda: bool(said()))
    assert session.asked == ModelRequest("x.pth")
    assert session.request is None


@pytest.fixture
def unfinished(session, make, tmp_path, qtbot):
    """An open case with a run that was stopped; its row."""
    case = Case.create(tmp_path / f"a{SUFFIX}")
    stopped = make.evidence(CertifySettings(n=2000), 1000).model_copy(update={"chain": None})
    adopt(case, stopped, DEMO)
    session.casebook.open(case.path)
    qtbot.waitUntil(lambda: bool(session.casebook.listing.rows))
    (row,) = session.casebook.listing.rows
    assert row.resumable
    return row


def test_an_unfinished_run_opens_its_model_and_image_and_goes_on(
    session, backend, unfinished, qtbot
):
    with qtbot.waitSignal(session.resumed):
        session.resume_run(unfinished)
    finish(session, qtbot)
    assert "resume 1" in backend.calls
    assert session.request == DEMO and session.given.source == "digits:7"
    assert session.evidence.settings.n == 2000
    assert session.casebook.awaited is None


def test_without_its_image_an_unfinished_run_waits_no_longer(
    session, backend, unfinished, qtbot, said
):
    backend.fail["open_input"] = UserError("There is no file digits:7.")
    session.resume_run(unfinished)
    qtbot.waitUntil(lambda: bool(said()))
    qtbot.waitUntil(lambda: not session.worker.busy())
    assert session.casebook.awaited is None
    assert "resume 1" not in backend.calls


def test_no_other_run_is_gone_on_with_while_one_is_going(ready, backend, unfinished, qtbot, said):
    backend.pause = 0.01
    ready.certify()
    ready.resume_run(unfinished)
    assert said() == ["A run is going; stop it (Esc) to go on with another run."]
    ready.stop()
    finish(ready, qtbot)
