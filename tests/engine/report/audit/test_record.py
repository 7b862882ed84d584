"""What is attached of a set: every row's evidence but for its votes over n, and nothing lost."""

from __future__ import annotations

import json

from engine.procedures.set_result import slim
from engine.report.audit.record import SetRecord, decisive
from engine.report.audit.words import set_statement
from tests.sets import SPECS, make_set


def test_every_row_is_read_back_as_the_evidence_that_it_was() -> None:
    made = make_set()
    record = made.recorder.record(made.result, set_statement(made.result))
    again = SetRecord.model_validate_json(record.text())
    assert again == record and again.text() == record.text()
    rows = dict((row.idx, evidence) for row, evidence in again.evidence())
    assert list(rows) == list(SPECS)
    for spec, evidence in made.evidence.items():
        assert rows[spec] == slim(evidence)
    assert [row.seal for row in again.rows] == [one.seal for one in made.evidence.values()]
    assert list(again.values("command"))[1] == "certiscope certify --input 0.1"


def test_what_all_rows_share_is_written_once() -> None:
    made = make_set()
    record = made.recorder.record(made.result, "")
    row = len(json.dumps(record.rows[1].model_dump(mode="json")))
    whole = len(slim(made.evidence["0.1"]).model_dump_json())
    assert row < 0.7 * whole
    assert not {"settings", "software", "model"} & (record.rows[1].own.keys())


def test_votes_that_a_running_bound_rests_on_are_kept() -> None:
    made = make_set()
    for evidence in made.evidence.values():
        assert evidence.bounds is not None
        reached = [point.n for point in evidence.trajectory if point.n < evidence.bounds.n]
        best = [p.n for p in evidence.trajectory if p.p_lower == evidence.bounds.p_lower]
        ends = [votes.n for votes in decisive(evidence)]
        assert set(ends) <= set(reached)
        assert best[0] in (*ends, evidence.bounds.n)
    assert any(decisive(one) for one in made.evidence.values())  # as that of the fifth has to be
    fixed = make_set(bound="clopper-pearson")
    assert not any(decisive(one) for one in fixed.evidence.values())
