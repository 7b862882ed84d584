from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QPushButton

from engine.core.errors import NotOneSample, UserError
from engine.models.request import ModelRequest
from gui.jobs.shipped import Example

KARATE = Example("karate:12", "node 12", None, kind="graph", models=("demo:karate",))


@pytest.fixture
def graphs(loaded, engine, make, monkeypatch):
    """A window on digits that knows of a graph, and a model for it."""
    session = loaded.session
    session.loading.offer = replace(
        session.loading.offer, gallery=(*session.loading.offer.gallery, KARATE)
    )
    engine.models["demo:karate"] = make.model("karate", kind="graph", input_shape=(0, 34))
    return loaded


def shown(window):
    return [notice.sentence for notice in window.notices.notices if notice.kind == "error"]


def warned(window):
    return [notice.sentence for notice in window.notices.notices if notice.kind == "warning"]


def button(notice, title):
    row = notice.buttons
    widgets = [row.itemAt(place).widget() for place in range(row.count())]
    return next(w for w in widgets if getattr(w, "text", str)() == title)


def test_a_note_that_was_dismissed_stays_away_until_it_is_of_something_else(window, engine, qtbot):
    engine.answer, session = 1, window.session
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: session.runs.ready and bool(warned(window)))
    (said,) = warned(window)
    assert said.startswith("Without noise the base model predicts '1'")
    button(window.notices.front, "Dismiss").click()
    assert not warned(window)
    session.form.changed.emit()
    session.notice.emit("warning", said)  # the run that ends has found it too
    session.loading._fit()  # the same model and input, for another setting
    qtbot.waitUntil(lambda: session.runs.ready and not session.worker.busy())
    assert not warned(window)
    session.notice.emit("warning", "It was not kept.")
    assert warned(window) == ["It was not kept."]
    session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: said in warned(window))


def test_a_note_on_a_setting_is_new_when_it_is_set_again(loaded):
    editor, trained = loaded.left.settings.fields["sigma"].editor, "trained with sigma 0.25"
    editor.setText("0.5")
    assert [text for text in warned(loaded) if trained in text]
    button(loaded.notices.front, "Dismiss").click()
    for sigma, count in (("0.25", 0), ("0.5", 1)):
        editor.setText(sigma)
        assert len([text for text in warned(loaded) if trained in text]) == count


def test_an_example_gives_way_to_that_of_the_model_that_was_chosen(graphs, qtbot):
    graphs.session.loading.open_model(ModelRequest("demo:karate"))
    qtbot.waitUntil(lambda: graphs.session.runs.ready)
    assert graphs.session.loading.given.source == "karate:12"
    assert not shown(graphs)


def test_an_input_of_one_s_own_stays_and_the_example_is_one_click_away(graphs, qtbot):
    session = graphs.session
    session.loading.open_input("mine.png")
    qtbot.waitUntil(lambda: session.runs.ready and session.loading.given.source == "mine.png")
    session.loading.open_model(ModelRequest("demo:karate"))
    qtbot.waitUntil(lambda: bool(shown(graphs)))
    assert session.loading.given.source == "mine.png"
    assert shown(graphs) == ["The model takes no image."]
    button(graphs.notices.front, "Open karate:12").click()
    qtbot.waitUntil(lambda: session.runs.ready)
    assert session.loading.given.source == "karate:12"
    assert not shown(graphs)


def test_an_example_that_was_named_offers_its_model(graphs, qtbot):
    session = graphs.session
    session.loading.open_input("karate:3")
    qtbot.waitUntil(lambda: bool(shown(graphs)))
    assert shown(graphs) == ["The model takes no graph."]
    button(graphs.notices.front, "Open demo:karate").click()
    qtbot.waitUntil(lambda: session.runs.ready)
    assert session.loading.given.source == "karate:3"
    assert not shown(graphs)


def test_sentences_go_with_what_they_are_about(loaded, engine, qtbot):
    session = loaded.session
    engine.fail["open_input"] = UserError("p.png is empty.")
    session.loading.open_input("p.png")
    qtbot.waitUntil(lambda: shown(loaded) == ["p.png is empty."])
    engine.fail["load_model"] = UserError("m.onnx is empty.")
    session.loading.open_model(ModelRequest("m.onnx"))
    qtbot.waitUntil(lambda: len(shown(loaded)) == 2)
    engine.fail.clear()
    session.loading.open_input("digits:1")
    qtbot.waitUntil(lambda: shown(loaded) == ["m.onnx is empty."])
    session.loading.open_model(ModelRequest("demo:digits-0.50"))
    qtbot.waitUntil(lambda: not shown(loaded))


def test_why_a_model_did_not_open_is_not_behind_what_was_said_before(
    loaded, engine, monkeypatch, qtbot
):
    session = loaded.session
    monkeypatch.setattr(type(session.runs), "warnings", lambda self: ("Expect many wrong votes.",))
    session.form.changed.emit()
    assert loaded.notices.front.sentence == "Expect many wrong votes."
    engine.fail["load_model"] = UserError("The file holds no tensors.")
    session.loading.open_model(ModelRequest("broken.pt"))
    qtbot.waitUntil(lambda: bool(session.loading.astray))
    session.loading.fitted_changed.emit()
    assert loaded.notices.front.sentence == "The file holds no tensors."


