from __future__ import annotations

import csv
import io

import pytest

from engine.core.errors import UserError
from engine.evidence.generations import AnswerGroup
from engine.evidence.settings import CertifySettings
from engine.oracles.audit import (
    OTHER,
    UNLABELLED,
    audited,
    complaint,
    labels_csv,
    read_audit,
    read_labels,
)
from engine.procedures.certify import certify
from engine.procedures.oracle_correction import transfer_of, with_transfer
from tests.factories import make_evidence
from tests.fakes import finish
from tests.sayings import flat, keyword_oracle, saying

NAMES = ("left", "right", "unparseable")


def audit(folder, text, *, oracle=True):
    path = folder / "labels.csv"
    path.write_text(text)
    return read_audit(path, NAMES, keyword_oracle() if oracle else None)


def counted(record) -> tuple[int, int, int, int]:
    return (
        record.accepted_true,
        record.accepted_false,
        record.rejected_true,
        record.rejected_false,
    )


def test_labelled_answers_become_four_counts_for_any_class(tmp_path):
    found = audit(
        tmp_path,
        "answer,said,true\n"
        "go left,left,left\n"
        "not left,left,right\n"
        "to the right,,left\n"
        "right,right,right\n"
        "well,unparseable,other\n",
    )
    assert counted(found.about("left")) == (1, 1, 1, 2)
    assert counted(found.about("right")) == (1, 1, 1, 2)
    assert counted(found.about("unparseable")) == (0, 1, 0, 4)


def test_counts_are_about_the_class_they_name(tmp_path):
    found = audit(
        tmp_path,
        "class,accepted,true,count\nleft,yes,yes,90\nleft,yes,no,2\nleft,no,1,3\n"
        "left,false,FALSE,5\nleft,no,no,5\n",
    )
    assert counted(found.about("left")) == (90, 2, 3, 10)
    assert len(found.about("left").sha256) == 64 and found.about("left").about == "left"
    assert found.about("right") is None  # they say nothing of any other class


