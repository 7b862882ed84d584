"""A whole talk by keys alone, in the real window on an engine of cardboard."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.controllers.talk import Step, Talk, read_talk, write_talk
from gui.shell.talking import is_local, performable


def give(window, tmp_path, *steps: Step) -> None:
    write_talk(Talk("A talk", steps), tmp_path / "t.json")
    window.talking.open(tmp_path / "t.json")


def press(window, key) -> None:
    QTest.keyClick(window, key)


@pytest.mark.thorough
def test_a_whole_talk_by_keys_alone(loaded, qtbot, tmp_path) -> None:
    session, explore = loaded.session, loaded.pages.explore
    give(
        loaded,
        tmp_path,
        Step("open-input", "digits:7", say="Look at this seven."),
        Step("certify"),
        Step("talk"),
        Step("plot", 2),
        Step("replay", 30),
        Step("talk"),
        Step("gallery"),
    )
    loaded.show()
    loaded.activateWindow()
    qtbot.waitUntil(loaded.isActiveWindow)
    press(loaded, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: not session.loading.busy and session.loading.given is not None)
    bar = loaded.findChild(type(loaded.talk_bar))
    assert bar.sentence.text() == "Look at this seven." and "1 of 7" in bar.place.text()
    assert bar.sentence.font().pointSizeF() > bar.place.font().pointSizeF()  # for the audience
    press(loaded, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: session.runs.evidence is not None and not session.runs.running)
    press(loaded, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: loaded.commands["talk"].isChecked())
    press(loaded, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: explore.grid.shows(1) and not explore.grid.shows(2))
    press(loaded, Qt.Key.Key_B)
    assert loaded.blank.isVisible()
    press(loaded, Qt.Key.Key_B)
    assert not loaded.blank.isVisible()
    press(loaded, Qt.Key.Key_Plus)
    assert session.talks.speed == 1.5
    press(loaded, Qt.Key.Key_Minus)
    assert session.talks.speed == 1.0
    press(loaded, Qt.Key.Key_PageDown)
    press(loaded, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: session.talks.place == 3)
    press(loaded, Qt.Key.Key_P)
    assert session.talks.playing
    press(loaded, Qt.Key.Key_P)
    assert not session.talks.playing
    session.talks.end()
    assert bar.isHidden() and not loaded.commands["talk-next"].isEnabled()


def test_back_over_a_switch_of_talk_mode_is_as_it_was(loaded, qtbot, tmp_path) -> None:
    give(loaded, tmp_path, Step("gallery"), Step("talk"), Step("plot", 2), Step("talk"))
    talks, switch = loaded.session.talks, loaded.commands["talk"]
    seen = []
    for go in (*[talks.next] * 4, *[talks.previous] * 3):
        go()
        qtbot.waitUntil(lambda: loaded.talking.waits is None)
        seen.append(switch.isChecked())
    assert seen == [False, True, True, False, True, True, False]


def test_a_replay_waits_for_the_worker(loaded, qtbot, monkeypatch) -> None:
    qtbot.waitUntil(lambda: not loaded.session.worker.busy())
    assert loaded.talking._possible(Step("replay", 5))
    with monkeypatch.context() as drawing:
        drawing.setattr(loaded.session.worker, "busy", lambda job=None: job is None)
        assert not loaded.talking._possible(Step("replay", 5))


@pytest.mark.thorough
def test_what_a_speaker_does_becomes_a_talk(loaded, qtbot, tmp_path) -> None:
    loaded.talking.record()
    loaded.commands["certify"].trigger()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    loaded.commands["talk"].trigger()
    loaded.pages.explore.grid.chosen.emit(0)
    loaded.talking.record()
    dialog = loaded.asker.current
    dialog.fileSelected.emit(str(tmp_path / "mine.json"))
    told = loaded.notices.notices[-1]
    assert told.sentence == f"Wrote {tmp_path / 'mine.json'}."
    assert told.about == "written", "it leads to the file"
    dialog.close()
    talk = read_talk(tmp_path / "mine.json", performable(loaded.commands))
    done = [step.do for step in talk.steps]
    assert done == ["open-model", "open-input", "settings", "certify", "talk", "plot"]
    assert talk.steps[2].value["n"] == loaded.session.runs.evidence.settings.n
    loaded.commands["talk"].trigger()
    loaded.talking.open(tmp_path / "mine.json")
    for _ in range(3):
        loaded.session.talks.next()
        qtbot.waitUntil(lambda: loaded.talking.waits is None)
    assert loaded.session.form.settings.n == talk.steps[2].value["n"]


def test_a_talk_opens_no_dialog_and_ends_no_program(loaded) -> None:
    known = performable(loaded.commands)
    assert {"certify", "talk", "gallery", "lecture-peek", "theme-dark"} <= known
    assert not known & {"quit", "open-case", "export-pdf", "talk-next", "record-talk", "verify"}


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"do": "settings", "value": {"kind": "certify", "n": -4}}, "no settings of a run"),
        ({"do": "nonsense"}, "'nonsense' is nothing that a talk can do"),
    ],
)
def test_what_cannot_be_done_is_said(loaded, qtbot, tmp_path, step, sentence) -> None:
    (tmp_path / "t.json").write_text(json.dumps({"talk": 1, "steps": [step]}))
    loaded.talking.open(tmp_path / "t.json")
    loaded.session.talks.next()
    qtbot.waitUntil(lambda: any(sentence in one.sentence for one in loaded.notices.notices))


@pytest.mark.parametrize("spec", ["encrypted:127.0.0.1:7707?answer=scores", "somebody/model"])
def test_a_talk_asks_before_it_opens_what_is_not_on_this_machine(loaded, qtbot, tmp_path, spec):
    session = loaded.session
    give(loaded, tmp_path, Step("open-model", spec))
    session.talks.next()
    qtbot.waitUntil(lambda: loaded.notices.front is not None)
    question = loaded.notices.front
    assert question.kind == "question" and spec in question.sentence
    assert session.loading.asked.spec == "demo:digits-0.25" and not session.loading.models.busy
    loaded.talking._agree(spec)
    assert session.loading.asked.spec == spec
    qtbot.waitUntil(lambda: not session.loading.busy)
    session.talks.begin(session.talks.talk)
    session.talks.next()  # once is enough for one talk
    qtbot.waitUntil(lambda: loaded.talking.waits is None and not session.loading.busy)
    give(loaded, tmp_path, Step("open-model", spec))
    assert not loaded.talking._agreed


def test_files_of_this_machine_and_shipped_models_are_opened_unasked(tmp_path):
    file = tmp_path / "a.safetensors"
    file.write_bytes(b"")
    assert is_local("demo:digits-0.25") and is_local(str(file))
    assert not is_local("encrypted:127.0.0.1:7707") and not is_local("somebody/model")
