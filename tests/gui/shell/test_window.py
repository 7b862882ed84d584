from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QWidget

from engine.case import Case
from engine.case.merging import adopt
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from engine.schemes import Gaussian, HierarchicalGaussian
from engine.verify import Claim, VerificationReport
from gui.jobs.document_jobs import Checked
from gui.setup.column import WIDTH as LEFT_WIDTH
from gui.shell.window import RIGHT_WIDTH
from gui.style.theme import THEMES, current
from gui.widgets.body import Body
from gui.widgets.file_dialogs import SUFFIX


def sentences(window):
    return [notice.sentence for notice in window.notices.notices]


def run(window, qtbot):
    window.session.runs.certify()
    qtbot.waitUntil(lambda: window.session.runs.evidence is not None)
    qtbot.waitUntil(lambda: not window.session.worker.busy())


def drop(window, *paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place, keys, none = window.rect().center(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    action = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place, action, mime, keys, none.NoModifier)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(place), action, mime, keys, none.NoModifier))


def test_a_person_certifies_and_stops_with_the_keyboard(loaded, engine, qtbot):
    engine.pause = 0.01
    window = loaded
    window.activateWindow()
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.runs.snapshot is not None)
    assert not window.commands["certify"].isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.session.runs.evidence is not None, timeout=1000)
    assert window.statement.outcome.text() == "CERTIFIED · PARTIAL"
    assert "(partial)" in window.progress.numbers.text()


def test_a_finished_run_shows_everywhere(loaded, qtbot):
    window = loaded
    run(window, qtbot)
    assert window.statement.headline.text().startswith("R = 0.5")
    assert window.pages.explore.votes.figure.n_estimation == 100_000
    assert window.pages.explore.bounds.figure.points[-1].n == 100_000
    assert window.pages.explore.region.figure is not None
    assert window.pages.explore.examples.figure is not None
    assert window.commands["export-pdf"].isEnabled()


def test_a_changed_form_marks_the_shown_result(loaded, qtbot):
    run(loaded, qtbot)
    loaded.left.settings.fields["sigma"].editor.setText("0.3")
    assert loaded.statement.earlier.text() == "Of earlier settings: sigma changed in the form."
    assert ("noise", "Gaussian, sigma 0.25 (pixels in [0,1])") in loaded.statement._rows


def test_a_wrong_value_disables_certify(loaded):
    field = loaded.left.settings.fields["sigma"].editor
    field.setText("-1")
    assert not loaded.commands["certify"].isEnabled()
    field.setText("0.25")
    assert loaded.commands["certify"].isEnabled()


def test_dropped_files_find_their_place(window, engine, qtbot, tmp_path):
    model, image = tmp_path / "m.onnx", tmp_path / "p.png"
    drop(window, model, image)
    qtbot.waitUntil(lambda: window.session.runs.ready)
    assert window.session.loading.request.spec == str(model)
    assert window.session.loading.given.source == str(image)


