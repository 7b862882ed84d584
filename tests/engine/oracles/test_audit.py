from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.oracles.audit import UNLABELLED, read_audit
from tests.sayings import keyword_oracle

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


def test_counts_are_about_the_certified_class(tmp_path):
    found = audit(
        tmp_path, "accepted,true,count\nyes,yes,90\nyes,no,2\nno,1,3\nfalse,FALSE,5\nno,no,5\n"
    )
    assert counted(found.about("left")) == (90, 2, 3, 10)
    assert len(found.about("left").sha256) == 64


def test_a_row_may_stand_for_many_answers(tmp_path):
    found = audit(tmp_path, "answer,said,true,count\ngo left,left,left,90\n,left,right,7\n")
    assert counted(found.about("left")) == (90, 7, 0, 0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "answer,said,true with one labelled answer a row, e.g. 'go left,turn left,turn left'"),
        ("a,b\n1,2\n", "has no labelled answers"),
        ("answer,said,true\ngo left,right,left\n", "row 2: the oracle reads 'go left' as 'left'"),
        ("said,true\nup,left\n", "'up' is no class of the oracle"),
        ("said,true\nleft,lfet\n", "'lfet' is no class; write one of left"),
        ("said,true\nleft,\n", "'' is no class"),
        ("accepted,true,count\nmaybe,yes,1\n", "yes or no, yes or no, and a count, e.g. yes,no,3."),
        ("accepted,true,count\nyes,yes,-1\n", "write yes or no, yes or no, and a count"),
        ("accepted,true,count\nyes,yes,99999999999\n", "the count is too large"),
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
    with pytest.raises(UserError, match="is no CSV file"):
        read_audit(broken, NAMES)


def test_what_nobody_looked_at_counts_against_every_class(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"answer,said,true,count\n,left,{UNLABELLED},950\n,right,{UNLABELLED},50\n")
    found = read_audit(path, ("left", "right"))
    for name, said in (("left", 950), ("right", 50)):
        record = found.about(name)
        assert (record.accepted_true, record.accepted_false) == (0, said)
        assert (record.rejected_true, record.rejected_false) == (1000 - said, 0)
