from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.case import Case
from engine.case.digests import subject
from engine.core.errors import UserError
from engine.procedures.certify import certify
from tests.cases import SETTINGS, Slow, begun, counted, partly
from tests.fakes import HalfSpace, finish, fitted, identity

GOLDEN = Path(__file__).parents[2] / "golden"
RADIUS, COUNTED = 0.24563119517628687, 560
HEAD = "fdf1e52d6493cf2693726b6aa38a8add66a53737a476b0eb14438f0ab07ea63e"


def test_a_new_case_is_empty(case: Case) -> None:
    again = Case.open(case.path)
    assert (again.runs(), again.damage, again.damaged()) == ((), "", {})
    assert [event.kind for event in again.events()] == ["created"]
    assert case.path.read_bytes()[:16] == b"SQLite format 3\0"
    assert case.path.read_bytes()[68:72] == b"CSCP"


def test_reopening_shows_results_exactly_as_they_were(case: Case) -> None:
    run = begun(case)
    evidence = counted(case, run)
    again = Case.open(case.path)
    assert again.evidence(run) == evidence
    assert again.runs() == case.runs()
    assert again.row(run).radius == evidence.radius


def test_refusals_are_sentences(case: Case, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="exists already; open it"):
        Case.create(case.path)
    with pytest.raises(UserError, match=r"There is no file .*gone"):
        Case.open(tmp_path / "gone")
    with pytest.raises(UserError, match="there is no folder"):
        Case.create(tmp_path / "nowhere" / "a.certiscope")
    with pytest.raises(UserError, match="exists already"):
        Case.create(tmp_path)
    (tmp_path / "empty").touch()
    with pytest.raises(UserError, match="is empty; it is not a case file"):
        Case.open(tmp_path / "empty")
    with pytest.raises(UserError, match="has no run 3"):
        case.row(3)


def test_a_case_is_made_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.certiscope"
    begun(Case.at(path))
    assert len(Case.at(path).runs()) == 1
    (tmp_path / "b.certiscope").touch()  # what a crash while creating leaves
    assert Case.at(tmp_path / "b.certiscope").runs() == ()


def test_a_file_that_went_away_is_said(case: Case) -> None:
    run = begun(case)
    case.path.unlink()
    with pytest.raises(UserError, match="read-only or gone"):
        case.note(run, "x")
    assert not case.path.exists()


def test_runs_are_numbered_within_model_input_and_setting(case: Case) -> None:
    for seed in range(3):
        begun(case, SETTINGS.model_copy(update={"seed": seed}))
    begun(case, SETTINGS.model_copy(update={"alpha": 0.01}))
    assert [(row.number, row.of) for row in case.runs()] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [row.then for row in case.runs()] == [(1, 3), (2, 3), (3, 3), (1, 1)]


def test_a_result_of_a_session_is_one_of_the_tries_that_are_known_now(case: Case) -> None:
    """The session knows of tries too that were made while another case was open."""
    case.known_to = "session"
    finish(certify(HalfSpace(0.3), fitted(), SETTINGS.model_copy(update={"seed": 7})))
    run = begun(case, SETTINGS.model_copy(update={"seed": 8}))
    kept = counted(case, run)
    number, of = kept.run_number, kept.runs_counted
    assert kept.tries_known_to == "session" and number is not None and of is not None
    assert number > 1  # of the case alone it is the first
    begun(case, SETTINGS.model_copy(update={"seed": 9}))
    assert case.evidence(run) == kept
    found = case.result(run)
    assert found is not None and (found.run_number, found.runs_counted) == (number, of + 1)
    assert found.statement.endswith(f"Try {number} of {of + 1} known to this session.")
    named = Case.open(case.path).result(run)  # as somebody's own case
    assert named is not None and named.statement.endswith("known to this case.")


def test_an_unfinished_run_is_found_by_what_it_counts(case: Case) -> None:
    run = begun(case)
    model, image = identity(), fitted().identity
    assert case.unfinished(model, image, SETTINGS) == run
    other = SETTINGS.model_copy(update={"seed": 1})
    assert case.unfinished(model, image, other) is None
    counted(case, run)
    assert case.unfinished(model, image, SETTINGS) is None


def test_a_copy_holds_everything_and_is_counted_by_nobody(case: Case, tmp_path: Path) -> None:
    run = begun(case)
    partly(case, run, 500)
    case.claim(run)
    case.note(run, "half way")
    copy = case.copy(tmp_path / "copy.certiscope")
    assert copy.row(run).state == "interrupted"
    assert copy.resume(run) == case.resume(run)
    assert copy.events() == case.events()
    with pytest.raises(UserError, match="exists already; choose another name"):
        case.copy(copy.path)
    with pytest.raises(UserError, match="Cannot write"):
        case.copy(tmp_path / "nowhere" / "x")
    assert counted(copy, run).complete


def test_the_fake_of_these_tests_is_one_model() -> None:
    assert Slow(0.3).identity == identity()


def test_a_case_of_version_1_opens_as_it_was(tmp_path: Path) -> None:
    """Made by version 1 of the layout with ``tests.cases``: one run finished, one begun."""
    path = tmp_path / "old.certiscope"
    shutil.copyfile(GOLDEN / "case_v1.certiscope", path)
    case = Case.open(path)
    assert (case.damage, case.damaged()) == ("", {})
    finished, begun_ = case.runs()
    assert (finished.state, finished.pinned, finished.radius) == ("finished", True, RADIUS)
    evidence = case.evidence(1)
    assert evidence is not None and evidence.chain is not None
    assert evidence.chain.head == HEAD
    assert evidence.certified_at == {"radius=0.1": True}
    assert (begun_.state, begun_.counted, begun_.note) == ("interrupted", COUNTED, "half way")
    assert counted(case, 2).complete


def test_a_case_of_evidence_1_0_is_read_and_grows(tmp_path: Path) -> None:
    """Made by version 2 of the layout: a target reached, an exact run, PREDICT, a decision."""
    path = tmp_path / "old.certiscope"
    shutil.copyfile(GOLDEN / "evidence-1.0" / "case.certiscope", path)
    case = Case.open(path)
    assert (case.damage, case.damaged()) == ("", {})
    assert [row.settings.kind for row in case.runs()] == ["certify", "exact", "predict", "decide"]
    known = case.configuration(1)
    assert known.settings.target == "radius=0.9" and known.execution.device == "cpu"
    for row in case.runs():
        evidence = case.evidence(row.id)
        assert evidence is not None and evidence.upgraded_from == "1.0"
        known = case.configuration(row.id)  # its kind is still called as then
        assert subject(known.model, known.input, known.settings) == known.subject
