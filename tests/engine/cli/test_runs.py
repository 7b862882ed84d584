"""certiscope runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from engine.case import Case
from engine.cli.runs import lines
from engine.evidence.settings import ExactSettings
from tests.cases import SETTINGS, begun, counted


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case.create(tmp_path / "a.certiscope")
    counted(case, begun(case))
    case.note(1, "the one\nto show")
    case.pin(1)
    case.release(begun(case, SETTINGS.model_copy(update={"seed": 3})))
    return case


def test_runs_are_listed_with_what_they_are(case: Case, program: Any) -> None:
    shown = program("runs", str(case.path))
    assert (shown.status, shown.err) == (0, "")
    found = shown.out.splitlines()
    assert found[0].split() == [
        *("1*", "finished", "1,000", "of", "1,000", "votes;", "certified", "'class", "0',"),
        *("radius", found[0].split()[-1]),
    ]
    assert "alpha 0.001, live, seed 0; run 1 of 2 of this kind" in found[1]
    assert found[2].strip() == "note: the one to show"
    assert "interrupted" in found[3] and "0 of 1,000 votes" in found[3]
    assert "seed 3; run 2 of 2" in found[4]


def test_radii_are_rounded_down(case: Case) -> None:
    row = case.row(1).model_copy(update={"radius": 0.29999})
    assert next(lines(row)).endswith("radius 0.2999")


def test_damage_is_said_and_changes_the_status(case: Case, program: Any) -> None:
    db = sqlite3.connect(case.path)
    db.execute("UPDATE block SET n = n + 1 WHERE start = 100")
    db.commit()
    db.close()
    shown = program("runs", str(case.path))
    assert shown.status == 1
    assert "Run 1 is damaged: some of its votes are missing." in shown.out
    assert "1* damaged" in shown.out and "radius" not in shown.out


def test_a_file_that_is_no_case_is_refused(program: Any, tmp_path: Path) -> None:
    shown = program("runs", str(tmp_path / "gone"))
    assert (shown.status, shown.err) == (2, f"certiscope: There is no file {tmp_path / 'gone'}.\n")


def test_a_whole_count_has_no_words_of_chance(case: Case) -> None:
    settings = ExactSettings.model_validate({"scheme": {"key": "dssn-l1"}})
    _, told, *_ = lines(case.row(1).model_copy(update={"settings": settings}))
    assert "all 255 values counted; run 1 of" in told
    assert not {"alpha", "seed"} & set(told.split())
