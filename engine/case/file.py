"""A case file as it is opened, checked and read."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from engine import __version__
from engine.case import check, listing, log
from engine.case.database import Database
from engine.case.digests import same_input, same_run, subject
from engine.case.rows import Configuration, RunRow, configurations, read_configuration
from engine.core.errors import DiskFull, UserError
from engine.core.records import InputIdentity, ModelIdentity
from engine.evidence.evidence import Evidence, TriesKnownTo
from engine.evidence.settings import RunSettings, seeded
from engine.evidence.tries import claim_alone, with_tries
from engine.evidence.upgrade import evidence_from_text

CHECKED_WHOLE = 16 << 20
"""Bytes up to which a case is checked as a whole when it is opened."""


class CaseFile:
    """A case file that has been opened and checked, as far as reading goes.

    Of a file beyond :data:`CHECKED_WHOLE` the log is checked at once, each run's record when it is
    first asked for, and everything by :meth:`check`.

    Attributes:
        path: the file.
        damage: what is wrong with the file as a whole, in a sentence; then nothing is written to
            it any more. Empty if it is whole.
    """

    known_to: TriesKnownTo = "case"
    """Whose tries its evidence counts; those of a case that nobody named are the session's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage = ""
        self._database = Database(path)
        self._damaged: dict[int, str] = {}
        self._checked: set[int] = set()
        self._open: tuple[int, sqlite3.Connection] | None = None

    @classmethod
    def create(cls, path: Path | str) -> Self:
        """A new, empty case.

        Raises:
            UserError: the file exists, or cannot be written.
        """
        case = cls(Path(path))
        if not case.path.parent.is_dir():
            raise UserError(f"Cannot write {path}: there is no folder {case.path.parent}.")
        if case.path.is_dir() or (case.path.exists() and case.path.stat().st_size):
            raise UserError(f"{path} exists already; open it, or choose another name.")
        new = not case.path.exists()
        try:
            if not case._database.create():
                raise UserError(f"{path} exists already; open it, or choose another name.")
            with case._writing() as db:
                log.append(db, "created", certiscope=__version__)
        except DiskFull:
            if new:  # nothing was ever in it
                case.path.unlink(missing_ok=True)
            raise
        return case

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """A case that exists: brought up to date and checked.

        Raises:
            UserError: there is no such file, it is not a case, too new, or damaged beyond reading.
        """
        case = cls(Path(path))
        if not case.path.is_file():
            raise UserError(f"There is no file {path}.")
        if not case.path.stat().st_size:
            raise UserError(f"{path} is empty; it is not a case file.")
        case._database.check_version()
        case.check(whole=case.path.stat().st_size <= CHECKED_WHOLE)
        return case

    @classmethod
    def at(cls, path: Path | str) -> Self:
        """The case at ``path``, created if there is none.

        Raises:
            UserError: as for ``open`` and ``create``.
        """
        place = Path(path)
        if place.exists() and (place.is_dir() or place.stat().st_size):
            return cls.open(place)
        return cls.create(place)

    def copy(self, path: Path | str) -> Self:
        """The whole case as it stands, in a new file, opened; also while runs are being counted.

        Raises:
            UserError: the file exists, or cannot be written.
        """
        place = Path(path)
        if place.exists():
            raise UserError(f"{place} exists already; choose another name.")
        with self._database.connected() as db:
            try:
                db.execute("VACUUM INTO ?", (str(place.absolute()),))
            except sqlite3.Error as error:
                place.unlink(missing_ok=True)
                raise UserError(f"Cannot write {place} ({error}); choose another place.") from error
        with Database(place).writing() as db:
            db.execute("DELETE FROM owner")  # nobody counts the copy
        return self.open(place)

    def check(self, *, whole: bool = True) -> None:
        """Check the file and every run in it; ``damage`` and ``runs`` tell what was found.

        Args:
            whole: else the log alone.
        """
        with self._database.reading() as db:
            wrong = check.structure(db) if whole else ""
            events = list(log.read(db))
            about, runs = listing.by_run(events), listing.numbers(db)
            self._checked, self._damaged = set(runs if whole else ()), {}
            for run in self._checked:
                self._judge(db, run, about.get(run, []))
        if not wrong and not all(event.whole for event in events):
            wrong = "its log is not as it was written"
        began = {event.run for event in events if event.kind == "began"}
        if not wrong and not began <= set(runs):
            wrong = "runs are missing from it"
        self.damage = (
            f"{self.path} is damaged ({wrong}); nothing is written to it any more, and runs that "
            "are whole can be read."
            if wrong
            else ""
        )

    def runs(self) -> tuple[RunRow, ...]:
        """All runs that can be read, oldest first; damaged ones say so."""
        with self._database.reading() as db:
            return listing.rows(db, self.path, self._damaged)

    def row(self, run: int) -> RunRow:
        """One run.

        Raises:
            UserError: there is none of this number, or it is damaged beyond reading.
        """
        if self.damage:  # which may be in the index that finds one run
            for row in self.runs():
                if row.id == run:
                    return row
        clause = self._clause(run)
        with self._database.reading() as db:
            try:
                return listing.row(db, self.path, run, clause)
            except UserError:
                self._refuse_damaged(run)
                raise

    def damaged(self) -> dict[int, str]:
        """A sentence for every damaged run."""
        return {run: check.sentence(run, clause) for run, clause in sorted(self._damaged.items())}

    def events(self, after: int = 0) -> tuple[log.Event, ...]:
        """The log, or what came to it after the event of that number.

        Who watches a case that another process writes asks for the news, and then for the runs
        that it names.
        """
        with self._database.reading() as db:
            return tuple(log.read(db, after))

    def tries(self, claim: str = "") -> dict[int, tuple[str, str]]:
        """The claim and the stream of every try that the log knows, as :func:`listing.tries_of`.

        Args:
            claim: of which; empty takes all.
        """
        with self._database.reading() as db:
            if claim:
                return listing.claimed(db, self.path, claim)
            return listing.tries_of(log.read(db), configurations(db, self.path))

    def number(self, run_id: str) -> int | None:
        """The number of a run in the case; None if it is not there."""
        with self._database.reading() as db:
            found = db.execute("SELECT id FROM run WHERE run_id = ?", (run_id,)).fetchone()
        return int(found[0]) if found else None

    def evidence(self, run: int) -> Evidence | None:
        """The last result of a run, exactly as it was; None if it has none.

        Raises:
            UserError: the run is damaged.
        """
        self._refuse_damaged(run)
        with self._database.reading() as db:
            ended = [event for event in self._events_of(db, run) if event.kind == "ended"]
            if not ended:
                return None
            row = db.execute(
                "SELECT evidence FROM result WHERE id = ?", (ended[-1].detail["result"],)
            ).fetchone()
        if row is None or check.evidence_digest(row[0]) != ended[-1].detail["evidence"]:
            raise UserError(f"Run {run} in {self.path} is damaged: its result was changed.")
        try:
            return evidence_from_text(row[0])
        except (ValueError, TypeError, KeyError, UserError) as error:
            raise UserError(f"The result of run {run} in {self.path} cannot be read.") from error

    def result(self, run: int) -> Evidence | None:
        """The last result of a run, as one of the tries that the case knows now.

        The one that is kept speaks of those before it alone; who picks it among later ones must
        say so.

        Raises:
            UserError: the run is damaged.
        """
        found = self.evidence(run)
        if found is None or not found.tries_known_to or claim_alone(found) is None:
            return found
        row = self.row(run)
        number, of = row.number, row.of
        if found.tries_known_to == "session":  # which may have known of tries that are not in here
            number = max(found.run_number or 1, row.number)
            said = (found.runs_counted or 1) - (found.run_number or 1)
            of = number + max(said, row.of - row.number)
        return with_tries(found, number, of, self.known_to)

    def configuration(self, run: int) -> Configuration:
        """What a run was started with, and where its model and input are now.

        Raises:
            UserError: there is no such run, or it is damaged.
        """
        self._refuse_damaged(run)
        with self._database.reading() as db:
            return read_configuration(db, run, self.path)

    def unfinished(
        self, model: ModelIdentity, image: InputIdentity, settings: RunSettings
    ) -> int | None:
        """The newest run of exactly this that lacks votes (or is being counted).

        Where no seed is asked for, its seed may be any.
        """
        for row in self._alike(model, image, settings):
            open_ = row.resumable or row.state == "counting"
            fresh = {"seed": row.settings.seed} if settings.seed is None else {}
            wanted = same_run(model, image, settings.model_copy(update=fresh))
            if open_ and same_run(row.model, row.input, row.settings) == wanted:
                return row.id
        return None

    def finished(
        self, model: ModelIdentity, image: InputIdentity, settings: RunSettings
    ) -> int | None:
        """The newest run of exactly this, label and file included, that was counted to its end.

        Where no seed is asked for, its seed may be any.
        """
        for row in self._alike(model, image, settings):
            fresh = {"seed": row.settings.seed} if settings.seed is None else {}
            wanted = same_run(model, image, settings.model_copy(update=fresh))
            same = same_run(row.model, row.input, row.settings) == wanted
            if same and row.state == "finished" and self._is_about(row.id, image):
                return row.id
        return None

    def _alike(
        self, model: ModelIdentity, image: InputIdentity, settings: RunSettings
    ) -> Iterator[RunRow]:
        """The whole runs that try the same under the same settings, newest first."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT id FROM run WHERE subject = ? ORDER BY id DESC",
                (subject(model, image, seeded(settings)),),  # of any seed
            ).fetchall()
        for (run,) in found:
            if not self._clause(run):
                yield self.row(run)

    def _is_about(self, run: int, image: InputIdentity) -> bool:
        """Whether the result of a run names this input, and its model was asked again.

        The run may have another label; older programs did not ask.
        """
        found = self.evidence(run)
        if found is None or found.function_check is None:
            return False
        return same_input(found.input, image)

    def _refuse_damaged(self, run: int) -> None:
        if clause := self._clause(run):
            raise UserError(check.sentence(run, clause, f" in {self.path}"))

    def _clause(self, run: int) -> str:
        """What is wrong with the record of a run, checked now if it was not before."""
        if run not in self._checked:
            with self._database.reading() as db:
                if db.execute("SELECT 1 FROM run WHERE id = ?", (run,)).fetchone():
                    self._judge(db, run, self._events_of(db, run))
                    self._checked.add(run)
        return self._damaged.get(run, "")

    def _events_of(self, db: sqlite3.Connection, run: int) -> list[log.Event]:
        if self.damage:
            return listing.by_run(log.read(db)).get(run, [])
        return log.of_run(db, run)

    def _judge(self, db: sqlite3.Connection, run: int, events: Sequence[log.Event]) -> None:
        if clause := check.verdict(db, run, events, self.path):
            self._damaged[run] = clause

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Everything that this thread writes meanwhile is one commit.

        Raises:
            UserError: the file cannot be written.
        """
        with self._writing() as db:
            self._open = threading.get_ident(), db
            try:
                yield
            finally:
                self._open = None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if self.damage:
            raise UserError(self.damage)
        if self._open is not None and self._open[0] == threading.get_ident():
            yield self._open[1]
            return
        with self._database.writing() as db:
            yield db
