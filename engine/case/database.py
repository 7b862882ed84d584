"""Connections to a case file: how it is opened, how it is written, and what errors mean to people.

Every operation takes a connection of its own and gives it back, so that no lock outlives it, any
thread may ask, and between two commits the whole case is one file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.case import schema
from engine.core.errors import DiskFull, UserError

BUSY_SECONDS = 10.0
LONGEST_VALUE = 64 << 20
"""Bytes in one value; a damaged or hostile file cannot ask for more memory than this."""

_READ_ONLY = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")
_FULL = ("SQLITE_FULL", "SQLITE_IOERR")
_FAILURES = (sqlite3.Error, UnicodeError)
"""The second where a message of SQLite quotes damaged text."""


class Database:
    """The SQLite file at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def connected(self, mode: str = "rw") -> Iterator[sqlite3.Connection]:
        """A connection; SQLite's errors leave it as sentences.

        Raises:
            DiskFull: the disk is full.
            UserError: the file is damaged, locked or not writable.
        """
        try:
            db = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
            )
        except _FAILURES as error:
            raise _as_told(self.path, error) from error
        try:
            _prepare(db)
            yield db
        except _FAILURES as error:
            raise _as_told(self.path, error) from error
        finally:
            db.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file, whoever writes meanwhile."""
        with self.connected() as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def writing(self, mode: str = "rw") -> Iterator[sqlite3.Connection]:
        """A transaction: everything in it is on the disk when it ends, or nothing is."""
        with self.connected(mode) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def create(self) -> bool:
        """Make the tables of a new case; False if the file holds something already."""
        with self.writing("rwc") as db:
            if schema.layout(db):
                return False
            schema.advance(db, 0)
            return True

    def check_version(self) -> None:
        """Bring an older case up to date; refuse what is no case, and newer ones.

        Raises:
            UserError: saying which.
        """
        with self.connected() as db:
            application, found = _pragma(db, "application_id"), _pragma(db, "user_version")
            laid = schema.layout(db)
        if application != schema.APPLICATION_ID:
            raise UserError(f"{self.path} is not a case file; choose a .certiscope file.")
        if found > schema.version():
            raise UserError(
                f"{self.path} was written by a newer Certiscope (its version is {found}, this "
                f"program reads up to {schema.version()}); install the newer one to open it."
            )
        if found < 1 or laid != schema.expected_layout(found):
            raise UserError(
                f"{self.path} is damaged: its tables are not those of a case file; open a copy "
                "made before."
            )
        if found < schema.version():
            self._migrate(found)

    def _migrate(self, found: int) -> None:
        with self.writing() as db:
            if _pragma(db, "user_version") == found:  # else another window has just done it
                schema.advance(db, found)


def _as_told(path: Path, error: Exception) -> UserError:
    name = getattr(error, "sqlite_errorname", "") or ""
    return (DiskFull if name.startswith(_FULL) else UserError)(sentence(path, error))


def sentence(path: Path, error: Exception) -> str:
    """What an error of SQLite means to people."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_BUSY") or name.startswith("SQLITE_LOCKED"):
        return f"{path} is in use by another program; try again when it is done."
    if name == "SQLITE_NOTADB":
        return f"{path} is not a case file, or its beginning is damaged; choose another file."
    if name.startswith(_READ_ONLY):
        return (
            f"Cannot write {path}: the file or its folder is read-only or gone; what was "
            "committed before stays, and a copy elsewhere can be written."
        )
    if name.startswith(_FULL):
        return f"Cannot write {path}: the disk is full or failing; what was committed before stays."
    what = "".join(c if c.isprintable() else " " for c in str(error))[:100]
    return f"{path} is damaged ({' '.join(what.split())}); open a copy made before."


def _prepare(db: sqlite3.Connection) -> None:
    """Durable commits, checked cells, and nothing that a file from a stranger could run."""
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = EXTRA")
    db.execute("PRAGMA journal_mode = DELETE")


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])
