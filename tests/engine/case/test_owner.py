from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from engine.case import owner, schema


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    schema.advance(db, 0)
    yield db
    db.close()


def claimed(db: sqlite3.Connection, **changes: object) -> None:
    """A claim of another process."""
    row = {
        "token": "t",
        "pid": os.getpid(),
        "host": platform.node(),
        "started": "",
        "heartbeat": time.time(),
    } | changes
    db.execute(
        "INSERT OR REPLACE INTO owner VALUES (1, :token, :pid, :host, :started, :heartbeat)", row
    )


def gone() -> int:
    """The id of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_a_run_is_claimed_once(db: sqlite3.Connection) -> None:
    token = owner.take(db, 1)
    assert token and owner.take(db, 1) == ""
    assert owner.holder(db, 1) == os.getpid()
    assert owner.beat(db, 1, token) and not owner.beat(db, 1, "other")
    owner.give_back(db, 1, "other")
    assert owner.holder(db, 1) == os.getpid()
    owner.give_back(db, 1, token)
    assert owner.holder(db, 1) is None and owner.take(db, 1)


def test_a_dead_process_holds_nothing(db: sqlite3.Connection) -> None:
    claimed(db, pid=gone())
    assert owner.holder(db, 1) is None


def test_a_killed_child_that_nobody_waited_for_holds_nothing(db: sqlite3.Connection) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    claimed(db, pid=child.pid)
    assert owner.holder(db, 1) == child.pid
    child.kill()
    deadline = time.monotonic() + 10
    while owner.holder(db, 1) is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert owner.holder(db, 1) is None
    child.wait()


def test_a_reused_process_id_is_another_process(db: sqlite3.Connection) -> None:
    claimed(db, started="1")
    assert owner.holder(db, 1) is None


@pytest.mark.parametrize(("age", "held"), [(0, True), (-30, True), (61, False), (-61, False)])
def test_another_machine_is_known_by_its_heartbeat(
    db: sqlite3.Connection, age: float, held: bool
) -> None:
    claimed(db, host="elsewhere", pid=1, heartbeat=time.time() - age)
    assert (owner.holder(db, 1) is not None) is held


@pytest.mark.parametrize("pid", [0, -1, 2**62])
def test_impossible_process_ids_hold_nothing(db: sqlite3.Connection, pid: int) -> None:
    claimed(db, pid=pid)
    assert owner.holder(db, 1) is None


def test_a_claim_that_was_let_go_is_none_though_the_file_says_so(db: sqlite3.Connection) -> None:
    """A full disk takes no deletion either."""
    token = owner.take(db, 1)
    assert owner.holder(db, 1) == os.getpid()
    owner.let_go(token)
    assert owner.holder(db, 1) is None and owner.take(db, 1) not in ("", token)
    assert owner.holder(db, 1) == os.getpid()
