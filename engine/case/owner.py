"""Who is counting a run: one process at a time, known by its process id and a heartbeat."""

from __future__ import annotations

import os
import platform
import sqlite3
import time
import uuid
from pathlib import Path

SILENT_SECONDS = 60.0
"""After this long without a heartbeat a process that cannot be looked up counts as gone."""

_LET_GO: set[str] = set()
"""Claims that this process has ended, of which a full disk may have kept the file from learning."""


def take(db: sqlite3.Connection, run: int) -> str:
    """Claim a run for this process, inside the caller's transaction.

    Returns:
        A token that stands for the claim; empty if a living process holds the run.
    """
    if holder(db, run) is not None:
        return ""
    token = uuid.uuid4().hex
    pid = os.getpid()
    db.execute(
        "INSERT OR REPLACE INTO owner (run, token, pid, host, started, heartbeat) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (run, token, pid, platform.node(), _started(pid), time.time()),
    )
    return token


def beat(db: sqlite3.Connection, run: int, token: str) -> bool:
    """Say that the owner is alive; False if the run is not its own any more."""
    done = db.execute(
        "UPDATE owner SET heartbeat = ? WHERE run = ? AND token = ?", (time.time(), run, token)
    )
    return done.rowcount == 1


def let_go(token: str) -> None:
    """End a claim for this process, whether or not the file can be written."""
    _LET_GO.add(token)


def give_back(db: sqlite3.Connection, run: int, token: str) -> None:
    """End a claim."""
    db.execute("DELETE FROM owner WHERE run = ? AND token = ?", (run, token))


def holder(db: sqlite3.Connection, run: int) -> int | None:
    """The process that is counting a run; None if nobody is."""
    row = db.execute(
        "SELECT pid, host, started, heartbeat, token FROM owner WHERE run = ?", (run,)
    ).fetchone()
    if row is None or not isinstance(row[0], int) or not isinstance(row[3], float):
        return None
    pid, host, started, heartbeat, token = row
    if token in _LET_GO:
        return None
    recent = abs(time.time() - heartbeat) < SILENT_SECONDS
    if host != platform.node():
        return int(pid) if recent else None
    if not _exists(pid):
        return None
    now = _started(pid)
    same = now == started if now and started else recent
    return int(pid) if same else None


def _exists(pid: int) -> bool:
    if pid <= 0:
        return False
    if os.name == "nt":  # there, signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return _state(pid) != "Z"  # a killed child that nobody has waited for


def _state(pid: int) -> str:
    return (_stat(pid) or [""])[0]


def _started(pid: int) -> str:
    """When a process started, so that a reused process id is not mistaken for it; may be empty."""
    fields = _stat(pid)
    return fields[19] if len(fields) > 19 else ""


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the third on; empty where there is no such file."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
