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
