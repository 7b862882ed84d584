from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QPushButton

from engine.case import Case
from engine.case.merging import adopt
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, PredictSettings
from engine.models.request import ModelRequest
from engine.verify import sound
from gui.shell.opening import file_name
from gui.widgets.file_dialogs import SUFFIX

PREDICTED = {"procedure": "predict", "chain": None, "settings": PredictSettings(n=1000)}


@pytest.fixture
def path(tmp_path, make, monkeypatch):
    monkeypatch.setattr(sound, "unsound", lambda evidence: [])  # its statement is made up
    case = Case.create(tmp_path / f"audit{SUFFIX}")
    evidence = make.evidence(CertifySettings(n=1000))
    predicted = evidence.model_copy(update=PREDICTED)
    adopt(case, predicted, ModelRequest("demo:digits-0.25"))
    return case.path


def opened(window, qtbot):
    qtbot.waitUntil(lambda: window.pages.runs.first.evidence is not None)
    assert window.pages.currentWidget() is window.pages.runs


def test_a_case_is_opened_by_its_path(window, path, qtbot):
    assert not window.commands["runs"].isEnabled()
    window.opening.open_path(path)
    opened(window, qtbot)
    assert window.windowTitle() == "audit - Certiscope"
    assert window.commands["runs"].isEnabled()
    assert not window.left.isVisible()
    window.pages.show_explore()
    assert window.left.isVisible()


def test_a_case_is_dropped(window, path, qtbot):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    place = QPointF(window.rect().center())
    keys = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(place, action, mime, button, keys))
    opened(window, qtbot)


def test_an_image_that_is_in_no_file_is_dropped_and_an_address_is_declined(loaded, qtbot):
    mime, image = QMimeData(), QImage(8, 8, QImage.Format.Format_Grayscale8)
    image.fill(90)
    mime.setImageData(image)
    mime.setUrls([QUrl("https://example.org/seven.png")])
    loaded.opening.open_dropped(mime)
    qtbot.waitUntil(lambda: loaded.session.loading.given.source.endswith(".png"))
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/seven.png")])
    loaded.opening.open_dropped(mime)
    said = [notice.sentence for notice in loaded.notices.notices]
    assert "Only files of this machine can be dropped; save this one first." in said


def test_an_image_for_which_there_is_no_room_is_said(loaded, monkeypatch, tmp_path):
    (tmp_path / "pasted").write_text("no folder", encoding="utf-8")
    monkeypatch.setattr("gui.shell.opening.data_folder", lambda: tmp_path)
    mime, image = QMimeData(), QImage(8, 8, QImage.Format.Format_RGB888)
    image.fill(90)
    mime.setImageData(image)
    given = loaded.session.loading.given
    loaded.opening.open_dropped(mime)
    said = [notice.sentence for notice in loaded.notices.notices]
    assert any(one.startswith("Cannot write ") and "pasted-" in one for one in said)
    assert loaded.session.loading.given is given


def test_cases_are_asked_for_without_a_modal_loop(window, qtbot, tmp_path):
    window.commands["new-case"].trigger()
    dialog = window.asker.current
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(tmp_path / f"new{SUFFIX}"))
    dialog.close()
    qtbot.waitUntil(lambda: window.session.case.title == "new")
    window.commands["open-case"].trigger()
    assert window.asker.current is not dialog
    window.asker.current.close()


def test_the_shown_run_is_saved_as_a_case(loaded, make, qtbot, tmp_path):
    assert not loaded.commands["save-case"].isEnabled()
    shown = make.evidence(CertifySettings(n=1000))
    loaded.session.runs.evidence = shown.model_copy(update=PREDICTED)
    loaded.session.runs.evidence_changed.emit()
    loaded.commands["save-case"].trigger()
    loaded.asker.current.fileSelected.emit(str(tmp_path / f"kept{SUFFIX}"))
    loaded.asker.current.close()
    opened(loaded, qtbot)
    assert loaded.session.case.title == "kept"


