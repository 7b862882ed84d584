"""The case that a session keeps for itself: begun, found again, removed.

A lock beside it tells one that was left from that of a window that is still open.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Container, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile

from engine.core.errors import UserError

if TYPE_CHECKING:
    from engine.case import Case

_NAME = "session-*.certiscope"
_STAMPED, _STAMP = "session-%Y%m%d-%H%M%S", "session-20261130-160500"


@dataclass(frozen=True)
class OwnCase:
    """A case and the lock that says whose it is."""

    case: Case
    lock: QLockFile


@dataclass(frozen=True)
class Left:
    """What a session left that was ended before it was saved.

    Attributes:
        path: its case.
        results: ids of the runs with a result that is in no other file.
        unfinished: how many of its runs can be resumed.
        partial: how many of these have such a result too.
        others: how many sessions more have left something.
        without: ids of the unfinished runs that have no result.
    """

    path: Path
    results: tuple[str, ...]
    unfinished: int
    partial: int = 0
    others: int = 0
    without: tuple[str, ...] = ()

    @property
    def began(self) -> str:
        """When the session began, ISO 8601, UTC; empty where its name does not say so."""
        try:
            moment = datetime.datetime.strptime(self.path.name[: len(_STAMP)], _STAMPED)
        except ValueError:
            return ""
        return moment.replace(tzinfo=datetime.UTC).isoformat()


def begun(folder: Path) -> OwnCase:
    """A new case in ``folder``; evidence says that its tries are those of a session.

    Raises:
        UserError: it cannot be written.
    """
    from engine.case import Case

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"Cannot write {folder}: {error.strerror or error}.") from error
    now = datetime.datetime.now(datetime.UTC)
    path = folder / f"{now:{_STAMPED}-%f}-{os.getpid()}.certiscope"
    lock = locked(path)
    case = Case.create(path)
    case.known_to = "session"
    return OwnCase(case, lock)


def left_in(
    folder: Path, unread: Callable[[Path, str], object], answered: Container[Path] = ()
) -> Left | None:
    """The newest case in ``folder`` that no window holds; empty ones are removed.

    Args:
        folder: of the cases of all sessions.
        unread: told of a case of which nothing can be read, and why; it stays, as another version
            of the program may read it, or somebody may mend it.
        answered: cases about which somebody was asked already.
    """
    paths = (path for path in sorted(folder.glob(_NAME), reverse=True) if path not in answered)
    found = [left for path in paths if (left := _left(path, unread)) is not None]
    return replace(found[0], others=len(found) - 1) if found else None


def _left(path: Path, unread: Callable[[Path, str], object]) -> Left | None:
    """What is in one of them; None where that is nothing, or a window holds it."""
    from engine.case import Case

    lock = _lock(path)
    if not lock.tryLock(0):
        return None
    try:
        case = Case.open(path)
        rows = case.runs()
    except UserError as error:
        if _holds_anything(path):
            unread(path, str(error))
        return None
    finally:
        lock.unlock()
    saved = saved_of(path)
    results = tuple(row.run_id for row in rows if row.outcome and row.run_id not in saved)
    unfinished = sum(row.resumable for row in rows)
    partial = sum(row.resumable and row.run_id in results for row in rows)
    if results or unfinished:
        without = tuple(row.run_id for row in rows if row.resumable and row.run_id not in results)
        return Left(path, results, unfinished, partial, without=without)
    if wrong := case.damage or next((row.damage for row in rows if row.damage), ""):
        unread(path, wrong)
    elif all(row.run_id in saved for row in rows):
        remove(path)
    return None


def locked(path: Path) -> QLockFile:
    """The lock of a case, held by this process if nobody else holds it."""
    lock = _lock(path)
    lock.tryLock(0)
    return lock


def claimed(path: Path) -> QLockFile | None:
    """The lock of a case that was left, held from now on; None where there is nothing to take.

    Every window that starts is offered the same one: the first that takes it has it.
    """
    lock = _lock(path)
    if not lock.tryLock(0):
        return None
    if path.exists():
        return lock
    lock.unlock()
    return None


def remove(path: Path) -> None:
    """Delete a session's case; one that cannot be deleted is offered once more."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        for beside in (_saved(path), path.with_name(f"{path.name}-journal")):  # a crash leaves one
            beside.unlink(missing_ok=True)


def note_saved(path: Path, run_ids: Iterable[str]) -> None:
    """Remember which results of a session's case are in another file, or are not wanted.

    Where that cannot be written they are offered once more.
    """
    with suppress(OSError):
        _saved(path).write_text("".join(f"{one}\n" for one in sorted(run_ids)), encoding="utf-8")


def saved_of(path: Path) -> frozenset[str]:
    """Results of a session's case that are in another file."""
    try:
        return frozenset(_saved(path).read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return frozenset()


def _holds_anything(path: Path) -> bool:
    """Not where another window has just begun it, or has removed its own on closing."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _saved(path: Path) -> Path:
    return path.with_name(f"{path.name}.saved")


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(f"{path}.lock")
    lock.setStaleLockTime(0)  # stale when its process is gone, however long that has run
    return lock
