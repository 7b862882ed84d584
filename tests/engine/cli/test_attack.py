"""``certiscope attack`` and ``audit --attack``: files, words, and the status of a contradiction."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import engine.attacks.attack
import engine.attacks.sets
from engine.case import Case
from engine.cli import main
from engine.cli.outcome import CONTRADICTED
from engine.core.records import ProbabilityBounds
from engine.regions import Ball
from engine.schemes import Gaussian
from engine.schemes.base import NO_FACTS, Facts

MODEL = ["--model", "demo:digits-0.25", "--sigma", "0.25", "--n0", "50", "--n", "500"]
FEW = ["--attack-samples", "200", "--attack-n", "1000"]
QUICK = ["--seed", "1", "--device", "cpu", "--batch", "500", *FEW]
ATTACK = ["attack", *MODEL, *QUICK, "--input", "digits:17"]
AUDIT = ["audit", *MODEL, *QUICK, "--input", "digits", "--limit", "3", "--attack"]


@pytest.mark.thorough
def test_an_attack_stands_in_evidence_and_report(tmp_path: Path, capsys: Any) -> None:
    run, pdf = tmp_path / "run.json", tmp_path / "run.pdf"
    assert main([*ATTACK, "--json", str(run), "--report", str(pdf)]) == 0
    assert "Attack: A change of radius" in capsys.readouterr().out
    evidence = json.loads(run.read_text(encoding="utf-8"))
    assert evidence["attack"]["perturbation"]["radius"] >= evidence["radius"]
    for path in (run, pdf):
        assert main(["verify", "--counts-only", str(path)]) == 0
        assert "attack on the smoothed model: holds" in capsys.readouterr().out


def test_a_set_is_attacked_row_by_row(tmp_path: Path, capsys: Any) -> None:
    table, pdf = tmp_path / "set.json", tmp_path / "set.pdf"
    assert main([*AUDIT, "--json", str(table), "--report", str(pdf)]) == 0
    rows = json.loads(table.read_text(encoding="utf-8"))["rows"]
    assert len(rows) == 3 and all(row["attacked"]["radius"] >= row["radius"] for row in rows)
    assert "radius=0.25" in capsys.readouterr().out
    assert main(["verify", "--counts-only", str(pdf)]) == 0
    assert "attack on the smoothed model: holds (3 rows)" in capsys.readouterr().out


def test_a_case_keeps_attacks_and_none_is_made_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    case, first, second = (tmp_path / name for name in ("a.certiscope", "1.json", "2.json"))
    words = [*AUDIT, "--case", str(case)]
    assert main([*words, "--json", str(first)]) == 0
    assert main(["verify", "--counts-only", str(case)]) == 0
    assert "attack on the smoothed model: holds" in capsys.readouterr().out

    def never(*args: Any, **more: Any) -> None:
        raise AssertionError("attacked again")

    monkeypatch.setattr(engine.attacks.sets, "attacked", never)
    assert main([*words, "--json", str(second)]) == 0
    rows = [json.loads(path.read_text(encoding="utf-8"))["rows"] for path in (first, second)]
    assert rows[0] == rows[1] and all(row["attacked"] for row in rows[1])


def test_a_killed_attack_is_made_on_the_same_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Its votes are the case's: the same command counts none again, and is no new try."""
    path, out = tmp_path / "a.certiscope", tmp_path / "a.json"
    words = [*ATTACK, "--case", str(path), "--json", str(out)]

    def killed(*args: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(engine.attacks.attack, "attacked", killed)
        assert main(words) == 130
    assert main(words) == 0
    assert "lacks the attack; no vote is counted again." in capsys.readouterr().err
    found, case = json.loads(out.read_text(encoding="utf-8")), Case.open(path)
    assert [row.id for row in case.runs()] == [1] and found["runs_counted"] == 1
    kept = case.result(1)
    assert kept is not None and kept.attack is not None and found["attack"]["perturbation"]
    assert main(["verify", "--counts-only", str(path)]) == 0
    assert main([*words, "--quiet"]) == 0  # an attacked run is no longer taken
    assert len(case.runs()) == 2


@pytest.mark.walk
@pytest.mark.parametrize("words", [ATTACK, AUDIT])
def test_a_certificate_that_is_too_large_ends_with_a_status_of_its_own(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def forged(scheme: Gaussian, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Ball:
        return Ball(norm="l2", radius=5.0, unit="pixels in [0,1]")

    monkeypatch.setattr(Gaussian, "region", forged)
    assert main(words) == CONTRADICTED == 5
    shown = capsys.readouterr()
    assert "CONTRADICTION: a change of radius" in shown.out + shown.err
    if words is AUDIT:
        assert "digits:414" not in shown.out  # the set stopped at its first row


def test_numbers_that_cannot_be_are_refused(capsys: Any) -> None:
    assert main([*ATTACK, "--attack-alpha", "2"]) == 2
    shown = capsys.readouterr().err
    assert "--attack-" in shown and "alpha" in shown and shown.count("\n") == 1