def test_a_recorded_run_is_saved_as_a_file(window, path, qtbot, tmp_path):
    window.opening.open_path(path)
    opened(window, qtbot)
    window.pages.runs.first.json.click()
    assert window.asker.current.selectedFiles()[0].endswith("predict-digits-7.json")
    window.asker.current.fileSelected.emit(str(tmp_path / "x.json"))
    window.asker.current.close()
    qtbot.waitUntil(lambda: (tmp_path / "x.json").exists())


def test_names_of_files_hold_no_odd_characters(make):
    evidence = make.evidence(CertifySettings(), source="folder/an image?.png")
    assert file_name(evidence, "pdf") == "certify-an-image-.png.pdf"


def test_a_report_that_is_dropped_is_verified(window, qtbot, make, tmp_path):
    from engine.report.json import write_json

    path = tmp_path / "e.json"
    write_json(make.evidence(CertifySettings(n=1000)), path)
    window.opening.open_path(path)
    qtbot.waitUntil(lambda: window.pages.verify.model.rowCount() > 0)
    assert window.pages.currentWidget() is window.pages.verify
    assert window.pages.verify.record.evidence.votes == make.evidence(CertifySettings(n=1000)).votes
    # its chain is made up, and that is found
    assert "checks failed" in window.pages.verify.summary.text()


def test_what_to_verify_is_asked_without_a_modal_loop(window):
    window.commands["verify"].trigger()
    assert window.asker.current.isVisible()
    window.asker.current.close()


def test_a_plan_is_put_into_the_form(window, qtbot):
    window.commands["plan"].trigger()
    assert window.pages.currentWidget() is window.pages.planner
    assert window.left.isVisible()
    window.pages.planner.wanted.emit(12_345, "")
    window.pages.planner.wanted.emit(0, "radius=0.25")
    settings = window.session.form.settings
    assert (settings.n, settings.target) == (12_345, "radius=0.25")


def test_votes_are_opened_by_their_path_and_saved(window, qtbot, tmp_path):
    votes = tmp_path / "v.csv"
    votes.write_text("idx,label,n0_0,n0_1,n_0,n_1\na,0,9,1,990,10\n")
    window.opening.open_path(votes)
    window.pages.votes.agree.click()  # to how they were drawn
    qtbot.waitUntil(lambda: window.pages.votes.result is not None)
    assert window.pages.currentWidget() is window.pages.votes
    assert window.left.isVisible() and not window.statement.isVisible()
    window.pages.votes.json.click()
    assert window.asker.current.selectedFiles()[0].endswith("v-certified.json")
    window.asker.current.fileSelected.emit(str(tmp_path / "r.json"))
    window.asker.current.close()
    qtbot.waitUntil(lambda: (tmp_path / "r.json").exists())


def test_votes_are_asked_for_without_a_modal_loop(window):
    window.commands["open-votes"].trigger()
    assert window.asker.current.isVisible()
    window.asker.current.close()


def test_several_inputs_are_asked_about_and_become_a_set(loaded, qtbot, tmp_path):
    paths = [tmp_path / f"{name}.png" for name in "abc"]
    model = tmp_path / "m.onnx"
    loaded.opening.open_paths([*paths, model])
    question = loaded.notices.front
    assert question.sentence == "3 inputs were given, and one is certified at a time."
    row = question.buttons
    titles = {row.itemAt(at).widget().text(): row.itemAt(at).widget() for at in range(row.count())}
    titles["Open as a &set"].click()
    loading = loaded.session.loading
    qtbot.waitUntil(lambda: loading.given.source == str(paths[0]))
    assert loading.specs == [str(path) for path in paths]
    qtbot.waitUntil(lambda: loaded.session.runs.ready)
    assert loading.request.spec == str(model)
    loading.step_input(1)
    qtbot.waitUntil(lambda: loading.given.source == str(paths[1]))
    assert len(loading.specs) == 3


