"""Shards of a set in cases of their own, put together."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.case import Case
from engine.case.merging import adopt, merge
from engine.core.errors import UserError
from engine.evidence.tries import with_tries
from engine.procedures.certify import certify
from engine.verify.casefile import check_case
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
    assert kept[:2] == [one.evidence(run) for run in (1, 2)]
    last, before = kept[2], two.evidence(1)
    assert last is not None and before is not None and before.statement.count("Try 1 of 1 ") == 1
    assert last.statement == before.statement.replace("Try 1 of 1 ", "Try 3 of 3 ")
    assert (last.run_id, last.votes, last.chain) == (before.run_id, before.votes, before.chain)
    assert all(claim.verdict == "holds" for claim, *_ in check_case(opened.path))
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
    assert into.number(evidence.run_id) == 1 and into.number(whole.run_id) is None


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
    opened = Case.open(into.path)
    assert len(opened.tries()) == 3 and opened.row(1).of == 3
    merge(opened, [Case.open(other.path)])
    assert len(opened.tries()) == 3  # none is entered twice
    counted(opened, begun(opened, SETTINGS.model_copy(update={"seed": 4})))
    assert opened.evidence(2).statement.endswith("Try 4 of 4 known to this case.")  # type: ignore[union-attr]
    with pytest.raises(UserError, match="cannot be merged into itself"):
        merge(into, [Case.open(into.path)])


def test_a_result_alone_brings_the_tries_that_it_speaks_of(tmp_path: Path) -> None:
    other = shard(tmp_path / "1.certiscope", 1, 2, 3)
    into, third = Case.create(tmp_path / "2.certiscope"), other.evidence(3)
    assert third is not None and third.run_number == 3
    kept = into.evidence(adopt(into, third))
    assert kept is not None and kept.statement == third.statement
    assert all(claim.verdict == "holds" for claim, *_ in check_case(into.path))


def test_the_tries_of_a_session_are_not_forgotten_in_a_case(tmp_path: Path) -> None:
    whole = with_tries(finish(certify(HalfSpace(0.3), fitted(), SETTINGS)), 4, 5, "session")
    into = Case.create(tmp_path / "1.certiscope")
    assert into.evidence(adopt(into, whole)) == whole
    counted(into, begun(into, SETTINGS.model_copy(update={"seed": 8})))
    assert into.evidence(2).statement.endswith("Try 6 of 6 known to this case.")  # type: ignore[union-attr]
