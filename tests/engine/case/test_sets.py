"""A set in a case, with a counted model: nothing is counted twice, and rows stay the same."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.case import Case
from engine.case.database import Database
from engine.case.merging import adopt
from engine.case.sets import CaseSet
from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import USUAL, CertifySettings
from engine.inputs.base import FittedInput
from engine.models.request import ModelRequest
from engine.procedures.dataset import certify_set
from engine.procedures.prepared import PreparedModel
from engine.procedures.set_result import SetResult
from engine.regions import Ball
from engine.verify.sound import fault
from tests.fakes import HalfSpace, fitted

SETTINGS = CertifySettings(n0=20, n=400, seed=1)
INPUTS = {"a": 0.0, "b": 0.1, "c": 0.2}


def read(spec: str, named: Callable[[str], str] = lambda spec: f"{ord(spec):064x}") -> FittedInput:
    found = fitted(INPUTS[spec])
    identity = found.identity.model_copy(update={"pixels_sha256": named(spec)})
    return FittedInput(identity, found.arrays)


def counted(
    case: Case | None,
    settings: CertifySettings = SETTINGS,
    *,
    stop_after: int = 0,
    new_runs: bool = False,
    named: Callable[[str], str] = lambda spec: f"{ord(spec):064x}",
) -> tuple[SetResult, list[Evidence], int]:
    """The set, its evidence, and how many snapshots were drawn."""
    model, stop, found = HalfSpace(0.4), threading.Event(), list[Evidence]()
    kept = None
    if case is not None:
        kept = CaseSet(
            case,
            model,
            settings,
            request=ModelRequest("fake"),
            execution=USUAL,
            at=(),
            stop=stop,
            new_runs=new_runs,
        )
        settings = kept.settings

    def done(spec: str, evidence: Evidence) -> None:
        found.append(evidence)
        if len(found) == stop_after:
            stop.set()

    certifying = certify_set(
        model,
        list(INPUTS),
        settings,
        stop=stop,
        read=lambda spec: read(spec, named),
        done=done,
        count=kept.count if kept else None,
        ahead=kept.ahead if kept else lambda inputs: None,
        available=5,
    )
    snapshots = 0
    while True:
        try:
            next(certifying)
            snapshots += 1
        except StopIteration as end:
            return end.value, found, snapshots


@pytest.mark.walk
@pytest.mark.parametrize("noise", ["float", "exact"])
def test_a_stopped_set_goes_on_to_the_rows_of_a_whole_one(tmp_path: Path, noise: str) -> None:
    path, settings = tmp_path / "a.certiscope", SETTINGS.model_copy(update={"noise": noise})
    part, first, _ = counted(Case.create(path), settings, stop_after=1)
    assert not part.complete and len(part.rows) == 1
    whole, evidence, _ = counted(Case.open(path), settings)
    plain, _, _ = counted(None, settings)
    assert whole.complete and whole.rows == plain.rows and whole.summary == plain.summary
    assert evidence[0] == first[0]  # not counted again
    assert (whole.available, len(Case.open(path).runs())) == (5, 3)
    again, _, snapshots = counted(Case.open(path), settings)
    assert again == whole and snapshots == 0


def test_a_run_that_broke_off_within_is_resumed(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "a.certiscope")
    kept = CaseSet(
        case,
        HalfSpace(0.4),
        SETTINGS,
        request=ModelRequest("fake"),
        execution=USUAL,
        at=(),
        stop=threading.Event(),
    )
    run = kept.count("a", read("a"), PreparedModel(HalfSpace(0.4)))
    next(run)
    run.close()  # as a crash does, after a commit
    whole, _, _ = counted(Case.open(case.path))
    assert whole.rows == counted(None)[0].rows and len(Case.open(case.path).runs()) == 3


def test_without_a_seed_the_set_keeps_its_own(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "a.certiscope")
    fresh = SETTINGS.model_copy(update={"seed": None})
    first, _, _ = counted(case, fresh, stop_after=2)
    second, _, _ = counted(case, fresh)
    assert first.settings.seed is not None and second.settings.seed == first.settings.seed
    assert second.rows[:2] == first.rows
    anew, evidence, _ = counted(case, fresh, new_runs=True)
    assert anew.settings.seed != first.settings.seed
    assert evidence[0].run_number == 2 and evidence[0].tries_known_to == "case"
    other, _, _ = counted(case, fresh.model_copy(update={"n": 500}))
    assert other.settings.seed not in (first.settings.seed, anew.settings.seed)


def test_a_case_that_is_damaged_gives_nothing(tmp_path: Path) -> None:

    case = Case.create(tmp_path / "a.certiscope")
    counted(case)
    db = sqlite3.connect(case.path)
    db.execute("UPDATE block SET failures = failures + 1 WHERE run = 2")
    db.commit()
    db.close()
    opened = Case.open(case.path)
    found, _, snapshots = counted(opened)
    assert found.rows == counted(None)[0].rows and snapshots > 0  # run 2 was counted anew


@pytest.mark.parametrize("available", [None, 3, 5])
def test_what_was_left_out_of_a_set_is_said(available: int | None) -> None:
    found = result_of(
        certify_set(HalfSpace(0.4), list(INPUTS), SETTINGS, read=read, available=available)
    )
    said = [note for note in found.notes if "were taken" in note]
    assert (found.available, len(said)) == ((5, 1) if available == 5 else (None, 0))


def test_a_result_is_taken_for_the_input_that_it_names_alone(tmp_path: Path) -> None:
    """The same pixels with another label, or from another file, have other things said of them."""
    case, model, given = Case.create(tmp_path / "c.certiscope"), HalfSpace(0.4), read("a")
    counted(case)
    assert case.finished(model.identity, given.identity, SETTINGS) == 1
    moved = given.identity.model_copy(update={"source": "elsewhere/a"})
    assert case.finished(model.identity, moved, SETTINGS) == 1
    for change in (
        {"label": 1, "label_name": "other"},
        {"sha256": "0" * 64},
        {"adaptation": "resized from 16 x 16"},
        {"name": "b"},
    ):
        other = given.identity.model_copy(update=change)
        assert case.finished(model.identity, other, SETTINGS) is None, change


def test_a_row_says_of_how_many_tries_it_is_one(tmp_path: Path) -> None:
    """Whoever tries a set three times and shows the first is told so, and so are the readers."""
    case, seeds = Case.create(tmp_path / "c.certiscope"), (1, 2, 3)
    for seed in seeds:
        counted(case, SETTINGS.model_copy(update={"seed": seed}))
    kept = case.evidence(1)
    assert kept is not None and kept.statement.endswith("Try 1 of 1 known to this case.")
    result, evidence, drawn = counted(case)
    assert drawn == 0
    for one in evidence:
        assert one.statement.endswith("Try 1 of 3 known to this case.")
        assert (one.run_number, one.runs_counted) == (1, 3)
    said = [note for note in result.notes if "tried more than once" in note]
    assert len(said) == 1 and said[0].startswith("3 of 3 inputs were tried more than once, up to 3")


def test_a_result_whose_model_was_never_asked_again_is_not_taken(tmp_path: Path) -> None:
    case, older = Case.create(tmp_path / "c.certiscope"), Case.create(tmp_path / "o.certiscope")
    counted(case)
    kept, model = case.evidence(1), HalfSpace(0.4)
    assert kept is not None
    adopt(older, kept.model_copy(update={"function_check": None}))
    assert older.row(1).state == "finished"
    assert older.finished(model.identity, read("a").identity, SETTINGS) is None


def test_runs_of_a_set_share_their_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many rows of a few milliseconds are begun together and kept together."""
    commits, create = [], Database.writing

    def noted(self: Database, mode: str = "rw") -> Any:
        commits.append(mode)
        return create(self, mode)

    many = {f"{place}": place / 100 for place in range(40)}
    monkeypatch.setattr(Database, "writing", noted)
    monkeypatch.setattr("tests.engine.case.test_sets.INPUTS", many)
    for file in ("engine.case.recording.time", "engine.procedures.dataset.time"):
        still = SimpleNamespace(monotonic=lambda: 0.0, perf_counter=lambda: 0.0)
        monkeypatch.setattr(file, still)
    path = tmp_path / "a.certiscope"
    whole, evidence, _ = counted(Case.create(path), named=lambda spec: f"{spec:0>64}")
    assert len(commits) < 15 < len(whole.rows) == 40
    case = Case.open(path)
    assert [row.state for row in case.runs()] == ["finished"] * 40
    assert [case.evidence(row.id) for row in case.runs()] == evidence


