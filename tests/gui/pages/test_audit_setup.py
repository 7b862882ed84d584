from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from engine.models.request import ModelRequest
from gui.pages.audit_setup import SetLine
from gui.widgets.file_dialogs import FileAsker


@pytest.fixture
def line(session, qtbot):
    line = SetLine(session, FileAsker(QWidget()))
    qtbot.addWidget(line)
    line.show()
    return line


def titles(line):
    line.menu.aboutToShow.emit()
    return [action.text() for action in line.menu.actions() if action.text()]


def test_the_shipped_set_of_a_shipped_model_is_proposed_until_somebody_chooses(
    line, session, qtbot
):
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    qtbot.waitUntil(lambda: line.sources == ("digits",))
    assert "Shipped set: digits" in titles(line)
    line.put(["folder; with a mark", "b"])
    assert line.sources == ("folder; with a mark", "b")  # as they were chosen
    assert line.spec.cursorPosition() == 0
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    qtbot.waitUntil(lambda: not session.loading.models.busy)
    assert len(line.sources) == 2


def test_what_is_typed_names_sources_between_semicolons(line):
    line.put(["a"])
    line.put(["b", "a"], add=True)
    assert line.sources == ("a", "b")
    line.spec.setText(" x/ ;digits; ")
    assert line.sources == ("x/", "digits")
    line.limit.setValue(7)
    line.at.setText("radius=0.25 radius=0.5")
    assert line.asked == (("x/", "digits"), 7, ("radius=0.25", "radius=0.5"))


def test_folders_and_files_are_asked_for_and_added(line, tmp_path):
    line.put(["digits"])
    assert {"&Folder…", "F&iles…", "&Add a folder…", "A&dd files…"} <= set(titles(line))
    line._ask_for_files(add=True)
    paths = [str(tmp_path / name) for name in ("a.png", "b.png")]
    line._asker.current.filesSelected.emit(paths)
    line._asker.current.close()
    assert line.sources == ("digits", *paths)
    line._ask_for_folder(add=False)
    line._asker.current.fileSelected.emit(str(tmp_path))
    line._asker.current.close()
    assert line.sources == (str(tmp_path),)


def test_the_next_start_proposes_the_same(line, session, qtbot):
    line.put(["a/b", "c"])
    line.limit.setValue(9)
    line.at.setText("radius=0.1")
    line.remember()
    again = SetLine(session, line._asker)
    qtbot.addWidget(again)
    assert again.asked == (("a/b", "c"), 9, ("radius=0.1",))
