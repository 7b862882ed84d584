"""What is asked before a window closes, where the world goes on after the question."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from engine.core.errors import UserError

TRAINING = "Stop the training and close?"


@pytest.fixture
def asked(loaded, qtbot):
    """A window that was to be closed, with one result that is saved nowhere."""
    session = loaded.session
    session.keeping.begin()
    qtbot.waitUntil(lambda: session.case.file is not None)
    session.runs.certify()
    qtbot.waitUntil(lambda: session.runs.evidence is not None and not session.worker.busy())
    loaded.close()
    assert loaded.isVisible() and loaded.notices.front.about == "unsaved"
    yield loaded
    session.keeping.discard()


def answer(window, title):
    row = window.notices.front.buttons
    widgets = [row.itemAt(place).widget() for place in range(row.count())]
    next(w for w in widgets if getattr(w, "text", str)() == title).click()


@pytest.fixture
def pruned(loaded, monkeypatch):
    """A window that was to be closed, with a table that is saved nowhere."""
    page = loaded.pages.pruning
    page.shown = SimpleNamespace(rows=(), verdict="")
    monkeypatch.setattr("gui.pages.pruning.written", saved)
    page.hold(page.shown)
    loaded.close()
    assert loaded.isVisible() and loaded.pages.currentWidget() is not page
    return loaded


def test_a_table_is_saved_before_the_window_closes(pruned, qtbot, tmp_path):
    answer(pruned, "Save &JSON…")
    pruned.asker.current.fileSelected.emit(str(tmp_path / "p.json"))
    qtbot.waitUntil(lambda: not pruned.isVisible())
    assert (tmp_path / "p.json").exists()


def test_whoever_stays_while_a_table_is_written_stays(pruned, qtbot, tmp_path, monkeypatch):
    goes_on = threading.Event()

    def later(table, path):
        assert goes_on.wait(10)
        return saved(table, path)

    monkeypatch.setattr("gui.pages.pruning.written", later)
    answer(pruned, "Save &JSON…")
    pruned.asker.current.fileSelected.emit(str(tmp_path / "p.json"))
    pruned.close()
    answer(pruned, "&Stay")
    goes_on.set()
    qtbot.waitUntil(lambda: not pruned.session.keeping.tables)
    assert (tmp_path / "p.json").exists() and pruned.isVisible()


def test_the_page_of_a_table_is_one_click_away(pruned):
    answer(pruned, "S&how it")
    assert pruned.pages.currentWidget() is pruned.pages.pruning and not questions(pruned)
    assert pruned.isVisible() and pruned.session.keeping.tables


def test_a_table_that_was_not_saved_closes_nothing(pruned, qtbot, tmp_path, monkeypatch):
    """Nobody chose a file, or it could not be written: what is saved later is no answer."""
    page, keeping = pruned.pages.pruning, pruned.session.keeping
    answer(pruned, "Save &JSON…")
    pruned.asker.current.reject()
    keeping.let_go(page.shown)
    assert pruned.isVisible()
    page.hold(page.shown)
    pruned.close()
    monkeypatch.setattr("gui.pages.pruning.written", refused)
    answer(pruned, "Save &JSON…")
    with qtbot.waitSignal(pruned.session.worker.failed):
        pruned.asker.current.fileSelected.emit(str(tmp_path / "p.json"))
    assert pruned.isVisible() and keeping.tables
    keeping.let_go(page.shown)
    assert pruned.isVisible()


def refused(_table, path):
    raise UserError(f"Cannot write {path}: the disk is full.")


def saved(_table, path):
    path.write_text("{}")
    return path


def train(window):
    """Begin something long, and return what says that it was stopped."""
    stopped = threading.Event()
    window.session.worker.submit(
        lambda stop: stop.wait(60) and stopped.set(), "training", asks=TRAINING
    )
    return stopped


def questions(window):
    return [one.sentence for one in window.notices.notices if one.kind == "question"]


def test_who_discards_a_result_is_asked_about_work_that_began_since(asked, qtbot):
    stopped = train(asked)
    answer(asked, "&Discard")
    assert asked.isVisible() and questions(asked) == [TRAINING] and not stopped.is_set()
    answer(asked, "Stop and &close")
    assert not asked.isVisible() and stopped.is_set()


def test_a_result_that_is_saved_ends_no_work_that_began_since(asked, qtbot, tmp_path):
    answer(asked, "Save &report…")
    asked.asker.current.fileSelected.emit(str(tmp_path / "r.pdf"))
    stopped = train(asked)
    qtbot.waitUntil(lambda: bool(questions(asked)))
    assert (tmp_path / "r.pdf").exists() and asked.isVisible() and not stopped.is_set()
    assert questions(asked) == [TRAINING]
    answer(asked, "Stop and &close")


def test_another_file_that_is_written_meanwhile_closes_nothing(asked, qtbot, tmp_path):
    answer(asked, "Save &report…")
    other = asked.session.runs.evidence.model_copy(update={"run_id": "another"})
    with qtbot.waitSignal(asked.session.exports.saved):
        asked.session.exports.export(other, "json", tmp_path / "o.json")
    assert asked.isVisible()
    asked.asker.current.fileSelected.emit(str(tmp_path / "r.pdf"))
    qtbot.waitUntil(lambda: not asked.isVisible())
    assert (tmp_path / "r.pdf").exists()


def test_the_report_is_that_of_the_result_that_was_asked_about(asked, qtbot, tmp_path):
    asked.session.loading.open_input("mine.png")
    qtbot.waitUntil(lambda: asked.session.runs.evidence is None)
    answer(asked, "Save &report…")
    asked.asker.current.fileSelected.emit(str(tmp_path / "r.pdf"))
    qtbot.waitUntil(lambda: not asked.isVisible())
    assert (tmp_path / "r.pdf").exists()


def test_a_result_that_no_file_holds_goes_into_no_copy(asked, qtbot):
    asked.session.keeping.unkept.add("r")
    asked.session.keeping.changed.emit()
    asked.closing._ask_again()
    asked.close()
    assert "close again to lose it" in questions(asked)[0]
    row = asked.notices.front.buttons
    titles = [getattr(row.itemAt(at).widget(), "text", str)() for at in range(row.count())]
    assert "Save &report…" in titles and "&Keep in case…" not in titles


def test_without_a_case_the_result_is_kept_in_a_new_one(loaded, qtbot, tmp_path):
    session = loaded.session
    session.runs.certify()
    qtbot.waitUntil(lambda: session.runs.evidence is not None and not session.worker.busy())
    loaded.close()
    assert "close again to lose it" in questions(loaded)[0]
    answer(loaded, "&Keep in case…")
    loaded.asker.current.fileSelected.emit(str(tmp_path / "mine.certiscope"))
    qtbot.waitUntil(lambda: not loaded.isVisible())
    assert (tmp_path / "mine.certiscope").exists()


def test_who_was_asked_is_asked_about_results_that_came_since(asked):
    """Such as those of a set, which no run began for."""
    asked.session.keeping.note(["of a set"])
    asked.close()
    assert asked.isVisible() and questions(asked)[-1].startswith("2 results are saved nowhere")
    asked.close()
    assert not asked.isVisible()