def test_inputs_that_are_the_same_have_a_run_each(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "a.certiscope")
    whole, evidence, _ = counted(case, named=lambda spec: "7" * 64)
    assert len(whole.rows) == 3 and not any("case file" in w for e in evidence for w in e.warnings)
    assert {row.state for row in Case.open(case.path).runs()} == {"finished"}


def test_what_is_begun_and_not_counted_is_let_go(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "a.certiscope")
    kept = CaseSet(
        case,
        HalfSpace(0.4),
        SETTINGS,
        request=ModelRequest("fake"),
        execution=USUAL,
        at=(),
        stop=threading.Event(),
    )
    kept.ahead([(spec, read(spec)) for spec in INPUTS])
    assert [row.state for row in case.runs()] == ["counting"] * 3
    kept.ahead(())
    assert [row.state for row in case.runs()] == ["interrupted"] * 3
    whole, _, _ = counted(Case.open(case.path))
    assert whole.rows == counted(None)[0].rows and len(case.runs()) == 3


LARGE = Ball(norm="l2", radius=3.0, unit="pixels in [0,1]")


def resumed(case: Case, *, new_runs: bool = False) -> tuple[SetResult, CaseSet]:
    model = HalfSpace(0.4)
    kept = CaseSet(
        case,
        model,
        SETTINGS,
        request=ModelRequest("fake"),
        execution=USUAL,
        at=(),
        stop=threading.Event(),
        new_runs=new_runs,
        fault=fault,
    )
    certifying = certify_set(
        model, list(INPUTS), SETTINGS, read=read, count=kept.count, ahead=kept.ahead
    )
    return result_of(certifying), kept


