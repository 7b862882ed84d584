"""A case file as it is opened, checked and read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from engine import __version__
from engine.case import check, log
from engine.case.database import Database
from engine.case.digests import same_input, same_run, subject
from engine.case.listing import by_run, numbers, rows, tries_of
from engine.case.rows import Configuration, RunRow, read_configuration
from engine.core.errors import DiskFull, UserError
from engine.core.records import InputIdentity, ModelIdentity
from engine.evidence.evidence import Evidence
from engine.evidence.settings import RunSettings
from engine.evidence.tries import claim_alone, with_tries
from engine.evidence.upgrade import evidence_from_text


class CaseFile:
    """A case file that has been opened and checked, as far as reading goes.

    Attributes:
        path: the file.
        damage: what is wrong with the file as a whole, in a sentence; then nothing is written to
            it any more. Empty if it is whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage = ""
        self._database = Database(path)
        self._damaged: dict[int, str] = {}

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
        """A case that exists: brought up to date, and every run in it checked.

        Raises:
            UserError: there is no such file, it is not a case, too new, or damaged beyond reading.
        """
        case = cls(Path(path))
        if not case.path.is_file():
            raise UserError(f"There is no file {path}.")
        if not case.path.stat().st_size:
            raise UserError(f"{path} is empty; it is not a case file.")
        case._database.check_version()
        case.check()
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

    def check(self) -> None:
        """Check the file and every run in it; ``damage`` and ``runs`` tell what was found."""
        with self._database.reading() as db:
            wrong = check.structure(db)
            events = list(log.read(db))
            about, runs = by_run(events), numbers(db)
            self._damaged = {
                run: clause
                for run in runs
                if (clause := check.verdict(db, run, about.get(run, []), self.path))
            }
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
            return rows(db, self.path, self._damaged)

    def row(self, run: int) -> RunRow:
        """One run.

        Raises:
            UserError: there is none of this number, or it is damaged beyond reading.
        """
        with self._database.reading() as db:
            found = rows(db, self.path, self._damaged, only=run)
        if found:
            return found[0]
        if run in self._damaged:
            raise UserError(f"Run {run} in {self.path} is damaged: {self._damaged[run]}.")
        raise UserError(f"{self.path} has no run {run}; certiscope runs {self.path} lists them.")

    def damaged(self) -> dict[int, str]:
        """A sentence for every damaged run."""
        return {
            run: f"Run {run} is damaged: {clause}." for run, clause in sorted(self._damaged.items())
        }

    def events(self) -> tuple[log.Event, ...]:
        """The log."""
        with self._database.reading() as db:
            return tuple(log.read(db))

    def tries(self) -> dict[int, tuple[str, str]]:
        """The claim and the stream of every try that the log knows, as :func:`tries_of`."""
        with self._database.reading() as db:
            return tries_of(db, self.path, log.read(db))

    def evidence(self, run: int) -> Evidence | None:
        """The last result of a run, exactly as it was; None if it has none.

        Raises:
            UserError: the run is damaged.
        """
        self._refuse_damaged(run)
        with self._database.reading() as db:
            ended = [e for e in by_run(log.read(db)).get(run, []) if e.kind == "ended"]
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
        if found is None or found.tries_known_to != "case" or claim_alone(found) is None:
            return found
        row = self.row(run)
        return with_tries(found, row.number, row.of, "case")

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
        for row in reversed(self.runs()):
            open_ = row.resumable or row.state == "counting"
            fresh = {"seed": row.settings.seed} if settings.seed is None else {}
            wanted = same_run(model, image, settings.model_copy(update=fresh))
            if open_ and same_run(row.model, row.input, row.settings) == wanted:
                return row.id
        return None

    def finished(
        self, model: ModelIdentity, image: InputIdentity, settings: RunSettings
    ) -> int | None:
        """The newest run of exactly this, label and file included, that was counted to its end."""
        wanted = same_run(model, image, settings)
        with self._database.reading() as db:
            found = db.execute(
                "SELECT id FROM run WHERE subject = ? ORDER BY id DESC",
                (subject(model, image, settings),),
            ).fetchall()
        for (run,) in found:
            if run in self._damaged:
                continue
            row = self.row(run)
            same = same_run(row.model, row.input, row.settings) == wanted
            if same and row.state == "finished" and self._is_about(row.id, image):
                return row.id
        return None

    def _is_about(self, run: int, image: InputIdentity) -> bool:
        """Whether the result of a run names this input, and its model was asked again.

        The run may have another label; older programs did not ask.
        """
        found = self.evidence(run)
        if found is None or found.function_check is None:
            return False
        return same_input(found.input, image)

    def _refuse_damaged(self, run: int) -> None:
        if run in self._damaged:
            raise UserError(f"Run {run} in {self.path} is damaged: {self._damaged[run]}.")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if self.damage:
            raise UserError(self.damage)
        with self._database.writing() as db:
            yield db
