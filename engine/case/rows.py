"""Runs as a case keeps them: their configuration, and the line a list shows of each."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic_core import from_json

from engine.case import digests
from engine.case.places import located, relative, request_from, request_text
from engine.core.errors import UserError
from engine.core.records import InputIdentity, ModelIdentity, Record
from engine.evidence.settings import Execution, RunSettings, SettingsField, Task
from engine.evidence.upgrade import execution_of, upgraded_settings
from engine.inputs.folder import found_at
from engine.inputs.labels import split_rule, with_rule
from engine.models.request import ModelRequest

State = Literal["counting", "interrupted", "stopped", "finished", "damaged"]
_TEXTS = TypeAdapter(tuple[str, ...])
_PROCEDURE: TypeAdapter[Task] = TypeAdapter(Task)
_COLUMNS = (
    "run.id, run.run_id, run.procedure, run.subject, run.settings, run.at, run.block, "
    "run.noise_key, model.sha256, model.path, model.request, model.identity, "
    "input.sha256, input.path, input.spec, input.identity"
)
_ALL = (
    f"SELECT {_COLUMNS} FROM run JOIN model ON model.id = run.model "
    "JOIN input ON input.id = run.input"
)
_SELECT = f"{_ALL} WHERE run.id = ?"
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class RunRow(Record):
    """What a list of runs shows.

    Attributes:
        id: number of the run in its case.
        run_id: as in snapshots and evidence.
        created: when it began, ISO 8601, UTC.
        state: ``counting`` in some window now; ``interrupted`` without a result; ``stopped`` with
            a partial one; ``finished``; ``damaged``.
        counted: estimation votes on the disk, of ``settings.n``.
        number, of: try ``number`` of ``of`` on this model, input and attacker.
        then: the same for runs of the very same settings, as evidence counted before.
        outcome, class_name, radius, stop_reason: of its last result, if it has one.
        certified: what it certifies, in few words; empty for nothing.
        contradicted: an attack was confirmed inside of that.
        note: text that somebody attached.
        pinned: marked for comparison.
        damage: what is wrong with its record, in a sentence; empty if it is whole.
    """

    id: int
    run_id: str
    procedure: Task
    created: str
    state: State
    model: ModelIdentity
    input: InputIdentity
    settings: SettingsField
    at: tuple[str, ...] = ()
    counted: int = 0
    number: int = 1
    of: int = 1
    then: tuple[int, int] = (1, 1)
    outcome: str = ""
    class_name: str | None = None
    radius: float | None = None
    certified: str = ""
    contradicted: bool = False
    stop_reason: str = ""
    note: str = ""
    pinned: bool = False
    damage: str = ""

    @property
    def resumable(self) -> bool:
        """Whether votes are missing that a resumed run would count."""
        return self.state in ("interrupted", "stopped")


@dataclass(frozen=True)
class Configuration:
    """A run's configuration, read back.

    Attributes:
        digest: over everything that was stored of it.
        key: the noise key, 16 hex digits.
    """

    id: int
    run_id: str
    procedure: Task
    subject: str
    settings: RunSettings
    execution: Execution
    at: tuple[str, ...]
    block: int
    key: str
    model: ModelIdentity
    request: ModelRequest
    input: InputIdentity
    input_spec: str
    digest: str


class _Stored(Record):
    """What lies in the column of settings."""

    settings: SettingsField
    execution: Execution


def settings_text(settings: RunSettings, execution: Execution) -> str:
    """Settings and execution as a case keeps them."""
    return _Stored(settings=settings, execution=execution).model_dump_json()


def _read_settings(text: str, procedure: str, at: tuple[str, ...]) -> _Stored:
    """The column of settings; cases before evidence 2.0 hold one table for every procedure."""
    found = from_json(text)
    if "settings" in found:
        return _Stored.model_validate_json(text)
    target = at[0] if procedure == "decide" and at else ""
    settings = upgraded_settings(found, procedure, target=target)
    return _Stored.model_validate({"settings": settings, "execution": execution_of(found)})


def read_configuration(db: sqlite3.Connection, run: int, case: Path) -> Configuration:
    """The configuration of a run.

    Raises:
        UserError: there is no such run, or what is stored of it cannot be read.
    """
    row = db.execute(_SELECT, (run,)).fetchone()
    if row is None:
        raise UserError(f"{case} has no run {run}; certiscope runs {case} lists them.")
    try:
        return _configuration(row, case)
    except _UNREADABLE as error:
        raise UserError(f"The settings of run {run} in {case} are damaged.") from error


def configurations(
    db: sqlite3.Connection, case: Path, where: str = "", value: str | int = ""
) -> dict[int, Configuration]:
    """The configurations that can be read, of all runs or some, by their numbers."""
    query = f"{_ALL} WHERE {where} ORDER BY run.id" if where else f"{_ALL} ORDER BY run.id"
    found, known = {}, _Parsed(case)
    for row in db.execute(query, (value,) if where else ()):
        try:
            found[int(row[0])] = _configuration(row, case, known)
        except (UserError, *_UNREADABLE):
            continue
    return found


class _Parsed:
    """Texts that many runs share, parsed once: of a set's runs all but the inputs."""

    def __init__(self, case: Path) -> None:
        self.settings = cache(_read_settings)
        self.model = cache(ModelIdentity.model_validate_json)
        self.request = cache(lambda text, path: request_from(text, path, case))
        self.located = cache(lambda spec, path: located(spec, path, case))