def rewritten(tmp_path: Path, run: int) -> Case:
    """A case in which somebody wrote a larger radius, and every digest anew."""
    own, other = Case.create(tmp_path / "a.certiscope"), Case.create(tmp_path / "b.certiscope")
    counted(own)
    for row in own.runs():
        found = own.evidence(row.id)
        assert found is not None
        if row.id == run:
            found = found.model_copy(update={"region": LARGE, "radius": 3.0})
        adopt(other, found)
    assert [row.state for row in other.runs()] == ["finished"] * 3
    return other


def test_what_follows_from_its_votes_is_taken_and_said_to_be(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "a.certiscope")
    whole, kept = resumed(case)
    assert whole.complete and kept.taken == 0 and kept.remark == ""
    again, kept = resumed(Case.open(case.path))
    assert again == whole and kept.taken == 3
    assert kept.remark.startswith(f"3 rows were in {case.path} before: what they state follows ")


def test_a_row_that_does_not_follow_is_left_out_with_its_reason(tmp_path: Path) -> None:
    case = rewritten(tmp_path, 2)
    found, kept = resumed(case)
    (left,) = found.unread
    assert not found.complete and len(found.rows) == kept.taken == 2 and left.input == "b"
    assert left.reason.startswith(f"Run 2 of {case.path} does not follow from its votes (certified")
    assert "--new-run counts everything anew" in left.reason
    anew, kept = resumed(case, new_runs=True)
    assert anew.complete and kept.taken == 0


def test_where_the_first_row_does_not_follow_the_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Run 1 of .* does not follow from its votes"):
        resumed(rewritten(tmp_path, 1))


def test_results_that_a_case_lacks_are_counted(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "a.certiscope")
    _, evidence, _ = counted(case)
    of = {"request": ModelRequest("fake"), "execution": USUAL, "at": (), "stop": threading.Event()}
    kept = CaseSet(case, HalfSpace(0.4), SETTINGS, **of)
    known = [each.run_id for each in evidence]
    assert kept.missing(known) == kept.missing([]) == ""
    assert kept.missing([*known, "none"]).startswith(f"1 of 4 results are not in {case.path}; ")
    case.path.unlink()
    assert kept.missing(known).startswith("3 of 3 results are not in")
