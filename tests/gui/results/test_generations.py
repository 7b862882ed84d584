"""The answers of a generative model, in the real window on the real engine."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.evidence.generations import AnswerGroup
from engine.models.request import ModelRequest
from gui.controllers.session import Session
from gui.results.generations import OTHERS, TURN_MS
from gui.shell.window import Window


@pytest.fixture
def writing(qtbot, preferences, make):
    session = Session(preferences=preferences)
    window = Window(session)
    window.painted.connect(session.start)
    window.show()
    session.loading.open_model(ModelRequest("demo:commands"))
    session.loading.open_input("commands:5")
    qtbot.waitUntil(lambda: session.runs.ready, timeout=60_000)
    yield window
    make.destroy(window)


def listed(panel):
    model = panel.model
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def certify(window, qtbot, n="300"):
    window.left.settings.fields["n"].editor.setText(n)
    window.session.runs.certify()
    qtbot.waitUntil(lambda: window.session.runs.evidence is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not window.session.worker.busy(), timeout=60_000)


def test_columns_are_those_of_answers(writing):
    def tip(column):
        across, role = Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
        return writing.pages.answers.model.headerData(column, across, role)

    assert tip(1) == "What the oracle reads in the answer."
    assert tip(2) == "How many noisy samples had this answer."


@pytest.mark.thorough
def test_answers_are_listed_as_they_arrive_and_afterwards(writing, qtbot, tmp_path):
    panel = writing.pages.answers
    assert panel.isVisible() and panel.waiting.isVisible() and not panel.csv.isEnabled()
    certify(writing, qtbot)
    assert panel.groups == writing.session.runs.evidence.answers
    names = writing.session.loading.model.class_names
    group = panel.groups[0]
    assert listed(panel)[0] == [group.text, names[group.class_index], str(group.count)]
    assert panel.subtitle.text().startswith("300 answers to bound it")
    panel.save(tmp_path / "answers.csv")
    assert writing.notices.front.about == "written", "it leads to the file"
    lines = (tmp_path / "answers.csv").read_text().splitlines()
    assert lines[:2] == [
        "answer,class,count",
        f"{group.text},{names[group.class_index]},{group.count}",
    ]
    assert len(lines) == 1 + len(panel.groups)


def test_one_sees_votes_or_answers_in_the_same_place(writing, qtbot):
    to_answers, to_votes = writing.pages.said.switches
    to_votes.click()
    assert writing.pages.explore.votes.isVisible() and not writing.pages.answers.isVisible()
    to_answers.click()
    assert writing.pages.answers.isVisible() and not writing.pages.explore.votes.isVisible()
    writing.session.loading.open_model(ModelRequest("demo:digits-0.25"))
    qtbot.waitUntil(lambda: writing.session.loading.model.kind == "image", timeout=60_000)
    qtbot.waitUntil(lambda: writing.session.loading.model.generation is None, timeout=60_000)
    assert writing.pages.explore.votes.isVisible() and not to_answers.isVisible()


def test_answers_of_a_run_that_goes_on(loaded, make, qtbot):
    panel, session = loaded.pages.answers, loaded.session
    groups = (
        AnswerGroup(text="two\nlines", class_index=7, count=6),
        AnswerGroup(text=None, class_index=1, count=3),
        AnswerGroup(text="", class_index=1, count=1),
    )
    snapshot = make.snapshot(session.form.settings, 500)
    first = snapshot.model_copy(update={"answers": groups, "phase": "selection"})
    session.runs.snapshot = first
    session.runs.snapshot_changed.emit()
    assert panel.groups == ()  # not with every snapshot
    qtbot.waitUntil(lambda: panel.groups == groups, timeout=10 * TURN_MS)
    assert [row[0] for row in listed(panel)] == ["two lines", OTHERS, "(nothing)"]
    assert panel.subtitle.text() == "10 answers to choose the class, 3 different"


def test_a_list_that_cannot_be_written_is_told(loaded, qtbot, tmp_path):
    (tmp_path / "file").touch()
    with qtbot.waitSignal(loaded.pages.answers.notice) as told:
        loaded.pages.answers.save(tmp_path / "file" / "answers.csv")
    assert told.args[0] == "error"
