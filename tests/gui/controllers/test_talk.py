from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.core.resources import assets
from gui.controllers.talk import Step, Talk, Talks, read_talk, write_talk

KNOWN = frozenset({"certify", "talk"})
THREE = Talk("T", (Step("certify", say="one"), Step("talk", seconds=0.02), Step("plot", 2)))


@pytest.fixture
def talks(qtbot):
    return Talks()


def test_a_talk_reads_as_it_was_written(tmp_path: Path) -> None:
    write_talk(THREE, tmp_path / "t.json")
    assert read_talk(tmp_path / "t.json", KNOWN) == THREE
    assert json.loads((tmp_path / "t.json").read_text())["steps"][2] == {"do": "plot", "value": 2}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "t.json is not JSON"),
        ("[]", "t.json is no talk"),
        ('{"talk": 2, "steps": []}', "t.json is no talk"),
        ('{"talk": 1, "steps": []}', "a talk has 1 to 1,000 steps"),
        ('{"talk": 1, "steps": [{}]}', "step 1 says nothing to do"),
        ('{"talk": 1, "steps": [{"do": "quit"}]}', "'quit' is nothing that a talk can do"),
        ('{"talk": 1, "steps": [{"do": "talk", "value": 3}]}', "'talk' takes no value"),
        ('{"talk": 1, "steps": [{"do": "talk", "then": 3}]}', "has 'then'"),
        ('{"talk": 1, "steps": [{"do": "open-model"}]}', 'needs a "value": its file or name'),
        ('{"talk": 1, "steps": [{"do": "plot", "value": 5}]}', 'needs a "value" from 1 to 4'),
        ('{"talk": 1, "steps": [{"do": "plot", "value": true}]}', 'needs a "value" from 1 to 4'),
        ('{"talk": 1, "steps": [{"do": "replay", "value": -1}]}', "how many seconds"),
        ('{"talk": 1, "steps": [{"do": "settings"}]}', "the settings of a run"),
        ('{"talk": 1, "steps": [{"do": "talk", "say": 3}]}', '"say" is a sentence'),
        ('{"talk": 1, "steps": [{"do": "talk", "seconds": NaN}]}', '"seconds" is more than 0'),
    ],
)
def test_what_is_no_talk_is_refused_by_naming_the_step(tmp_path, text, sentence) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(UserError) as refused:
        read_talk(tmp_path / "t.json", KNOWN)
    assert sentence in str(refused.value)


def test_a_talk_goes_forth_and_back(talks: Talks) -> None:
    done: list[Step] = []
    talks.wanted.connect(done.append)
    talks.begin(THREE)
    assert talks.step is None
    for _ in range(4):
        talks.next()
    talks.previous()
    talks.previous()
    talks.previous()
    assert [THREE.steps.index(step) for step in done] == [0, 1, 2, 1, 0, 0]
    talks.end()
    talks.next()
    assert talks.talk is None and len(done) == 6


def test_it_plays_by_itself_at_its_pace_and_pauses(talks: Talks, qtbot) -> None:
    done: list[Step] = []
    talks.wanted.connect(done.append)
    talks.begin(Talk("T", (Step("talk", seconds=0.02), Step("certify", seconds=600.0), Step("x"))))
    talks.toggle()
    qtbot.waitUntil(lambda: talks.place == 1)
    assert len(done) == 2 and talks.playing
    talks.toggle()
    assert not talks.playing
    for _ in range(9):
        talks.change_speed(1)
    assert talks.speed == 4.0
    for _ in range(9):
        talks.change_speed(-1)
    assert talks.speed == 0.25


def test_the_last_step_ends_the_play(talks: Talks, qtbot) -> None:
    talks.begin(Talk("T", (Step("talk", seconds=0.01), Step("talk", seconds=0.01))))
    talks.toggle()
    qtbot.waitUntil(lambda: not talks.playing)
    assert talks.place == 1


def test_dark_ends_with_the_next_step(talks: Talks) -> None:
    talks.begin(THREE)
    talks.toggle_blank()
    assert talks.blank
    talks.next()
    assert not talks.blank


def test_a_record_holds_each_thing_once(talks: Talks) -> None:
    talks.note(Step("lost"))
    talks.record(on=True)
    for step in (Step("certify"), Step("certify"), Step("plot", 2)):
        talks.note(step)
    assert talks.record(on=False) == (Step("certify"), Step("plot", 2))
    assert talks.recorded is None


def test_the_shipped_talk_can_be_given() -> None:
    from gui.shell.commands import COMMANDS

    known = frozenset(command.id for command in COMMANDS)
    talk = read_talk(assets() / "talks" / "first-talk.json", known)
    assert len(talk.steps) > 9 and all(step.say for step in talk.steps)


@pytest.mark.parametrize(
    "step",
    [
        {"do": "replay", "value": 10**400},
        {"do": "certify", "seconds": 10**400},
        {"do": "plot", "value": 1.0},
    ],
)
def test_numbers_of_a_stranger_are_refused_in_a_sentence(tmp_path: Path, step: dict) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"talk": 1, "steps": [step]}))
    with pytest.raises(UserError, match="step 1"):
        read_talk(path, KNOWN)
