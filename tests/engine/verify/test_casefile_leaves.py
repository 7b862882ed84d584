"""Every value of a case file is changed, and each change is found."""

from __future__ import annotations

import copy
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.case import Case
from engine.case.schema import FIRST
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, DecideSettings, PredictSettings
from engine.schemes import Gaussian
from engine.verify.casefile import check_case
from tests.cases import begun, counted, partly

GUARDS = [step for step in FIRST if step.startswith("CREATE TRIGGER")]
SCHEME = Gaussian(sigma=0.25)
RUNS = (
    CertifySettings(scheme=SCHEME, n0=60, n=200, seed=1),
    PredictSettings(scheme=SCHEME, n=150, seed=1),
    DecideSettings(scheme=SCHEME, n0=50, n=500, seed=1, target="radius=0.1", phases=(60, 90)),
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of each procedure, one that was cut off, a note and a mark."""
    path = tmp_path_factory.mktemp("leaves") / "a.certiscope"
    kept = Case.create(path)
    for settings in RUNS:
        counted(kept, begun(kept, settings))
    cut = begun(kept, RUNS[0].model_copy(update={"seed": 2}))
    partly(kept, cut, 130)
    kept.note(1, "a note")
    kept.pin(2)
    return path


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from leaves(item, (*path, key))
    else:
        yield path


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value + "x" if not value.isdigit() else str(int(value) + 1)
    return "x" if value is None else [*value, "x"] if isinstance(value, list) else {"x": 1}


def changes(value: Any) -> Iterator[tuple[str, Any]]:
    """A cell with one leaf of it changed, and the leaf's name; of many the first and the last."""
    tree = None
    if isinstance(value, str) and value.startswith(("[", "{")):
        tree = json.loads(value)
    if not isinstance(tree, dict | list) or not tree:
        yield "", other(value)
        return
    paths = list(leaves(tree))
    for path in paths if len(paths) < 17 else [*paths[:8], *paths[-8:]]:
        changed = copy.deepcopy(tree)
        holder = changed
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = other(holder[path[-1]])
        yield "." + ".".join(map(str, path)), json.dumps(changed)


def edits(path: Path) -> Iterator[tuple[str, str, Any, tuple[str, ...], tuple[Any, ...]]]:
    """Name, table, new value, and where: each cell of the first two rows of each table and run."""
    with sqlite3.connect(path) as db:
        tables = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for table in tables:
            facts = db.execute(f"PRAGMA table_info({table})").fetchall()
            columns = [fact[1] for fact in facts]
            keys = [fact[1] for fact in facts if fact[5]]
            for row in db.execute(f"SELECT * FROM {table}").fetchall():
                known = dict(zip(columns, row, strict=True))
                if known.get("start", 0) > 50 and known["start"] % 100:
                    continue
                where = tuple(known[key] for key in keys)
                for column in columns:
                    for leaf, value in changes(known[column]):
                        yield f"{table}.{column}{leaf}", table, (column, value), tuple(keys), where


def edited(case: Path, place: Path, change: str, values: tuple[Any, ...]) -> bool:
    """A copy of the case with one change past its guards; False where SQLite itself refuses it."""
    shutil.copy(case, place)
    db = sqlite3.connect(place)
    try:
        with db:
            for guard in GUARDS:
                db.execute(f"DROP TRIGGER {guard.split()[2]}")
            db.execute(change, values)
            for guard in GUARDS:
                db.execute(guard)
    except sqlite3.IntegrityError:
        return False
    finally:
        db.close()
    return True


def found(path: Path) -> bool:
    """Whether opening or verifying the file says that something is wrong."""
    try:
        return any(claim.verdict != "holds" for claim, *_ in check_case(path))
    except UserError:
        return True


@pytest.mark.thorough
def test_every_change_of_a_cell_is_found(case: Path, tmp_path: Path) -> None:
    unseen, seen = set[str](), set[str]()
    place = tmp_path / "changed.certiscope"
    assert edited(case, place, "UPDATE run SET block = block", ()) and not found(place)
    for name, table, (column, value), keys, where in edits(case):
        clause = " AND ".join(f"{key} = ?" for key in keys)
        if edited(case, place, f"UPDATE {table} SET {column} = ? WHERE {clause}", (value, *where)):
            (seen if found(place) else unseen).add(name)
    assert not unseen, sorted(unseen)
    assert len(seen) > 100
