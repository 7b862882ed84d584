from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.case import Case, database, schema
from engine.case.database import Database, sentence
from engine.core.errors import UserError
from tests.cases import begun, counted

STEP = ("ALTER TABLE model ADD COLUMN card TEXT NOT NULL DEFAULT ''",)


def pragma(path: Path, name: str) -> int:
    db = sqlite3.connect(path)
    try:
        return int(db.execute(f"PRAGMA {name}").fetchone()[0])
    finally:
        db.close()


def changed(path: Path, statement: str) -> None:
    db = sqlite3.connect(path)
    db.execute(statement)
    db.commit()
    db.close()


def test_commits_are_durable_and_leave_one_file(case: Case) -> None:
    with Database(case.path).connected() as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert db.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA
        assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    case.note(begun(case), "x")
    assert [entry.name for entry in case.path.parent.iterdir()] == [case.path.name]


def test_a_failed_transaction_leaves_nothing(case: Case) -> None:
    run = begun(case)
    before = case.events()
    with pytest.raises(KeyError), Database(case.path).writing() as db:
        db.execute("UPDATE progress SET n = 7 WHERE run = ?", (run,))
        raise KeyError
    assert case.events() == before
    assert Case.open(case.path).damaged() == {}


def test_an_older_case_is_brought_up_to_date(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begun(case)
    evidence = counted(case, run)
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, STEP))
    again = Case.open(case.path)
    assert pragma(case.path, "user_version") == schema.version()
    assert (again.damage, again.damaged()) == ("", {})
    assert again.evidence(run) == evidence
    assert again.runs() == case.runs()
    fresh = Case.create(case.path.with_name("fresh"))  # takes the same steps
    with Database(fresh.path).connected() as db:
        assert schema.layout(db) == schema.expected_layout(schema.version())


def test_a_step_that_fails_changes_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema.version()
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, (*STEP, "CREATE TABLE model (id)")))
    with pytest.raises(UserError, match="damaged"):
        Case.open(case.path)
    assert pragma(case.path, "user_version") == before
    monkeypatch.undo()
    assert Case.open(case.path).damage == ""


def test_a_newer_case_is_refused(case: Case) -> None:
    changed(case.path, "PRAGMA user_version = 9")
    with pytest.raises(UserError, match="written by a newer Certiscope .its version is 9, this"):
        Case.open(case.path)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("PRAGMA user_version = 0", "its tables are not those of a case file"),
        ("DROP TABLE owner", "its tables are not those of a case file"),
        ("CREATE VIEW evil AS SELECT load_extension('x')", "its tables are not those"),
        ("PRAGMA application_id = 5", "is not a case file"),
    ],
)
def test_what_is_no_case_is_refused(case: Case, statement: str, words: str) -> None:
    changed(case.path, statement)
    with pytest.raises(UserError, match=words):
        Case.open(case.path)


def test_a_locked_file_is_said_to_be_in_use(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begun(case)
    other = sqlite3.connect(case.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with pytest.raises(UserError, match="is in use by another program; try again"):
        case.note(run, "x")
    other.close()
    case.note(run, "y")


def test_a_value_larger_than_any_case_needs_is_refused(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun(case)
    case.note(run, "x" * 5000)
    monkeypatch.setattr(database, "LONGEST_VALUE", 1000)
    with pytest.raises(UserError, match="damaged"):
        Case.open(case.path)


def test_damaged_text_in_a_message_becomes_printable() -> None:
    found = sentence(Path("a"), sqlite3.DatabaseError("bad\n\x00schema " + "x" * 500))
    assert found.startswith("a is damaged (bad schema xxx")
    assert found.isprintable() and len(found) < 160