def test_a_dropped_file_is_copied_and_never_moved(window, tmp_path):
    """A file manager that offers to move files takes away what was said to be moved."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "model.safetensors"))])
    place, keys, none = window.rect().center(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    offered, proposed = (
        Qt.DropAction.MoveAction | Qt.DropAction.CopyAction,
        Qt.DropAction.MoveAction,
    )
    for happens, kind, at in (
        (window.dragEnterEvent, QDragEnterEvent, place),
        (window.dragMoveEvent, QDragMoveEvent, place),
        (window.dropEvent, QDropEvent, QPointF(place)),
    ):
        event = kind(at, offered, mime, keys, none.NoModifier)
        event.setDropAction(proposed)
        event.ignore()
        happens(event)
        assert event.isAccepted() and event.dropAction() == Qt.DropAction.CopyAction


def test_a_dropped_model_folder_is_a_model(window, qtbot, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    drop(window, tmp_path)
    qtbot.waitUntil(lambda: window.session.loading.request is not None)
    assert window.session.loading.request.spec == str(tmp_path)


def test_errors_are_sentences_in_the_window(window, engine, qtbot):
    engine.fail["load_model"] = UserError("x.pth holds code; export it as safetensors.")
    window.opening.open_path(Path("x.pth"))
    qtbot.waitUntil(lambda: bool(window.notices.notices))
    assert sentences(window) == ["x.pth holds code; export it as safetensors."]
    assert QApplication.activeModalWidget() is None


def test_an_unexpected_error_is_a_sentence_too(window, engine, qtbot):
    engine.fail["open_input"] = RuntimeError("boom")
    window.opening.open_path(Path("x.png"))
    qtbot.waitUntil(lambda: bool(window.notices.notices))
    assert sentences(window)[0].startswith("Something unexpected happened while opening x.png;")
    assert "Traceback" not in sentences(window)[0]


def test_certify_asked_for_while_the_model_loads_is_done_when_it_is_there(window, qtbot):
    assert not window.commands["certify"].isEnabled()
    window.session.loading.open_model(ModelRequest("demo:digits-0.25"))
    window.session.loading.open_input("digits:7")
    assert window.commands["certify"].isEnabled()
    window.commands["certify"].trigger()
    qtbot.waitUntil(lambda: window.session.runs.evidence is not None, timeout=20_000)


def test_consent_is_asked_in_the_window(window, qtbot):
    window.session.loading.open_model(ModelRequest("strange.pt2"))
    qtbot.waitUntil(lambda: bool(window.notices.notices))
    notice = window.notices.notices[0]
    assert notice.kind == "question"
    assert "can run code" in notice.sentence
    assert QApplication.activeModalWidget() is None


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_dresses_the_window(window, name):
    window.commands[f"theme-{name}"].trigger()
    assert current().name == name
    assert window.session.preferences.theme == name
    assert window.grab().toImage().pixelColor(3, window.height() - 3).name() in {
        current().surface.lower(),
        current().window.lower(),
    }


def test_talk_mode_leaves_the_plots_in_large_type(loaded):
    seen = loaded.pages.explore.region
    small = seen.title.fontInfo().pointSizeF()
    loaded.commands["talk"].trigger()
    assert not loaded.left.isVisible()
    assert not loaded.statement.isVisible()
    assert seen.title.fontInfo().pointSizeF() > 1.15 * small  # on a stage of 800 by 800
    others = (loaded.pages.explore.votes, loaded.left, loaded.statement, loaded.top)
    assert seen.styleSheet() not in {one.styleSheet() for one in others}  # these wait in the wings
    loaded.commands["talk"].trigger()
    assert loaded.left.isVisible()


def test_small_and_large_windows_scroll_in_their_columns_alone(loaded):
    (body,) = loaded.findChildren(Body)
    for size in ((960, 540), (1024, 768), (1280, 720), (2560, 1440)):
        loaded.resize(*size)
        QApplication.processEvents()
        assert loaded.size().toTuple() == size
        assert body.verticalScrollBar().maximum() == body.horizontalScrollBar().maximum() == 0
        seen = [plot for plot in loaded.pages.explore.plots if plot.isVisible()]
        assert loaded.pages.explore.region in seen
        assert all(plot.width() >= 220 and plot.height() >= 200 for plot in seen)
    assert len(seen) == 4 and loaded.left.width() > LEFT_WIDTH
    assert loaded.statement.width() > RIGHT_WIDTH
    body.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # as for a high page
    assert body.verticalScrollBar().styleSheet() == loaded.left.styleSheet() != ""


def test_pages_of_two_halves_need_not_scroll_on_full_hd_at_200_percent(loaded, make, tmp_path):
    body, pages = loaded.body, loaded.pages
    loaded.resize(960, 540)
    claims = (Claim(name="votes add up", verdict="holds", detail=""),)
    notes = ("What no check covers is said in a few lines of small type. " * 6,)
    report = VerificationReport(file="x.json", kind="JSON", claims=claims, notes=notes)
    evidence = make.evidence(CertifySettings(n=1000))
    pages.verify.show_checked(Checked(tmp_path / "x.json", report, evidence))
    pages.runs.first.show_evidence(evidence, "Run 1")
    for page in (pages.verify, pages.runs, pages.audit, pages.votes, pages.training):
        pages.show_page(page)
        for place in (0, 1):
            page.halves.choose(place)
            QApplication.processEvents()
            assert page.halves.alone == place
            assert body.verticalScrollBar().maximum() == 0, (page.title.text(), place)
    pages.keys.owner.setText("Ada Example")
    pages.tradeoff.intervals.setText("Shares of few inputs have wide intervals. " * 3)
    for page in (pages.keys, pages.tradeoff, pages.planner, pages.logs, pages.labels, pages.help):
        pages.show_page(page)
        QApplication.processEvents()
        assert body.verticalScrollBar().maximum() == 0, page.title.text()


def test_check_boxes_are_as_wide_as_their_words(loaded):
    """A click beside them toggles nothing, so that neither pointer nor focus go there."""
    for page in (loaded.pages.keys, loaded.pages.pruning):
        loaded.pages.show_page(page)
        QApplication.processEvents()
        seen = [box for box in page.findChildren(QCheckBox) if box.isVisible()]
        assert seen and all(box.width() <= box.sizeHint().width() for box in seen)


def test_drop_downs_show_their_rows_whole(loaded):
    fields = loaded.left.settings.fields
    for box in (
        loaded.left.attacker.box,
        loaded.pages.explore.axes.kind,
        fields["bound"].editor,
    ):
        box.showPopup()
        QApplication.processEvents()
        rows, model = box.view(), box.model()
        last = model.index(model.rowCount() - 1, 0)
        if rows.verticalScrollBar().maximum():  # more than fit on the screen
            assert rows.window().height() > 0.9 * rows.screen().availableGeometry().height()
            rows.scrollTo(last)
        assert 0 < rows.visualRect(last).bottom() < rows.viewport().height()
        box.hidePopup()


def test_pages_come_and_go(loaded, qtbot):
    run(loaded, qtbot)
    loaded.commands["preview"].trigger()
    qtbot.waitUntil(lambda: len(loaded.pages.preview.pages) == 2)
    assert loaded.pages.currentWidget() is loaded.pages.preview
    qtbot.keyClick(loaded.pages.preview, Qt.Key.Key_Escape)
    assert loaded.pages.currentWidget() is loaded.pages.explore
    loaded.commands["doctor"].trigger()
    qtbot.waitUntil(lambda: "python 3" in loaded.pages.doctor.text.toPlainText())


def test_the_gallery_opens_its_image(loaded, qtbot):
    loaded.commands["gallery"].trigger()
    qtbot.waitUntil(lambda: "Digits" in loaded.pages.gallery.lists)
    digits = loaded.pages.gallery.lists["Digits"]
    qtbot.keyClick(digits, Qt.Key.Key_Right)
    qtbot.keyClick(digits, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: loaded.session.loading.given.source.startswith("digits:"))
    assert loaded.pages.currentWidget() is loaded.pages.explore


def test_an_image_is_pasted(loaded, qtbot):
    image = QImage(8, 8, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    loaded.commands["paste"].trigger()
    qtbot.waitUntil(lambda: "pasted-" in loaded.session.loading.given.source)
    assert Path(loaded.session.loading.given.source).is_file()


def test_an_empty_clipboard_is_said(loaded):
    QGuiApplication.clipboard().clear()
    loaded.opening.paste_image()
    assert "There is no image in the clipboard." in sentences(loaded)


def test_the_command_line_is_copied(loaded):
    loaded.commands["copy-command"].trigger()
    assert QGuiApplication.clipboard().text() == loaded.session.runs.command_line()


def test_export_asks_without_a_modal_loop(loaded, qtbot, tmp_path):
    run(loaded, qtbot)
    loaded.commands["export-json"].trigger()
    dialog = loaded.asker.current
    assert dialog.isVisible()
    assert dialog.selectedFiles()[0].endswith("certify-digits-7.json")
    dialog.fileSelected.emit(str(tmp_path / "x.json"))
    qtbot.waitUntil(lambda: (tmp_path / "x.json").exists())
    dialog.close()


def test_a_result_is_saved_for_slides_as_its_ending_says(loaded, qtbot, tmp_path):
    run(loaded, qtbot)
    loaded.commands["export-slides"].trigger()
    dialog = loaded.asker.current
    assert dialog.selectedFiles()[0].endswith("certify-digits-7.gif")
    assert any("*.html" in name for name in dialog.nameFilters())
    dialog.fileSelected.emit(str(tmp_path / "x.html"))
    qtbot.waitUntil(lambda: (tmp_path / "x.html").exists())
    dialog.close()


def test_closing_during_a_run_asks_inside_the_window(loaded, engine, qtbot, tmp_path):
    engine.pause = 0.01
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.snapshot is not None)
    loaded.close()
    assert loaded.isVisible()
    assert loaded.notices.notices[-1].kind == "question"
    assert QApplication.activeModalWidget() is None
    loaded.leave()
    assert not loaded.isVisible()
    assert list(tmp_path.rglob("stopped-run.json"))


def test_closing_twice_asks_once(loaded, engine, qtbot):
    engine.pause = 0.01
    loaded.session.runs.certify()
    loaded.close()
    loaded.close()
    assert len([n for n in loaded.notices.notices if n.kind == "question"]) == 1
    loaded.session.runs.stop()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)


def test_state_is_restored(loaded, preferences, engine):
    from gui.controllers.session import Session
    from gui.shell.window import Window

    loaded.appearance.set_theme("dark")
    loaded.resize(1111, 777)
    QApplication.processEvents()
    loaded.columns.moveSplitter(400, 1)
    dragged = loaded.columns.sizes()
    loaded.close()
    again = Window(Session(engine=engine, preferences=preferences))
    # the offscreen screen is 800 wide, and Qt keeps a restored window on its screen
    assert preferences.state("geometry") is not None
    again.resize(1111, 777)
    again.show()
    QApplication.processEvents()
    assert again.columns.sizes() == dragged
    assert again.commands["theme-dark"].isChecked()
    again.leave()
    again.deleteLater()
    assert preferences.recent("models") == ["demo:digits-0.25"]


def test_a_window_that_does_not_remember_leaves_the_state_of_others_alone(loaded, preferences):
    from gui.controllers.session import Session
    from gui.shell.geometry import FIRST_SIZE
    from gui.shell.window import Window

    loaded.resize(640, 700)
    QApplication.processEvents()
    loaded.columns.moveSplitter(loaded.columns.sizes()[0] + 20, 1)
    loaded.close()
    saved = preferences.state("geometry"), preferences.state("shares")
    assert None not in saved
    shown = Window(Session(preferences=preferences), remembers=False)
    assert shown.size().toTuple() == FIRST_SIZE
    shown.leave()
    shown.deleteLater()
    assert (preferences.state("geometry"), preferences.state("shares")) == saved


@pytest.mark.parametrize("size", [(1280, 800), (800, 600)])
def test_notices_do_not_push_the_window_taller(window, size):
    window.resize(*size)
    QApplication.processEvents()
    assert window.size().toTuple() == size
    for number in range(9):
        window.notices.show_notice("error", f"Sentence {number} of several plain words. " * 9)
    window.notices.more.click()
    QApplication.processEvents()
    assert window.size().toTuple() == size
    assert window.notices.height() <= size[1] // 4
    assert window.minimumSizeHint().height() < 600


@pytest.mark.walk
@pytest.mark.parametrize("page", ["explore", "preview", "gallery", "doctor", "planner", "runs",
                                  "verify", "tradeoff", "votes", "labels"])  # fmt: skip
def test_every_page_leaves_the_window_its_size(loaded, qtbot, page):
    loaded.resize(800, 600)
    loaded.pages.show_page(getattr(loaded.pages, page))
    QApplication.processEvents()
    assert loaded.size().toTuple() == (800, 600)


def test_warnings_stand_before_a_run(window, engine, qtbot):
    engine.answer = 1
    window.session.loading.open_model(ModelRequest("demo:digits-0.25"))
    window.session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: window.session.runs.ready)
    assert any("Without noise the base model predicts '1'" in text for text in sentences(window))
    window.left.settings.fields["sigma"].editor.setText("0.5")
    assert "The model was trained with sigma 0.25." in sentences(window)
    window.left.settings.fields["sigma"].editor.setText("0.25")
    assert "The model was trained with sigma 0.25." not in sentences(window)


@pytest.mark.walk
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_no_control_is_clipped(loaded, qtbot, size):
    run(loaded, qtbot)
    loaded.resize(*size)
    QApplication.processEvents()
    inside = loaded.left.settings.parentWidget()
    viewport = inside.parentWidget()
    assert inside.width() <= viewport.width()
    for label in loaded.left.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_everything_that_takes_the_keyboard_has_a_name(loaded):
    nameless = [
        type(widget).__name__
        for widget in loaded.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", lambda: "")())
        and type(widget).__name__ not in {"QScrollArea", "QSplitterHandle", "QMenuBar"}
    ]
    assert not nameless


def test_tab_goes_from_the_left_to_the_right(loaded, qtbot):
    run(loaded, qtbot)
    loaded.left.attacker.chosen.emit(HierarchicalGaussian)  # another form, made later
    QApplication.processEvents()
    loaded.activateWindow()
    loaded.left.attacker.box.setFocus()
    named = []
    while len(named) < 40 and "Statement" not in named:
        focus = QApplication.focusWidget()
        named.append(focus.accessibleName())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    wanted = ["Smoothing scheme", "p", "sigma", "n0", "n", "alpha", "bound", "More settings",
              "Copy command line", "Votes", "What may be claimed, over n"]  # fmt: skip
    assert [name for name in named if name in wanted] == wanted, named


def test_the_advice_of_an_abstention_is_a_button(loaded, engine, qtbot):
    panel, runs = loaded.statement, loaded.session.runs
    assert not panel.longer.isVisible()
    engine.share = 0.5
    loaded.session.form.set(CertifySettings(n=2000, bound="live"))
    run(loaded, qtbot)
    assert runs.evidence.abstention.n_needed == 5000 and not panel.longer.isVisible()
    loaded.session.form.set(CertifySettings(n=2000))
    run(loaded, qtbot)
    assert panel.longer.isVisible() and panel.longer.text() == "Extend to n = 5,000"
    engine.share = 0.98
    panel.longer.click()
    assert not panel.longer.isVisible()  # nothing of the stale result while it counts on
    qtbot.waitUntil(lambda: runs.evidence is not None)
    assert (runs.evidence.settings.n, runs.evidence.outcome) == (5000, "certified")
    assert not panel.longer.isVisible()


def test_a_run_is_extended_inside_the_window(loaded, qtbot):
    assert not loaded.commands["extend"].isEnabled()
    loaded.session.form.set(CertifySettings(n=2000, bound="anytime"))
    run(loaded, qtbot)
    assert loaded.statement.extend.isVisible()
    assert not loaded.statement.resume.isVisible()
    loaded.statement.extend.click()
    assert loaded.extend_bar.isVisible()
    loaded.extend_bar.n.setValue(3000)
    qtbot.keyClick(loaded.extend_bar.n, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    assert loaded.session.runs.evidence.settings.n == 3000
    assert not loaded.extend_bar.isVisible()
    assert loaded.session.form.settings.n == 3000
    assert not loaded.statement.earlier.text()
    loaded.statement.extend.click()
    loaded.pages.show_page(loaded.pages.verify)
    assert not loaded.extend_bar.isVisible()


def test_a_stopped_run_can_be_resumed(loaded, engine, qtbot):
    engine.pause = 0.01
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.snapshot is not None)
    assert not loaded.statement.resume.isVisible()
    loaded.session.runs.stop()
    qtbot.waitUntil(lambda: loaded.statement.resume.isVisible())
    assert loaded.statement.ended.text() == "Ended: stopped."
    engine.pause = 0.0
    loaded.statement.resume.click()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    assert loaded.session.runs.evidence.complete
    assert not loaded.statement.resume.isVisible()


def test_the_form_is_that_of_a_run_of_the_case_that_is_resumed(loaded, make, qtbot, tmp_path):
    session = loaded.session
    case = Case.create(tmp_path / f"a{SUFFIX}")
    settings = CertifySettings(scheme=Gaussian(sigma=0.5), n0=50, n=2000, seed=7)
    adopt(
        case,
        make.evidence(settings, 1000).model_copy(update={"chain": None}),
        ModelRequest("demo:digits-0.25"),
    )
    session.case.open(case.path)
    qtbot.waitUntil(lambda: bool(session.case.listing.rows))
    session.runs.resume_recorded(session.case.listing.rows[0])
    qtbot.waitUntil(lambda: session.runs.evidence is not None and not session.worker.busy())
    assert session.form.settings == settings.model_copy(update={"seed": None})
    assert not session.runs.differences() and not loaded.statement.earlier.isVisible()


@pytest.fixture
def kept(loaded, qtbot):
    """A window whose session keeps a case of its own."""
    loaded.session.keeping.begin()
    qtbot.waitUntil(lambda: loaded.session.case.file is not None)
    return loaded


def answer(window, title):
    row = window.notices.front.buttons
    widgets = [row.itemAt(place).widget() for place in range(row.count())]
    next(w for w in widgets if getattr(w, "text", str)() == title).click()


def test_a_result_that_is_saved_nowhere_is_asked_about_until_somebody_leaves(kept, qtbot):
    assert kept.windowTitle() == "Certiscope"
    run(kept, qtbot)
    assert kept.windowTitle() == "1 result not saved - Certiscope"
    kept.close()
    assert kept.isVisible()
    assert kept.notices.front.sentence.startswith("One result of this session is saved nowhere.")
    answer(kept, "&Stay")
    kept.close()
    assert kept.isVisible(), "whoever stayed is asked again"
    stay = next(b for b in kept.notices.front.findChildren(QPushButton) if b.text() == "&Stay")
    qtbot.keyClick(stay, Qt.Key.Key_Escape)
    assert not kept.notices.notices
    kept.close()
    assert kept.isVisible() and kept.notices.front.about == "unsaved"
    kept.close()  # the question stands: it was read
    assert not kept.isVisible()
    assert list(kept.session.case.file.path.parent.glob("*.certiscope"))


def test_whoever_closes_in_talk_mode_sees_the_question(kept, qtbot, monkeypatch):
    monkeypatch.setattr(kept, "showFullScreen", lambda: None)
    run(kept, qtbot)
    kept.commands["talk"].trigger()
    kept.close()
    assert kept.isVisible() and kept.notices.isVisible() and not kept.appearance.talks
    assert kept.notices.front.sentence.startswith("One result of this session is saved nowhere.")
    answer(kept, "&Discard")


def test_no_report_is_offered_of_another_result_than_the_one_that_is_saved_nowhere(kept, qtbot):
    run(kept, qtbot)
    kept.session.keeping.discard()
    kept.session.keeping.note(["of an earlier session"])
    kept.close()
    row = kept.notices.front.buttons
    titles = [getattr(row.itemAt(at).widget(), "text", str)() for at in range(row.count())]
    assert "&Keep in case…" in titles and "Save &report…" not in titles
    answer(kept, "&Discard")


@pytest.mark.thorough
def test_a_report_saved_on_closing_closes_and_one_cancelled_does_not(kept, qtbot, tmp_path):
    run(kept, qtbot)
    kept.close()
    answer(kept, "Save &report…")
    kept.asker.current.reject()
    assert kept.isVisible()
    kept.close()
    answer(kept, "Save &report…")
    kept.asker.current.fileSelected.emit(str(tmp_path / "r.pdf"))
    qtbot.waitUntil(lambda: not kept.isVisible())
    assert (tmp_path / "r.pdf").exists()
    assert not list(kept.session.case.file.path.parent.glob("*.certiscope"))


def test_a_report_that_could_not_be_written_on_closing_closes_nothing_later(
    kept, engine, qtbot, tmp_path, monkeypatch
):
    def full(*_):
        raise UserError("Cannot write r.pdf: no space left on device.")

    run(kept, qtbot)
    kept.close()
    answer(kept, "Save &report…")
    with monkeypatch.context() as disk:
        disk.setattr(engine, "export", full)
        kept.asker.current.fileSelected.emit(str(tmp_path / "r.pdf"))
        qtbot.waitUntil(lambda: any(one.kind == "error" for one in kept.notices.notices))
    kept.opening.save_shown("json")
    kept.asker.current.fileSelected.emit(str(tmp_path / "r.json"))
    qtbot.waitUntil(lambda: not kept.session.keeping.unsaved)
    assert (tmp_path / "r.json").exists() and kept.isVisible()


@pytest.mark.walk
@pytest.mark.parametrize("title", ["&Keep in case…", "&Discard"])
def test_a_result_is_kept_or_discarded_on_closing(kept, qtbot, tmp_path, title):
    run(kept, qtbot)
    sessions = kept.session.case.file.path.parent
    kept.close()
    answer(kept, title)
    if title.startswith("&Keep"):
        kept.asker.current.fileSelected.emit(str(tmp_path / "mine.certiscope"))
    qtbot.waitUntil(lambda: not kept.isVisible())
    assert (tmp_path / "mine.certiscope").exists() == title.startswith("&Keep")
    assert not list(sessions.glob("*.certiscope"))


def test_what_the_last_session_left_is_offered(kept, engine, preferences, qtbot):
    from gui.controllers.session import Session
    from gui.shell.window import Window

    run(kept, qtbot)
    kept.leave()
    again = Window(Session(engine=engine, preferences=preferences))
    again.show()
    again.begin()
    qtbot.waitUntil(lambda: bool(again.notices.notices))
    said = again.notices.front
    assert said.sentence.startswith("The session of 2")
    assert said.sentence.endswith(" left 1 result saved nowhere.")
    answer(again, "&Open")
    qtbot.waitUntil(lambda: again.windowTitle() == "1 result not saved - Certiscope")
    again.session.keeping.discard()
    again.leave()
    again.deleteLater()
