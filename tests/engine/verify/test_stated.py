from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.evidence.evidence import Evidence
from engine.evidence.statement import headline_of
from engine.evidence.subject import region_note
from engine.report.json import write_json
from engine.verify import Plan, verify
from engine.verify.report import Claim, Stated
from engine.verify.stated import judged, of_run
from tests.factories import make_evidence

COUNTS = Plan(counts_only=True)


def test_what_was_certified_is_stated_with_its_numbers(certified: Evidence, exported: Path) -> None:
    for name in ("run.json", "run.pdf"):
        (one,) = verify(exported / name).stated
        assert (one.outcome, one.headline) == ("CERTIFIED", headline_of(certified))
        assert one.note == region_note(certified.region, certified.input) != ""
        assert one.statement == certified.statement
        assert (one.standing, one.why) == ("stands as far as checked", "")


def test_what_was_changed_does_not_stand(exported: Path) -> None:
    path = exported / "run.json"
    content = json.loads(path.read_text())
    content["statement"] = "Anything at all is certified."
    path.write_text(json.dumps(content))
    report = verify(path, COUNTS)
    (one,) = report.stated
    assert one.statement == "Anything at all is certified." and one.standing == "does not stand"
    failed = report.count("does not hold")
    assert one.why == f"{failed} of {len(report.claims)} checks failed" and failed


def test_where_a_check_cannot_be_made_it_is_not_verified(exported: Path) -> None:
    (one,) = verify(exported / "run.json", Plan(model="gone.onnx")).stated
    assert one.standing == "not verified" and "cannot be made" in one.why


def test_what_an_attack_refutes_does_not_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Evidence, "contradicted", True)
    refuted = of_run(make_evidence())
    assert (refuted.outcome, refuted.standing) == ("CONTRADICTED", "does not stand")
    holds = Claim(name="bounds", verdict="holds")
    assert judged([refuted], [holds]) == (refuted,)


def test_a_run_of_a_case_stands_by_its_own_checks_and_those_of_the_file() -> None:
    runs = [Stated(about=f"run {number}", statement="a ball") for number in (1, 2)]
    claims = [
        Claim(name="case file and its log", verdict="holds"),
        Claim(name="bounds", verdict="does not hold", about="run 1"),
        Claim(name="bounds", verdict="holds", about="run 2"),
    ]
    first, second = judged(runs, claims)
    assert (first.standing, first.why) == ("does not stand", "1 of 2 checks failed")
    assert second.standing == "stands as far as checked"
    assert judged(runs[:1], [])[0].standing == "not verified"


def test_values_that_do_not_fit_together_leave_the_sentence(
    tmp_path: Path, certified: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_evidence: Evidence) -> str:
        raise IndexError("no such class")

    monkeypatch.setattr("engine.verify.stated.headline_of", fail)
    write_json(certified, tmp_path / "a.json")
    (one,) = verify(tmp_path / "a.json", COUNTS).stated
    assert one.headline == "" and one.statement == certified.statement
