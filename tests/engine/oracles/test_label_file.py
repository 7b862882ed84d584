from __future__ import annotations

import csv
import io

import pytest

from engine.core.errors import UserError
from engine.evidence.generations import AnswerGroup
from engine.evidence.settings import CertifySettings
from engine.oracles.audit import OTHER, read_audit
from engine.oracles.label_file import labels_csv, read_labels
from engine.oracles.labelling import audited
from engine.procedures.certify import certify
from engine.procedures.oracle_correction import transfer_of
from tests.factories import make_evidence
from tests.fakes import finish
from tests.sayings import flat, keyword_oracle, saying


@pytest.fixture(scope="module")
def evidence():
    """A run whose answers are of three classes, the oracle's failures among them."""
    return finish(certify(saying(), flat(0.35), CertifySettings(n0=50, n=500)))


def agreed(evidence, *, leave_out=()):
    names = evidence.model.class_names
    return {
        (group.text, group.class_index): names[group.class_index]
        for group in evidence.answers
        if group.text not in leave_out
    }


def written(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_bytes(text.encode())
    return path


def counts(record):
    return record.model_dump(exclude={"source", "sha256"})


@pytest.mark.parametrize("leave_out", [(), ("go left",), ("turn right", "well ...")])
def test_the_command_line_counts_what_the_window_counts(evidence, tmp_path, leave_out):
    labels = agreed(evidence, leave_out=leave_out)
    path = written(tmp_path, labels_csv(evidence, labels))
    names = evidence.model.class_names
    found = read_audit(path, names, keyword_oracle()).about(names[evidence.bounds.top])
    assert counts(found) == counts(audited(evidence, labels))
    theirs = transfer_of(evidence, found, 0.001)
    ours = transfer_of(evidence, audited(evidence, labels), 0.001)
    assert theirs.p_lower == ours.p_lower and theirs.statement == ours.statement


def test_what_is_written_is_read_back(evidence, tmp_path):
    labels = {**agreed(evidence, leave_out=("turn right",))}
    first = next(iter(labels))
    labels[first] = OTHER
    path = written(tmp_path, labels_csv(evidence, labels))
    assert read_labels(path, evidence) == (labels, 0)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert sum(int(row["count"]) for row in rows) == 500
    assert sum(not row["answer"] for row in rows) == len(evidence.answers) - len(labels)


def test_commas_quotes_and_lines_in_answers_survive(evidence, tmp_path):
    text = 'go "left", now\r\nor later'
    names = evidence.model.class_names
    left = names.index("left")
    others = [group for group in evidence.answers if group.class_index != left]
    count = 500 - sum(group.count for group in others)
    said = (AnswerGroup(text=text, class_index=left, count=count), *others)
    changed = evidence.model_copy(update={"answers": said})
    labels = {(text, left): "left"}
    path = written(tmp_path, labels_csv(changed, labels))
    assert read_labels(path, changed) == (labels, 0)
    found = read_audit(path, names, keyword_oracle()).about("left")
    assert found.accepted_true == count


def test_a_file_made_by_hand_labels_the_answers_that_the_run_has(evidence, tmp_path):
    path = written(tmp_path, "answer,said,true\ngo left,,left\ngo up,,other\ngo left,left,left\n")
    found = read_labels(path, evidence)
    (key,) = found.labels
    assert key[0] == "go left" and found.labels[key] == "left" and found.strange == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no answers to find again in this run; it needs the columns answer,said,true."),
        ("accepted,true,count\nyes,no,3\n", "has no answers to find again in this run"),
        ("answer,true\ngo left,lfet\n", "row 2: 'lfet' is no class; write one of left"),
        (
            "answer,said,true\ngo left,right,left\n",
            "row 2: this run's oracle reads 'go left' as 'left', not 'right'; import labels of "
            "this oracle.",
        ),
        (
            "answer,true\ngo left,left\ngo left,right\n",
            "row 3: 'go left' is labelled 'left' and 'right'; leave one.",
        ),
    ],
)
def test_labels_that_cannot_be(evidence, tmp_path, text, sentence):
    with pytest.raises(UserError) as refusal:
        read_labels(written(tmp_path, text), evidence)
    assert sentence in str(refusal.value)


def test_a_result_without_answers_has_no_labels_to_write():
    with pytest.raises(UserError, match="Only a certified run of a generative model"):
        labels_csv(make_evidence(), {})


def test_an_answer_of_two_lines_stays_one_row(evidence, tmp_path):
    names = evidence.model.class_names
    groups = (AnswerGroup(text="go\rleft", class_index=0, count=300), *evidence.answers)
    told = evidence.model_copy(update={"answers": groups})
    text = labels_csv(told, {("go\rleft", 0): names[0]})
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1] == ["go\rleft", names[0], names[0], "300"] and len(rows) == 1 + len(groups)
    assert read_labels(written(tmp_path, text), told).labels == {("go\rleft", 0): names[0]}


def test_answers_that_differ_by_blanks_are_told_apart(evidence, tmp_path):
    names = evidence.model.class_names
    groups = tuple(AnswerGroup(text=text, class_index=0, count=1) for text in ("go", " go"))
    told = evidence.model_copy(update={"answers": groups})
    labels = {("go", 0): names[0], (" go", 0): names[1]}
    assert read_labels(written(tmp_path, labels_csv(told, labels)), told).labels == labels