@pytest.mark.parametrize("page", ["welcome", "keys", "help", "playground", "doctor"])
def test_a_page_that_shows_nothing_of_an_opened_file_is_left(loaded, tmp_path, page):
    """The first page says nothing of the open model: whoever dropped one there saw no change."""
    pages = loaded.pages
    for given in (
        [tmp_path / "m.onnx"],
        [tmp_path / "a.png"],
        [tmp_path / "a.png", tmp_path / "b"],
    ):
        loaded.commands[page].trigger()
        assert pages.currentWidget() is not pages.explore
        loaded.opening.open_paths(given)
        assert pages.currentWidget() is pages.explore


def test_a_page_that_takes_the_open_model_or_was_asked_for_stays(loaded, tmp_path):
    loaded.pages.show_page(loaded.pages.tradeoff)
    loaded.opening.open_paths([tmp_path / "a.png"])
    assert loaded.pages.currentWidget() is loaded.pages.tradeoff
    log = tmp_path / "log"
    log.write_text("idx\tlabel\tpredict\tradius\tcorrect\ttime\n0\t7\t7\t0.5\t1\t0:00:01\n")
    loaded.opening.open_paths([log, tmp_path / "a.png"])
    assert loaded.pages.currentWidget() is loaded.pages.logs


def test_a_question_about_several_inputs_is_about_the_last_that_were_given(loaded, qtbot, tmp_path):
    """As many others ask the same words: the answer opened those that were given before."""
    earlier, later = ([tmp_path / f"{name}.png" for name in names] for names in ("abc", "def"))
    loaded.opening.open_paths(earlier)
    loaded.opening.open_paths(later)
    row = loaded.notices.front.buttons
    titles = {row.itemAt(at).widget().text(): row.itemAt(at).widget() for at in range(row.count())}
    titles["Open as a &set"].click()
    loading = loaded.session.loading
    qtbot.waitUntil(lambda: loading.given.source == str(later[0]))
    assert loading.specs == [str(path) for path in later]
    loaded.opening.open_paths(earlier)
    loaded.opening.open_paths(later[1:2])
    assert [notice.sentence for notice in loaded.notices.notices if notice.kind == "question"] == []


def test_a_second_model_is_not_left_out_in_silence(loaded, qtbot, tmp_path):
    loading, sentence = loaded.session.loading, "Only m.onnx was opened, the first of 2 models."

    def said():
        return sentence in [notice.sentence for notice in loaded.notices.notices]

    loaded.opening.open_paths([tmp_path / "m.onnx", tmp_path / "n.onnx"])
    assert said()
    qtbot.waitUntil(lambda: loading.request.spec.endswith("m.onnx") and loaded.session.runs.ready)
    assert said(), "warnings before a run came in its place"
    loaded.opening.open_paths([tmp_path / "n.onnx"])
    assert not said()


def test_a_shipped_model_is_no_input(loaded, qtbot):
    loading = loaded.session.loading
    loaded.opening.open_paths([Path("demo:digits-0.50"), Path("digits:5")])
    assert loaded.notices.front is None, "nothing is asked about two inputs"
    qtbot.waitUntil(lambda: loading.given.source == "digits:5" and not loading.busy)
    assert loading.request.spec == "demo:digits-0.50"


def test_logs_that_another_page_hides_are_told_of(window, tmp_path, qtbot):
    log, report = tmp_path / "log.csv", tmp_path / "report.json"
    log.write_text("idx\tlabel\tpredict\tradius\tcorrect\ttime\n0\t1\t1\t0.5\t1\t1\n")
    report.write_text("{}")
    window.opening.open_paths([log])
    assert window.notices.front is None, "nothing hides it"
    window.opening.open_paths([log, report])
    assert window.pages.currentWidget() is window.pages.verify
    notice = window.notices.front
    assert notice.sentence == "log.csv is open too, on the page Logs."
    show = next(b for b in notice.findChildren(QPushButton) if b.text() == "Show &logs")
    show.click()
    assert window.pages.currentWidget() is window.pages.logs
    qtbot.waitUntil(lambda: not window.session.worker.busy())