def _configuration(
    row: tuple[Any, ...], case: Path, parsed: _Parsed | None = None
) -> Configuration:
    parsed = parsed or _Parsed(case)
    number, run_id, procedure, subject, settings, at, block, key = row[:8]
    _, model_path, request, model, _, input_path, spec, image = row[8:]
    asked, (plain, rule) = _TEXTS.validate_json(at), split_rule(spec)
    known = parsed.settings(settings, procedure, asked)
    return Configuration(
        id=number,
        run_id=run_id,
        procedure=_PROCEDURE.validate_python(procedure),
        subject=subject,
        settings=known.settings,
        execution=known.execution,
        at=asked,
        block=block,
        key=key,
        model=parsed.model(model),
        request=parsed.request(request, model_path),
        input=InputIdentity.model_validate_json(image),
        input_spec=with_rule(_placed(plain, parsed.located(plain, input_path)), rule),
        digest=digests.run_digest(row),
    )


def _placed(spec: str, found: str) -> str:
    return found if found == spec else found_at(spec, Path(found))


def stored_digest(db: sqlite3.Connection, run: int) -> str:
    """The digest over a run's configuration as it lies in the file."""
    return digests.run_digest(db.execute(_SELECT, (run,)).fetchone())


def insert_model(
    db: sqlite3.Connection, model: ModelIdentity, request: ModelRequest, case: Path
) -> int:
    """The row of a model, made if there is none like it."""
    values = (
        model.sha256,
        relative(request.spec, case),
        request_text(request, case),
        model.model_dump_json(),
    )
    return _row_like(db, "model", ("sha256", "path", "request", "identity"), values)


def insert_input(db: sqlite3.Connection, image: InputIdentity, spec: str, case: Path) -> int:
    """The row of an input, made if there is none like it."""
    values = (image.sha256, relative(split_rule(spec)[0], case), spec, image.model_dump_json())
    return _row_like(db, "input", ("sha256", "path", "spec", "identity"), values)


def insert_run(
    db: sqlite3.Connection,
    *,
    run_id: str,
    procedure: Task,
    model: int,
    image: int,
    subject: str,
    settings: str,
    at: tuple[str, ...],
    block: int,
    key: int,
) -> int:
    """A new run; its number."""
    done = db.execute(
        "INSERT INTO run (run_id, procedure, model, input, subject, settings, at, block, "
        "noise_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run_id,
            procedure,
            model,
            image,
            subject,
            settings,
            _TEXTS.dump_json(at).decode(),
            block,
            f"{key:016x}",
        ),
    )
    return int(done.lastrowid or 0)


def _row_like(
    db: sqlite3.Connection, table: str, columns: tuple[str, ...], values: tuple[str, ...]
) -> int:
    where = " AND ".join(f"{column} = ?" for column in columns)
    row = db.execute(f"SELECT id FROM {table} WHERE {where}", values).fetchone()
    if row is not None:
        return int(row[0])
    marks = ", ".join("?" * len(columns))
    done = db.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)
    return int(done.lastrowid or 0)