def test_a_newer_error_takes_the_place_of_the_one_before(graphs, engine, qtbot):
    session = graphs.session
    session.loading.open_input("karate:3")
    qtbot.waitUntil(lambda: bool(shown(graphs)))
    for name in ("a.png", "b.png"):
        engine.fail["open_input"] = UserError(f"{name} is empty.")
        session.loading.open_input(name)
        qtbot.waitUntil(lambda: f"{name} is empty." in shown(graphs))  # noqa: B023
    qtbot.waitUntil(lambda: not session.worker.busy())
    assert shown(graphs) == ["The model takes no graph.", "b.png is empty."]


def test_what_is_about_to_be_replaced_is_not_complained_of(graphs, qtbot):
    session = graphs.session
    said = []
    session.notice.connect(lambda kind, sentence: said.append(sentence))
    session.loading.open_model(ModelRequest("demo:karate"))
    session.loading.open_input("karate:5")
    qtbot.waitUntil(lambda: session.runs.ready)
    assert session.loading.given.source == "karate:5"
    assert not said


def test_what_is_still_there_is_used_only_when_somebody_goes_back_to_it(loaded, engine, qtbot):
    session = loaded.session
    engine.fail["open_input"] = UserError("p.png is empty.")
    session.loading.open_model(ModelRequest("demo:digits-0.50"))
    session.loading.open_input("p.png")
    qtbot.waitUntil(lambda: bool(shown(loaded)) and not session.loading.busy)
    assert not session.runs.ready
    session.loading.go_back("input")
    qtbot.waitUntil(lambda: session.runs.ready)
    assert session.loading.given.source == "digits:7"


def test_consent_is_not_asked_for_a_model_that_was_replaced(window, qtbot):
    window.session.loading.open_model(ModelRequest("net.pt2"))
    qtbot.waitUntil(lambda: window.notices.front is not None)
    assert window.notices.front.kind == "question"
    window.session.loading.open_model(ModelRequest("demo:digits-0.25"))
    qtbot.waitUntil(lambda: window.notices.front is None)


def test_a_saved_plot_is_one_click_away_too(loaded, tmp_path, qtbot):
    loaded.session.runs.certify()
    votes = loaded.pages.explore.votes
    qtbot.waitUntil(lambda: votes.figure is not None and not loaded.session.runs.running)
    votes.save(tmp_path / "votes.csv")
    loaded.pages.show_page(loaded.pages.playground)
    for path in (tmp_path / "votes.csv", tmp_path / "plane.png"):
        if path.suffix == ".png":
            loaded.pages.playground.view.save(path)
        notice = loaded.notices.notices[-1]
        assert notice.sentence == f"Wrote {path}."
        assert button(notice, "&Open") and button(notice, "&Show in folder")


def test_a_file_that_was_written_is_one_click_away(loaded, tmp_path, monkeypatch):
    asked, answers, selected = [], [True, True, False], [True, False]

    def select(path, parent, *, otherwise):
        if not selected.pop(0):
            otherwise()

    monkeypatch.setattr("gui.shell.notifications.select_in_folder", select)
    monkeypatch.setattr(
        "gui.shell.notifications.QDesktopServices.openUrl",
        lambda url: asked.append(url.toLocalFile()) or answers.pop(0),
    )
    for name in ("a.pdf", "report.pdf"):
        loaded.session.exports.exported.emit(tmp_path / name)
    notice = loaded.notices.front
    assert [n.sentence for n in loaded.notices.notices] == [f"Wrote {tmp_path / 'report.pdf'}."]
    button(notice, "&Show in folder").click()
    assert not asked  # the file manager has selected the file
    for title in ("&Open", "&Show in folder", "&Open"):
        button(notice, title).click()
    assert asked == [str(tmp_path / "report.pdf"), str(tmp_path), str(tmp_path / "report.pdf")]
    assert shown(loaded) == [f"No program is set to open {tmp_path / 'report.pdf'}."]


def test_a_signature_is_said_with_the_file(loaded, tmp_path):
    path = tmp_path / "report.pdf"
    loaded.session.exports.signatures[path] = (
        "signed by 'Ada Example', key ab…, in report.dsse.json"
    )
    loaded.session.exports.exported.emit(path)
    assert "signed by 'Ada Example'" in loaded.notices.front.sentence


def test_a_model_that_depends_on_its_batch_is_offered_one_sample_a_call(loaded, engine, qtbot):
    said = "It depends on its batch; ask it with --batch 1 (in Python batch=1)."
    engine.fail["certify"] = NotOneSample(said)
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: bool(shown(loaded)))
    assert shown(loaded) == ["It depends on its batch; ask it with 'batch' 1."]
    engine.fail.clear()
    button(loaded.notices.front, "One &sample a call").click()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    assert loaded.session.form.execution.batch == 1 and not shown(loaded)