def test_a_row_may_stand_for_many_answers(tmp_path):
    found = audit(tmp_path, "answer,said,true,count\ngo left,left,left,90\n,left,right,7\n")
    assert counted(found.about("left")) == (90, 7, 0, 0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "answer,said,true with one labelled answer a row, e.g. 'go left,turn left,turn left'"),
        ("a,b\n1,2\n", "has no labelled answers"),
        ("answer,said,true\ngo left,right,left\n", "row 2: the oracle reads 'go left' as 'left'"),
        ("said,true\nup,left\n", "'up' is not a class of the oracle"),
        ("said,true\nleft,lfet\n", "'lfet' is not a class; write one of left"),
        ("said,true\nleft,\n", "'' is not a class"),
        (
            "class,accepted,true,count\nleft,maybe,yes,1\n",
            "yes or no, yes or no, and a count, e.g. yes,no,3.",
        ),
        ("class,accepted,true,count\nleft,yes,yes,-1\n", "write yes or no, yes or no, and a count"),
        ("class,accepted,true,count\nleft,yes,yes,99999999999\n", "the count is too large"),
        ("accepted,true,count\nyes,yes,1\n", "does not say which; name it in every row of a col"),
        ("class,accepted,true,count\nleft,yes,yes,1\nright,no,no,1\n", "does not say which"),
        ("class,accepted,true,count\nup,yes,yes,1\n", "row of a column 'class': one of left"),
        ("said,true,count\nleft,left,\n", "row 2: the count must be a whole number."),
        ("said,true,count\nleft,left,1.5\n", "row 2: the count must be a whole number."),
        ("said,true,count\nleft,left,99999999999\n", "the count is too large"),
    ],
)
def test_labels_that_cannot_be(tmp_path, text, sentence):
    with pytest.raises(UserError) as refusal:
        audit(tmp_path, text)
    assert sentence in str(refusal.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(UserError, match="Cannot read the audit"):
        read_audit(tmp_path / "none.csv", NAMES)
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(UserError, match="is not a CSV file"):
        read_audit(broken, NAMES)


def test_what_nobody_looked_at_counts_against_every_class(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"answer,said,true,count\n,left,{UNLABELLED},950\n,right,{UNLABELLED},50\n")
    found = read_audit(path, ("left", "right"))
    for name, said in (("left", 950), ("right", 50)):
        record = found.about(name)
        assert (record.accepted_true, record.accepted_false) == (0, said)
        assert (record.rejected_true, record.rejected_false) == (1000 - said, 0)


def run(*, level=0.1, **settings):
    asked = CertifySettings(bound="live", n0=50, n=500, **settings)
    return finish(certify(saying(), flat(level), asked))


@pytest.fixture(scope="module")
def evidence():
    return run()


def agreed(evidence, *, leave_out=()):
    names = evidence.model.class_names
    return {
        (group.text, group.class_index): names[group.class_index]
        for group in evidence.answers
        if group.text not in leave_out
    }


def four(record):
    return (
        record.accepted_true,
        record.accepted_false,
        record.rejected_true,
        record.rejected_false,
    )


def accepted(evidence):
    top = evidence.bounds.top
    return sum(group.count for group in evidence.answers if group.class_index == top)


def test_all_votes_are_labelled_by_their_distinct_answers(evidence):
    yes = accepted(evidence)
    assert four(audited(evidence, agreed(evidence))) == (yes, 0, 0, 500 - yes)


def test_what_nobody_labelled_counts_against_the_oracle(evidence):
    yes = accepted(evidence)
    assert four(audited(evidence, {})) == (0, yes, 500 - yes, 0)


def test_no_choice_of_missing_labels_helps_the_oracle(evidence):
    labels = agreed(evidence)
    whole = with_transfer(evidence, audited(evidence, labels), 0.01).transfer
    for left_out in labels:
        some = {key: true for key, true in labels.items() if key != left_out}
        part = with_transfer(evidence, audited(evidence, some), 0.01).transfer
        assert part.false_accept >= whole.false_accept
        assert part.p_lower <= whole.p_lower


def test_the_counts_as_a_file_are_the_same_audit(evidence, tmp_path):
    record = audited(evidence, agreed(evidence))
    counts = four(record)
    text = "class,accepted,true,count\n" + "".join(
        f"left,{said},{true},{count}\n"
        for (said, true), count in zip(
            [("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no")], counts, strict=True
        )
    )
    path = tmp_path / "labels.csv"
    path.write_text(text, newline="\n")
    read = read_audit(path, evidence.model.class_names).about("left")
    assert (four(read), read.sha256) == (counts, record.sha256)


def test_answers_whose_words_were_not_kept_count_against_it(evidence):
    groups = tuple(group.model_copy(update={"text": None}) for group in evidence.answers)
    unkept = evidence.model_copy(update={"answers": groups})
    assert four(audited(unkept, agreed(evidence))) == four(audited(evidence, {}))


def test_other_runs_have_nothing_to_label():
    assert "has answers to label" in complaint(make_evidence())
    with pytest.raises(UserError, match="has answers to label"):
        audited(make_evidence(), {})


@pytest.mark.parametrize("changes", [{"bound": "anytime"}, {"n": 600, "bound": "live"}])
def test_a_number_of_labels_that_the_votes_chose_is_refused(evidence, changes):
    settings = evidence.settings.model_copy(update=changes)
    complete = settings.n == 500
    other = evidence.model_copy(update={"settings": settings, "complete": complete})
    with pytest.raises(UserError, match="a number fixed beforehand"):
        audited(other, {})


def test_nothing_bounded_is_nothing_to_label(evidence):
    other = evidence.model_copy(update={"bounds": None})
    assert complaint(other) == "Nothing is bounded yet: let the run count its planned n first."


def test_a_label_that_is_no_class_is_refused(evidence):
    with pytest.raises(
        UserError, match="'lefft' is not a class of the oracle; choose one, or other"
    ):
        audited(evidence, dict.fromkeys(agreed(evidence), "lefft"))


@pytest.fixture(scope="module")
def mixed():
    """A run whose answers are of three classes, the oracle's failures among them."""
    return run(level=0.35)


def written(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_bytes(text.encode())
    return path


def counts(record):
    return record.model_dump(exclude={"source", "sha256"})


@pytest.mark.parametrize("leave_out", [(), ("go left",), ("turn right", "well ...")])
def test_the_command_line_counts_what_the_window_counts(mixed, tmp_path, leave_out):
    labels = agreed(mixed, leave_out=leave_out)
    path = written(tmp_path, labels_csv(mixed, labels))
    names = mixed.model.class_names
    found = read_audit(path, names, keyword_oracle()).about(names[mixed.bounds.top])
    assert counts(found) == counts(audited(mixed, labels))
    theirs = transfer_of(mixed, found, 0.001)
    ours = transfer_of(mixed, audited(mixed, labels), 0.001)
    assert theirs.p_lower == ours.p_lower and theirs.statement == ours.statement


def test_what_is_written_is_read_back(mixed, tmp_path):
    labels = {**agreed(mixed, leave_out=("turn right",))}
    first = next(iter(labels))
    labels[first] = OTHER
    path = written(tmp_path, labels_csv(mixed, labels))
    assert read_labels(path, mixed) == (labels, 0)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert sum(int(row["count"]) for row in rows) == 500
    assert sum(not row["answer"] for row in rows) == len(mixed.answers) - len(labels)


def test_commas_quotes_and_lines_in_answers_survive(mixed, tmp_path):
    text = 'go "left", now\r\nor later'
    names = mixed.model.class_names
    left = names.index("left")
    others = [group for group in mixed.answers if group.class_index != left]
    count = 500 - sum(group.count for group in others)
    said = (AnswerGroup(text=text, class_index=left, count=count), *others)
    changed = mixed.model_copy(update={"answers": said})
    labels = {(text, left): "left"}
    path = written(tmp_path, labels_csv(changed, labels))
    assert read_labels(path, changed) == (labels, 0)
    found = read_audit(path, names, keyword_oracle()).about("left")
    assert found.accepted_true == count


def test_a_file_made_by_hand_labels_the_answers_that_the_run_has(mixed, tmp_path):
    path = written(tmp_path, "answer,said,true\ngo left,,left\ngo up,,other\ngo left,left,left\n")
    found = read_labels(path, mixed)
    (key,) = found.labels
    assert key[0] == "go left" and found.labels[key] == "left" and found.strange == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no answers to find again in this run; it needs the columns answer,said,true."),
        ("class,accepted,true,count\nleft,yes,no,3\n", "has no answers to find again in this run"),
        ("answer,true\ngo left,lfet\n", "row 2: 'lfet' is not a class; write one of left"),
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
def test_labels_of_another_run_or_of_no_class_are_refused(mixed, tmp_path, text, sentence):
    with pytest.raises(UserError) as refusal:
        read_labels(written(tmp_path, text), mixed)
    assert sentence in str(refusal.value)


def test_a_result_without_answers_has_no_labels_to_write():
    with pytest.raises(UserError, match="Only a certified run of a generative model"):
        labels_csv(make_evidence(), {})


def test_an_answer_of_two_lines_stays_one_row(mixed, tmp_path):
    names = mixed.model.class_names
    groups = (AnswerGroup(text="go\rleft", class_index=0, count=300), *mixed.answers)
    told = mixed.model_copy(update={"answers": groups})
    text = labels_csv(told, {("go\rleft", 0): names[0]})
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1] == ["go\rleft", names[0], names[0], "300"] and len(rows) == 1 + len(groups)
    assert read_labels(written(tmp_path, text), told).labels == {("go\rleft", 0): names[0]}


def test_answers_that_differ_by_blanks_are_told_apart(mixed, tmp_path):
    names = mixed.model.class_names
    groups = tuple(AnswerGroup(text=text, class_index=0, count=1) for text in ("go", " go"))
    told = mixed.model_copy(update={"answers": groups})
    labels = {("go", 0): names[0], (" go", 0): names[1]}
    assert read_labels(written(tmp_path, labels_csv(told, labels)), told).labels == labels
