from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.case import Case
from engine.cli import main
from engine.core.errors import UserError
from engine.verify import Plan, verify
from engine.verify.casefile import check_case

WORDS = ["certify", "--model", "demo:digits-0.25", "--input", "digits:17", "--n0", "20"]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "c.certiscope"
    for seed in ("0", "1"):
        assert main([*WORDS, "--n", "300", "--seed", seed, "--case", str(path), "--quiet"]) == 0
    return path


def test_every_run_of_an_honest_case_holds(case: Path) -> None:
    report = verify(case)
    assert report.ok, report.summary()
    assert {claim.about for claim in report.claims} == {"", "run 1", "run 2"}
    numbers = [claim for claim in report.claims if claim.name == "number of the run"]
    assert len(numbers) == 2
    assert [one.about for one in report.stated] == ["run 1", "run 2"]
    assert {one.standing for one in report.stated} == {"stands as far as checked"}
    first, last = report.stated
    assert first.note.endswith("stated when fewer were known: the case knows 2 tries now")
    assert "the case knows" not in last.note


def test_an_empty_case_is_not_verified(tmp_path: Path) -> None:
    report = verify(Case.create(tmp_path / "empty.certiscope").path)
    assert not report.ok
    assert report.headline() == "1 of 2 checks cannot be made; votes not re-drawn"
    assert [claim.detail for claim in report.claims] == ["", "the case holds no run"]


@pytest.mark.walk
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE block SET counts = replace(counts, '\"7\": ', '\"7\": 1') WHERE run = 2",
        "UPDATE block SET failures = failures + 1 WHERE run = 2 AND start = 0",
        "UPDATE run SET settings = replace(settings, '0.001', '0.5') WHERE id = 2",
        "UPDATE model SET sha256 = 'ab' || substr(sha256, 3)",
        "DELETE FROM block WHERE run = 2 AND start = 250",
    ],
)
def test_a_changed_record_is_caught(case: Path, statement: str) -> None:
    db = sqlite3.connect(case)
    db.execute(statement)
    db.commit()
    db.close()
    report = verify(case, Plan(counts_only=True))
    assert not report.ok
    assert any(claim.about == "run 2" for claim in report.claims if claim.verdict != "holds")


@pytest.mark.thorough
def test_a_run_without_a_result_says_so(case: Path) -> None:
    from engine.cli.run import load
    from engine.models import ModelRequest

    opened = Case.open(case)
    row = opened.runs()[0]
    request = ModelRequest(spec="demo:digits-0.25")
    classifier, fitted = load(request, "digits:17")
    opened.begin(
        classifier.identity,
        fitted.identity,
        row.settings,
        model_request=request,
        input_spec="digits:17",
        key=1,
    )
    (claim,) = [c for c in verify(case).claims if c.about == "run 3"]
    assert claim.line() == "run 3: recorded votes: holds (0 of 300 votes, no result yet)"
    report = verify(case, Plan(rerun="all"))
    assert report.ok and report.level == "blocks re-drawn"
    assert report.headline().endswith(
        "blocks re-drawn, with the selection votes, but none of 1 run without a result"
    )


@pytest.mark.thorough
def test_a_share_of_the_runs_is_drawn_again_and_all_are_checked(case: Path) -> None:
    report = verify(case, Plan(rerun=0.01))
    assert report.ok and report.level == "blocks re-drawn"
    assert (len(report.redrawn), report.left_out) == (1, 1)
    assert report.redrawn[0].blocks == report.redrawn[0].of
    assert (
        report.headline() == "Arithmetic holds; 1 of 2 runs re-drawn, chosen by lot, with the "
        "selection votes"
    )
    names = [claim.about for claim in report.claims if claim.name == "recorded votes"]
    assert names == ["run 1", "run 2"]
    assert len([claim for claim in report.claims if claim.name == "votes drawn again"]) == 1
    assert verify(case, Plan(rerun=0.6)).level == "everything re-drawn"


def test_what_is_no_case_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.certiscope"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t (x)")
    db.commit()
    db.close()
    with pytest.raises(UserError, match="not a case file"):
        verify(path)


def test_a_case_of_an_older_program_is_left_as_it_is(tmp_path: Path) -> None:
    old = Path(__file__).parents[2] / "golden/evidence-1.0/case.certiscope"
    path = tmp_path / "old.certiscope"
    path.write_bytes(old.read_bytes())
    assert {claim.verdict for claim, _, _ in check_case(path)} == {"holds"}
    assert path.read_bytes() == old.read_bytes()
