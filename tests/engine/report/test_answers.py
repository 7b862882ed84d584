from __future__ import annotations

import pytest

from engine.cli.outcome import rows
from engine.evidence.evidence import AuditRecord
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.procedures.oracle_correction import with_transfer
from engine.report.answers import answer_limits, answer_sections
from engine.report.csv import COLUMNS, evidence_csv
from engine.report.html import html_text
from engine.report.summary import content
from tests.factories import make_evidence
from tests.fakes import finish
from tests.sayings import flat, saying


@pytest.fixture(scope="module")
def evidence():
    found = finish(certify(saying(prompt="where to?"), flat(0.1), CertifySettings(n0=50, n=500)))
    audit = AuditRecord(
        source="labels.csv",
        sha256="00" * 32,
        accepted_true=60,
        accepted_false=1,
        rejected_true=0,
        rejected_false=139,
    )
    return with_transfer(found, audit, 0.001)


def test_other_models_have_no_such_sections():
    assert answer_sections(make_evidence()) == ()
    assert answer_limits(make_evidence()) == ()


def test_the_table_groups_the_answers_and_adds_up(evidence):
    answers, true = answer_sections(evidence)
    assert sum(int(row[2].replace(",", "")) for row in answers.table.rows) == 500
    assert answers.table.rows[0][:2] == ("'go left'", "left")
    facts = {fact.label: fact.value for fact in answers.facts}
    assert facts["prompt"] == "where to?"
    assert facts["oracle's sha256"] == evidence.model.part("oracle").sha256
    assert true.sentences == (evidence.transfer.statement,)
    assert {fact.label: fact.value for fact in true.facts}["labels"] == "1 of 140"


def test_many_groups_are_cut_and_counted(evidence):
    group = evidence.answers[0]
    many = tuple(group.model_copy(update={"text": f"{i}", "count": 1}) for i in range(100))
    long = group.model_copy(update={"text": "word " * 40, "count": 2})
    section, _ = answer_sections(evidence.model_copy(update={"answers": (long, *many)}))
    assert section.table.rows[0][0] == f"'{' '.join(['word'] * 40)}'"  # nothing is left out
    assert section.table.rows[-1][:3] == ("77 more groups", "", "77")


def test_an_endless_answer_says_how_much_is_left(evidence):
    group = evidence.answers[0].model_copy(update={"text": "x" * 2601})
    section, _ = answer_sections(evidence.model_copy(update={"answers": (group,)}))
    assert section.table.rows[0][0] == f"'{'x' * 600}' and 2,001 characters more, in the evidence"


def test_first_page_and_limits_say_what_rests_on_what(evidence):
    page = content(evidence)
    assert [f.note for f in page.key_facts if f.label == "true class"] == [
        "confidence 99.8 %; rests on labels; see True class"
    ]
    assert any("needs no assumption about the oracle" in line for line in page.limits.sentences)


def test_html_and_csv_hold_them_too(evidence):
    text = html_text(evidence)
    assert "go left" in text
    assert "True class" in text
    row = evidence_csv([evidence])
    assert "left: go left" in row
    assert {"answers", "transfer.p_lower", "transfer.radius"} <= set(COLUMNS)


def test_both_digests_of_a_model_that_writes_are_told(evidence):
    """The card names the weights; the run's digest is over weights, prompt and oracle."""
    weights = evidence.model.part("weights")
    assert weights.sha256 != evidence.model.sha256
    model = next(part for part in content(evidence).sections if part.title == "Model")
    facts = {fact.label: (fact.value, fact.note) for fact in model.facts}
    together = "of weights, prompt and oracle together"
    assert facts["sha256"] == (evidence.model.sha256, together)
    assert facts["sha256 of the weights"] == (weights.sha256, "")
    printed = dict(rows(evidence))["model"]
    assert evidence.model.sha256[:12] in printed and weights.sha256[:12] in printed
