"""Shards of a set in cases of their own, put together."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.case import Case
from engine.case.merging import merge, run_of
from engine.core.errors import UserError
from engine.procedures.certify import certify
from tests.cases import SETTINGS, begun, counted, partly
from tests.fakes import HalfSpace, finish, fitted


def shard(path: Path, *seeds: int) -> Case:
    case = Case.create(path)
    for seed in seeds:
        counted(case, begun(case, SETTINGS.model_copy(update={"seed": seed})))
    return case


def test_runs_keep_ids_votes_and_results(tmp_path: Path) -> None:
    one, two = shard(tmp_path / "1.certiscope", 1, 2), shard(tmp_path / "2.certiscope", 3)
    into = Case.create(tmp_path / "all.certiscope")
    found = merge(into, [one, two])
    assert (found.taken, found.there, found.left) == (3, 0, ())
    opened = Case.open(into.path)
    assert opened.damaged() == {} and opened.damage == ""
    kept = [opened.evidence(row.id) for row in opened.runs()]
    assert kept == [*(one.evidence(run) for run in (1, 2)), two.evidence(1)]
    assert opened.resume(3).blocks == two.resume(1).blocks
    again = merge(opened, [two, one])
    assert (again.taken, again.there) == (0, 3) and len(opened.runs()) == 3


def test_a_merged_case_counts_nothing_again_and_verifies(tmp_path: Path) -> None:
    into = Case.create(tmp_path / "all.certiscope")
    merge(into, [shard(tmp_path / "1.certiscope", 1)])
    settings = SETTINGS.model_copy(update={"seed": 1})
    assert into.finished(HalfSpace(0.3).identity, fitted().identity, settings) == 1
    whole = finish(certify(HalfSpace(0.3), fitted(), settings))
    evidence = into.evidence(1)
    assert evidence is not None and evidence.votes == whole.votes
    assert run_of(into, evidence) == 1 and run_of(into, whole) is None


def test_what_is_not_whole_is_left_and_said(tmp_path: Path) -> None:
    other = shard(tmp_path / "1.certiscope", 1, 2)
    partly(other, begun(other, SETTINGS.model_copy(update={"seed": 9})), 400)
    db = sqlite3.connect(other.path)
    db.execute("UPDATE block SET failures = failures + 1 WHERE run = 2")
    db.commit()
    db.close()
    into = Case.create(tmp_path / "all.certiscope")
    found = merge(into, [Case.open(other.path)])
    assert found.taken == 1 and len(into.runs()) == 1
    assert [sentence.removeprefix(f"{other.path}: ")[:16] for sentence in found.left] == [
        "Run 2 is damaged",
        "run 3 is interru",
    ]
    with pytest.raises(UserError, match="cannot be merged into itself"):
        merge(into, [Case.open(into.path)])
