"""Files of votes: every form, and every way to be malformed with its sentence."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.core.errors import UserError
from engine.replay import table
from engine.replay.table import read_bytes, read_table

PATH = Path("votes.csv")
HEADER = "idx,label,n0_0,n0_1,n_0,n_1\n"
ONE_BLOCK = "idx,label,n_0,n_1\n"
BOUNDS = "idx,label,p_lower,p_upper\n"


def read(content):
    return read_table(PATH, content.encode() if isinstance(content, str) else content)


def refusal(content):
    with pytest.raises(UserError) as refused:
        read(content)
    return str(refused.value)


def test_two_blocks():
    header, lines = read(HEADER + "7,1,3,97,100,900\nseven,0,60,40,0,10\n")
    assert (header.classes, header.selection) == (2, True)
    assert (lines[0].idx, lines[0].label, lines[0].number) == (7, 1, 2)
    assert list(lines[0].selection) == [3, 97] and list(lines[0].estimation) == [100, 900]
    assert lines[1].idx == "seven"


@pytest.mark.parametrize(
    "text",
    [
        "idx\tlabel\tn_0\tn_1\n3\t1\t4\t5\n",
        "idx,label,n_0,n_1\r\n3,1,4,5\r\n",
        "\ufeffidx,label,n_0,n_1\n3,1,4,5\n\n\n",
        ' idx , label ,n_0,n_1\n"3", 1 ,4,5',
    ],
)
def test_tabs_line_ends_byte_order_mark_blank_lines_and_quotes(text):
    header, lines = read(text)
    assert not header.selection
    assert [(line.idx, line.label, list(line.estimation)) for line in lines] == [(3, 1, [4, 5])]


def test_bounds_with_and_without_the_upper_one():
    _, lines = read(BOUNDS + "a,0,0.75,0.125\n")
    assert (lines[0].p_lower, lines[0].p_upper) == (0.75, 0.125)
    _, lines = read("idx,label,p_lower\na,5000,1e-3\n")
    assert (lines[0].label, lines[0].p_lower, lines[0].p_upper) == (5000, 0.001, None)


@pytest.mark.parametrize(
    "content, sentence",
    [
        ("", "votes.csv, line 1: the columns idx and label are missing; "),
        ("label,idx,n_0,n_1\n", "votes.csv, line 1: the columns idx and label are missing; "),
        ("idx,label\n1,0\n", "at least two classes"),
        ("idx,label,n_0\n", "at least two classes"),
        ("idx,label,n_0,n_2\n", "numbered from 0 without a gap"),
        ("idx,label,n_0,n_1,n_1\n", "numbered from 0 without a gap"),
        ("idx,label,n0_0,n0_1,n_0\n", "alike in both blocks"),
        ("idx,label,n_0,n_1,n0_0,n0_1\n", "alike in both blocks"),
        ("idx,label,n_0,n_1,votes\n", "votes.csv, line 1: 'votes' is no column of votes; "),
        ("idx,label,p_upper\n", "'p_upper' is no column of votes"),
        (ONE_BLOCK, "votes.csv has a header and no rows."),
        (ONE_BLOCK + "1,0,5\n", "votes.csv, line 2: 3 cells where the header has 4."),
        (ONE_BLOCK + "1,0,5,5,5\n", "votes.csv, line 2: 5 cells where the header has 4."),
        (
            ONE_BLOCK + "1,0,5,5\n2,0,5,-1\n",
            "votes.csv, line 3: n_1 is '-1', not a whole number of",
        ),
        (ONE_BLOCK + "1,0,5,2.5\n", "votes.csv, line 2: n_1 is '2.5', not a whole number of"),
        (ONE_BLOCK + "1,0,5,\n", "votes.csv, line 2: n_1 is '', not a whole number of"),
        (ONE_BLOCK + "1,0,5,1e3\n", "n_1 is '1e3', not a whole number of"),
        (ONE_BLOCK + "1,0,5,nan\n", "n_1 is 'nan', not a whole number of"),
        (ONE_BLOCK + "1,0,5,\u0665\n", "not a whole number of"),
        (ONE_BLOCK + "1,0,5,99999999999999999999\n", "not a whole number of"),
        (
            ONE_BLOCK + "1,0,999999999,999999999\n",
            "line 2: more than 1,000,000,000 votes in one block.",
        ),
        (ONE_BLOCK + "1,0,0,0\n", "votes.csv, line 2: the estimation block holds no votes."),
        (HEADER + "1,0,0,0,5,5\n", "votes.csv, line 2: the selection block holds no votes, so no"),
        (ONE_BLOCK + "1,2,5,5\n", "votes.csv, line 2: label 2 is none of the 2 classes."),
        (ONE_BLOCK + "1,-1,5,5\n", "votes.csv, line 2: label is '-1', not a whole number of"),
        (ONE_BLOCK + ",0,5,5\n", "votes.csv, line 2: idx is empty."),
        (ONE_BLOCK + "1,0,5,5\n\n1,1,5,5\n", "votes.csv, line 4: idx 1 occurs a second time."),
        (ONE_BLOCK + '1,0,"5,5\n', "votes.csv, line 2: not readable as a table ("),
        (BOUNDS + "1,0,1.01,0\n", "line 2: p_lower is '1.01', not a probability between 0 and 1."),
        (BOUNDS + "1,0,nan,0\n", "line 2: p_lower is 'nan', not a probability between 0 and 1."),
        (
            BOUNDS + "1,0,0.5,-0.1\n",
            "line 2: p_upper is '-0.1', not a probability between 0 and 1.",
        ),
        (BOUNDS + "1,0,inf,0\n", "p_lower is 'inf'"),
        (BOUNDS + "1,0,much,0\n", "p_lower is 'much'"),
        (BOUNDS + "1,0,0_1,0\n", "p_lower is '0_1'"),
        (
            b"\x89PNG\r\n\x1a\n\x00",
            "votes.csv is not a text file; votes come as CSV or TSV in UTF-8.",
        ),
        (
            ONE_BLOCK.encode() + b"1,0,5,\xff\n",
            "votes.csv is not a text file; votes come as CSV or TSV",
        ),
        (b"idx,label\x00", "votes.csv is not a text file; votes come as CSV or TSV in UTF-8."),
        (ONE_BLOCK + "1,0," + "5" * 200_000, "votes.csv, line 2: not readable as a table ("),
    ],
)
def test_malformed_files_are_one_sentence_with_the_line(content, sentence):
    said = refusal(content)
    assert sentence in said
    assert "\n" not in said and said.endswith(".") and len(said) < 300


def test_files_that_cannot_be_read(tmp_path, monkeypatch):
    with pytest.raises(UserError, match="Cannot read .*gone.csv: No such file or directory"):
        read_bytes(tmp_path / "gone.csv")
    with pytest.raises(UserError, match="Cannot read"):
        read_bytes(tmp_path)
    monkeypatch.setattr(table, "MOST_BYTES", 10)
    (tmp_path / "large.csv").write_bytes(b"x" * 11)
    with pytest.raises(UserError, match=r"large.csv is larger than 0 MiB; split it\."):
        read_bytes(tmp_path / "large.csv")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        read(data)
    except UserError as error:
        assert str(error).isprintable()


@settings(max_examples=100)
@given(st.data())
def test_mutated_files_are_read_or_refused(data):
    text = HEADER + "7,1,3,97,100,900\n8,0,60,40,0,10\n"
    place = data.draw(st.integers(0, len(text) - 1))
    inserted = data.draw(st.text(max_size=3))
    try:
        read((text[:place] + inserted + text[place + 1 :]).encode("utf-8", "surrogatepass"))
    except UserError as error:
        assert "votes.csv" in str(error)
