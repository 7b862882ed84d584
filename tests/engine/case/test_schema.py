from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from engine.case import schema


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    schema.advance(db, 0)
    yield db
    db.close()


def test_a_new_file_has_the_expected_layout(db: sqlite3.Connection) -> None:
    assert schema.layout(db) == schema.expected_layout(schema.version())
    assert db.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)
    assert db.execute("PRAGMA user_version").fetchone() == (schema.version(),)


def test_every_table_is_strictly_typed(db: sqlite3.Connection) -> None:
    tables = [row for row in db.execute("PRAGMA table_list") if not row[1].startswith("sqlite_")]
    assert len(tables) == 10
    assert all(row[5] == 1 for row in tables)  # the column "strict"


def test_events_and_results_can_only_be_added(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO event (id, at, kind, detail, hash) VALUES (1, '', 'created', '', '')")
    for statement in ("UPDATE event SET kind = 'x'", "DELETE FROM event"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(statement)
    db.execute("INSERT INTO model VALUES (1, '', '', '', '')")
    db.execute("INSERT INTO input VALUES (1, '', '', '', '')")
    db.execute("INSERT INTO run VALUES (1, 'a', 'certify', 1, 1, '', '', '', 50, '')")
    db.execute("INSERT INTO result VALUES (1, 1, '{}')")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("UPDATE result SET evidence = '{ }'")


def test_a_block_is_kept_once(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO model VALUES (1, '', '', '', '')")
    db.execute("INSERT INTO input VALUES (1, '', '', '', '')")
    db.execute("INSERT INTO run VALUES (1, 'a', 'certify', 1, 1, '', '', '', 50, '')")
    db.execute("INSERT INTO block VALUES (1, 0, 50, '{}', 0, '')")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        db.execute("INSERT INTO block VALUES (1, 0, 50, '{}', 0, '')")