def test_logs_go_to_their_page_and_votes_to_theirs(window, tmp_path, qtbot):
    """Both tables begin with idx; what else they name tells them apart. All logs are opened."""
    rows = "\n0\t1\t1\t0.5\t1\t1\n"
    logs = [tmp_path / "sigma_0.25", tmp_path / "b.csv"]
    for path in logs:
        path.write_text("idx\tlabel\tpredict\tradius\tcorrect\ttime" + rows)
    votes = tmp_path / "votes.csv"
    votes.write_text("idx,label,n0_0,n0_1,n_0,n_1\na,0,9,1,990,10\n")
    window.opening.open_paths([*logs, votes])
    qtbot.waitUntil(lambda: window.pages.logs.shown is not None)
    assert window.pages.logs.paths == tuple(logs) and window.pages.votes.path == votes
    assert window.session.loading.given is None


@pytest.fixture
def asked(loaded, make, qtbot):
    """A window whose shown result is to be saved as JSON: the dialog is open."""
    first = make.evidence(CertifySettings(n=1000)).model_copy(update={"run_id": "first"})
    loaded.session.runs._take(first)
    loaded.opening.save_shown("json")
    return loaded, loaded.asker.current


def written(window, dialog, path, qtbot):
    with qtbot.waitSignal(window.session.exports.exported):
        dialog.fileSelected.emit(str(path))
    dialog.close()
    return Evidence.model_validate_json(path.read_text())


def test_what_a_dialog_was_opened_for_is_written_though_another_input_came(asked, qtbot, tmp_path):
    window, dialog = asked
    window.session.loading.open_input("digits:3")
    qtbot.waitUntil(lambda: window.session.runs.evidence is None)
    assert written(window, dialog, tmp_path / "a.json", qtbot).run_id == "first"


def test_it_is_never_another_run_and_has_what_was_added_to_its_own(asked, make, qtbot, tmp_path):
    window, dialog = asked
    runs = window.session.runs
    runs._take(make.evidence(CertifySettings(n=2000)).model_copy(update={"run_id": "second"}))
    assert written(window, dialog, tmp_path / "a.json", qtbot).run_id == "first"
    window.opening.save_shown("json")
    dialog, shown = window.asker.current, runs.evidence
    runs.replace(shown, shown.model_copy(update={"statement": "labelled"}))
    assert written(window, dialog, tmp_path / "b.json", qtbot).statement == "labelled"


def test_the_case_is_saved_that_was_open_when_it_was_asked_for(window, make, qtbot, tmp_path):
    cases = [Case.create(tmp_path / f"{name}.certiscope") for name in ("first", "second")]
    for case, source in zip(cases, ("digits:7", "digits:3"), strict=True):
        evidence = make.evidence(CertifySettings(n=1000), source=source)
        adopt(case, evidence.model_copy(update={"chain": None}), ModelRequest("demo:digits-0.25"))
    book = window.session.case
    book.open(cases[0].path)
    qtbot.waitUntil(lambda: len(book.listing.rows) == 1)
    window.opening.ask_where_to_save_case()
    dialog = window.asker.current
    book.open(cases[1].path)
    qtbot.waitUntil(lambda: book.title == "second" and len(book.listing.rows) == 1)
    copy = tmp_path / "copy.certiscope"
    dialog.fileSelected.emit(str(copy))
    dialog.close()
    said = window.notices.notices
    qtbot.waitUntil(lambda: f"Saved {copy}." in [notice.sentence for notice in said])
    assert [row.input.name for row in Case.open(copy).runs()] == ["digits:7"]
    assert book.title == "second"  # which somebody opened since