def test_another_refusal_offers_nothing(loaded, engine, qtbot):
    engine.fail["certify"] = UserError("It draws at random.")
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: bool(shown(loaded)))
    assert "One &sample a call" not in [
        b.text() for b in loaded.notices.front.findChildren(QPushButton)
    ]


def test_what_was_left_out_of_a_folder_is_said_until_another_input_is_there(
    loaded, qtbot, tmp_path
):
    """Warnings of the form come and go with each of its settings."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("a.png", "b.heic"):
        (folder / name).touch()
    loaded.session.loading.open_input(str(folder))
    sentence = "Skipped a file that is not an image by its ending: b.heic."
    qtbot.waitUntil(lambda: loaded.session.runs.ready and sentence in warned(loaded))
    loaded.left.settings.put(sigma=1.0)
    assert sentence in warned(loaded)
    loaded.session.loading.step_input(1)
    qtbot.waitUntil(lambda: loaded.session.runs.ready and sentence not in warned(loaded))


def questions(window):
    return [one.sentence for one in window.notices.notices if one.kind == "question"]


def test_whether_to_stop_a_run_is_asked_while_there_is_one(loaded, engine, qtbot):
    engine.pause = 0.01
    loaded.session.runs.certify()
    loaded.close()
    assert questions(loaded) == ["Stop the current run and close? What was counted is kept."]
    loaded.session.runs.stop()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    qtbot.waitUntil(lambda: not questions(loaded))


def until_stopped(*given, **named):
    """Work that goes on until it is asked to stop."""
    stop = next(one for one in given if isinstance(one, threading.Event))
    stop.wait(30)
    raise UserError("Stopped.")


def at_work(window, what, monkeypatch):
    """Something long that a person asks for on a page, and what stops it."""
    pages = window.pages
    if what in ("pruning", "comparison"):
        page = pages.pruning if what == "pruning" else pages.tradeoff
        work = "pruning.pruning" if what == "pruning" else "comparison.compared"
        monkeypatch.setattr(f"gui.pages.{work}", until_stopped)
        monkeypatch.setattr(page.setup, "wish", lambda: SimpleNamespace(norm="l2"))
        page.begin()
    elif what == "training":
        page = pages.training
        monkeypatch.setattr("gui.jobs.training_jobs.train", until_stopped)
        page.train()
    else:
        page = pages.verify
        monkeypatch.setattr("gui.pages.verify.verified", until_stopped)
        page.verify(Path("r.json"), rerun="all")
        return page._verifications.stop
    return page.stop


@pytest.mark.parametrize("what", ["pruning", "comparison", "training", "verification"])
def test_closing_asks_about_work_that_would_be_lost_while_there_is_any(
    loaded, qtbot, monkeypatch, what
):
    stop = at_work(loaded, what, monkeypatch)
    loaded.close()
    assert loaded.isVisible()
    (asked,) = questions(loaded)
    assert asked.startswith(f"Stop the {what} and close?")
    stop()
    qtbot.waitUntil(lambda: not loaded.session.worker.busy())
    assert not questions(loaded)
    loaded.close()
    assert not loaded.isVisible()


def test_closing_asks_about_a_table_that_is_saved_nowhere_and_then_about_results(loaded, qtbot):
    keeping, table = loaded.session.keeping, object()
    keeping.hold("comparison", table)
    keeping.note(["one"])
    loaded.close()
    loaded.close()
    (asked,) = questions(loaded)
    assert asked.startswith("What the comparison came to is saved nowhere") and loaded.isVisible()
    keeping.let_go(table)
    assert not questions(loaded)  # it was saved
    keeping.hold("pruning", table)
    loaded.close()
    (notice,) = [one for one in loaded.notices.notices if one.kind == "question"]
    next(b for b in notice.findChildren(QPushButton) if "without" in b.text()).click()
    assert questions(loaded)[0].startswith("One result of this session is saved nowhere.")
    keeping.discard()
    loaded.close()
    assert not loaded.isVisible()


def test_closing_asks_nothing_about_what_is_merely_read(loaded, qtbot, monkeypatch):
    monkeypatch.setattr("gui.pages.verify.verified", until_stopped)
    loaded.pages.verify.verify(Path("r.json"))
    loaded.close()
    assert not loaded.isVisible()


def test_how_much_is_saved_nowhere_is_not_asked_with_another_number(loaded, qtbot):
    keeping = loaded.session.keeping
    keeping.note(["one", "two"])
    loaded.close()
    assert questions(loaded)[0].startswith("2 results are saved nowhere.")
    keeping.note(["three"])
    assert not questions(loaded)
    keeping.discard()


def test_what_could_not_be_read_is_said_until_somebody_dismisses_it(loaded, qtbot):
    sentence = "What an earlier session left could not be read, and stays where it is: x."
    loaded.session.keeping.unread.emit(sentence)
    loaded.left.settings.fields["sigma"].editor.setText("0.3")
    loaded.session.loading.step_input(1)
    qtbot.waitUntil(lambda: loaded.session.runs.ready)
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    assert sentence in warned(loaded)
