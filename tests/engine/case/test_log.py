from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from engine.case import log, schema


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    schema.advance(db, 0)
    for text in ("a", "b", "c"):
        log.append(db, "noted", None, text=text)
    for verb in ("update", "delete"):
        db.execute(f"DROP TRIGGER event_{verb}")
    yield db
    db.close()


def whole(db: sqlite3.Connection) -> list[bool]:
    return [event.whole for event in log.read(db)]


def test_events_come_back_as_they_were_written(db: sqlite3.Connection) -> None:
    events = list(log.read(db))
    assert [event.id for event in events] == [1, 2, 3]
    assert [event.detail for event in events] == [{"text": "a"}, {"text": "b"}, {"text": "c"}]
    assert whole(db) == [True] * 3
    for after in range(5):
        assert list(log.read(db, after)) == events[after:]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE event SET detail = '{}' WHERE id = 2", [True, False, True]),
        ("UPDATE event SET at = '1970' WHERE id = 1", [False, True, True]),
        ("UPDATE event SET kind = 'began' WHERE id = 3", [True, True, False]),
        ("UPDATE event SET hash = 'x' WHERE id = 2", [True, False, False]),
        ("DELETE FROM event WHERE id = 2", [True, False]),
        ("DELETE FROM event WHERE id = 1", [False, True]),
    ],
)
def test_changes_are_found(db: sqlite3.Connection, statement: str, found: list[bool]) -> None:
    db.execute(statement)
    assert whole(db) == found


def test_a_changed_detail_is_not_handed_on(db: sqlite3.Connection) -> None:
    db.execute('UPDATE event SET detail = \'{"text": "lie"}\' WHERE id = 2')
    assert [event.detail for event in log.read(db)][1] == {}


def test_the_log_of_a_run_and_of_a_claim_are_parts_of_the_whole(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA foreign_keys = OFF")
    for run, claim in ((1, "one"), (2, "two"), (3, "one")):
        log.append(db, "began", run, claim=claim, stream=f"{run}", subject=f"of {claim}")
        log.append(db, "noted", run, text='"claim":"one"')
    log.append(db, "known", claim="one", stream="elsewhere")
    log.append(db, "began", 4, subject="of two")  # as before claims stood in the log
    every = list(log.read(db))
    for run in range(1, 6):
        assert log.of_run(db, run) == [event for event in every if event.run == run]
    tries = [event for event in every if event.kind in ("began", "known")]
    for claim in ("one", "two", "three"):
        due = [event for event in tries if event.detail.get("claim", claim) == claim]
        assert log.of_claim(db, claim) == due
    for subject in ("of one", "of two"):
        due = [event for event in tries if event.detail.get("subject") == subject]
        assert log.of_subject(db, subject) == due
    db.execute("UPDATE event SET hash = 'x' WHERE run = 1 AND kind = 'began'")
    every = list(log.read(db))
    for run in range(1, 5):
        assert log.of_run(db, run) == [event for event in every if event.run == run]


def test_what_is_about_one_run_is_found_by_an_index(db: sqlite3.Connection) -> None:
    """So that a case of many runs costs no more for each than one of few."""
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    for find in (log.of_claim, log.of_subject):
        find(db, "x")
    log.of_run(db, 1)
    db.set_trace_callback(None)
    assert len(asked) == 3
    for query in asked:
        plan = [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {query}")]
        assert not [step for step in plan if step.startswith("SCAN")], plan
