from __future__ import annotations

import csv
import io
from pathlib import Path

from engine.evidence.attack import AttackRecord
from engine.evidence.generations import AnswerGroup
from engine.report.csv import COLUMNS, answers_csv, evidence_csv, guarded, write_csv
from tests.factories import make_evidence, make_input, make_predicted


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_numbers_keep_full_precision() -> None:
    evidence = make_evidence()
    (row,) = rows(evidence_csv([evidence]))
    assert evidence.bounds is not None
    assert float(row["radius"]) == evidence.radius
    assert float(row["bounds.p_lower"]) == evidence.bounds.p_lower
    assert row["scheme"] == "sigma=0.25"
    assert [int(count) for count in row["votes.estimation"].split()] == list(
        evidence.votes.estimation
    )


def test_columns_are_the_same_for_every_outcome(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    abstained = make_evidence(estimation=(0, 0, 500, 0, 0, 0, 0, 500, 0, 0))
    write_csv([make_evidence(), abstained, make_predicted()], path)
    found = rows(path.read_text(encoding="utf-8"))
    assert all(tuple(row) == COLUMNS for row in found)
    assert [row["outcome"] for row in found] == ["certified", "abstained", "predicted"]
    assert found[1]["radius"] == ""
    assert found[1]["abstention.n_needed"] == "4000"
    assert float(found[2]["test.p_value"]) == 1e-12


def test_a_row_that_an_attack_refutes_says_so() -> None:
    attack = AttackRecord(outcome="found", how="x", perturbation={"radius": 0.001})
    plain, refuted = rows(evidence_csv([make_evidence(), make_evidence(attack=attack)]))
    assert (plain["attack.outcome"], plain["contradicted"]) == ("", "False")
    assert (refuted["attack.perturbation"], refuted["contradicted"]) == ("radius=0.001", "True")


def test_one_run_is_one_row(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    write_csv(make_evidence(), path)
    assert len(rows(path.read_text(encoding="utf-8"))) == 1


def test_names_are_no_formulas_and_keep_commas_and_quotes() -> None:
    assert guarded("@SUM(A1)") == "'@SUM(A1)"
    assert guarded("-1+1") == "'-1+1"
    name = '=HYPERLINK("http://x"), "quoted"\nsecond line'
    (row,) = rows(evidence_csv([make_evidence(input=make_input(name=name))]))
    assert row["input.name"] == "'" + name


def test_answers_as_a_table_no_spreadsheet_runs() -> None:
    groups = [
        AnswerGroup(text="=1+1", class_index=1, count=3),
        AnswerGroup(text=None, class_index=0, count=2),
    ]
    assert answers_csv(groups, ("left", "unparseable")) == (
        "answer,class,count\n'=1+1,unparseable,3\n,left,2\n"
    )
