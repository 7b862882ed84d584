"""Files of votes: every form, and every way to be malformed with its sentence."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.core.errors import UserError
from engine.replay import lines
from engine.replay.lines import read_bytes
from engine.replay.rows import NO_LABEL
from engine.replay.table import CHUNK, read_table

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
    found = read(HEADER + "7,1,3,97,100,900\nseven,0,60,40,0,10\n")
    assert (found.header.classes, found.header.selection) == (2, True)
    assert found.idx == (7, "seven") and found.labels.tolist() == [1, 0]
    assert found.selection.tolist() == [[3, 97], [60, 40]]
    assert found.estimation.tolist() == [[100, 900], [0, 10]]


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
    found = read(text)
    assert not found.header.selection
    assert (found.idx, *found.labels, *found.estimation[0]) == ((3,), 1, 4, 5)


def test_bounds_with_and_without_the_upper_one():
    found = read(BOUNDS + "a,0,0.75,0.125\n")
    assert (*found.p_lower, *found.p_upper) == (0.75, 0.125)
    found = read("idx,label,p_lower\na,5000,1e-3\n")
    assert (*found.labels, *found.p_lower, *found.p_upper) == (5000, 0.001)


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
        ("p_lower\n0.5\n", "votes.csv, line 1: the columns idx and label are missing; "),
        (
            "idx\tlabel\tpredict\tradius\tcorrect\ttime\n0\t3\t3\t0.824\t1\t0:00:13.77\n",
            "is a log of results (correct, predict, radius): it holds radii and no votes",
        ),
        ("0,3,990,10\n1,4,980,20\n", "its rows do not add up to the same n (row 1 to 1,003, row 2"),
        (ONE_BLOCK, "votes.csv has a header and no rows."),
        (ONE_BLOCK + "1,0,5\n", "votes.csv, line 2: 3 cells where the header has 4."),
        (ONE_BLOCK + "1,0,5,5,5\n", "votes.csv, line 2: 5 cells where the header has 4."),
        (
            ONE_BLOCK + "1,0,5,5\n2,0,5,-1\n",
            "votes.csv, line 3: n_1 is '-1', not a whole number of",
        ),
        (ONE_BLOCK + "1,0,5,2.5\n", "votes.csv, line 2: n_1 is '2.5', not a whole number of"),
        (ONE_BLOCK + "1,0,5,\n", "votes.csv, line 2: n_1 is '', not a whole number of"),
        (ONE_BLOCK + "1,0,5,1e-3\n", "n_1 is '1e-3', not a whole number of"),
        (ONE_BLOCK + "1,0,5,1e300\n", "n_1 is '1e300', not a whole number of"),
        ("idx;label;n_0;n_1\n1;0;5;1,000\n", "n_1 is '1,000', which may be a whole number with"),
        ("idx;label;n_0;n_1\n1;0;5;1.000\n", "n_1 is '1.000', which may be a whole number with"),
        ("idx;label;n_0;n_1\n1;0;5;2,5\n", "n_1 is '2,5', not a whole number of"),
        ('{"idx": 1, "label": 0, "n": [5, 5]}\n{"idx": 2}\n', "line 2: it has not the columns of"),
        ('{"idx": 1, "label": 0, "n": [5, true]}\n', "line 1: n_1 holds neither a number nor a"),
        ('{"idx": 1, "label": 0, "n": [5, 5]}\n{"idx"\n', "line 2: not readable as JSON"),
        ('{"label": 0, "n": [5, 5], "votes": [5, 5]}\n', "line 1: n_0 is there twice."),
        ('{"label": 0, "n": [5, 5], "n": [5, 5]}\n', "line 1: n_0 is there twice."),
        ('{"label": 0, "n": [5, {"a": 1}]}\n', "line 1: n_1 holds neither a number nor a text"),
        ("1,000,990\n", "line 1: '000' may be part of a whole number with a mark at its"),
        ('{"label": 0, "scores": [5, 5]}\n', "scores holds neither a number nor a text"),
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
            "votes.csv is not a text file; votes come as CSV, TSV or JSON lines in UTF-8, or ",
        ),
        (
            ONE_BLOCK.encode() + b"1,0,5,\xff\n",
            "votes.csv is not a text file; votes come as CSV, TSV or JSON lines",
        ),
        (
            b"idx,label\x00",
            "votes.csv is not a text file; votes come as CSV, TSV or JSON lines in UTF-8, or ",
        ),
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
    monkeypatch.setattr(lines, "MOST_BYTES", 10)
    (tmp_path / "large.csv").write_bytes(b"x" * 11)
    with pytest.raises(UserError, match=r"large.csv is larger than 0 MiB; split it\."):
        read_bytes(tmp_path / "large.csv")


COUNTS = [[3, 990, 7], [10, 980, 10]]


def saved(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def text(array, **how):
    file = io.StringIO()
    np.savetxt(file, array, **how)
    return file.getvalue()


def lines_of_json(*names):
    rows = [
        dict(zip(names, row, strict=True)) for row in (("a", 1, COUNTS[0]), ("b", 2, COUNTS[1]))
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    "content",
    [
        "IDX,Label,N_0,N_1,N_2\na,1,3,990,7\nb,2,10,980,10\n",
        "idx;label;n_0;n_1;n_2\na;1;3,0;990;7\nb;2;10;980,0;10\n",
        "sep=;\nidx;label;n_0;n_1;n_2\na;1;3;990;7\nb;2;10;980;10\n",
        "sep=|\nidx|label|n_0|n_1|n_2\na|1|3|990|7\nb|2|10|980|10\n",
        "idx label n_0 n_1 n_2\na 1   3 990  7\nb 2  10 980 10\n",
        "# idx label n_0 n_1 n_2\na 1 3 990 7\nb 2 10 980 10\n",
        "# made by hand\nidx,label,n_0,n_1,n_2\na,1,3.0,9.9e+02,7\nb,2,10,980,1e1\n",
        lines_of_json("idx", "label", "n"),
        lines_of_json("Idx", "label", "counts"),
        "".join(
            json.dumps(
                {"n_2": row[2], "label": 1 + place, "n_1": row[1], "n_0": row[0], "idx": name}
            )
            + "\n\n"
            for place, (name, row) in enumerate(zip("ab", COUNTS, strict=True))
        ),
    ],
)
def test_the_same_table_in_other_spellings(content):
    found = read(content)
    assert found.idx == ("a", "b") and found.labels.tolist() == [1, 2]
    assert found.estimation.tolist() == COUNTS


@pytest.mark.parametrize(
    "content",
    [
        text(COUNTS, fmt="%d"),
        text(COUNTS),  # 3.000000000000000000e+00
        text(COUNTS, delimiter=",", header="votes of three classes"),
        text(COUNTS, fmt="%6.1f", delimiter=";"),
        "3,0;990,0;7,0\n10,0;980,0;10,0\n",
        "n_0,n_1,n_2\n3,990,7\n10,980,10\n",
        lines_of_json("x", "label", "n")
        .replace('"x": "a", "label": 1, ', "")
        .replace('"x": "b", "label": 2, ', ""),
        *(saved(np.array(COUNTS, kind)) for kind in ("u2", "<i8", ">i4", "f4")),
        saved(np.asfortranarray(COUNTS)),
    ],
)
def test_counts_alone(content):
    found = read(content)
    assert list(found.idx) == [0, 1] and found.labels.tolist() == [NO_LABEL] * 2
    assert found.estimation.tolist() == COUNTS and not found.header.selection


def test_decimal_commas_of_bounds():
    found = read("idx;label;p_lower\na;0;0,975\n")
    assert found.p_lower.tolist() == [0.975]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (saved(np.array(COUNTS))[:-3], "is a damaged or truncated .npy file"),
        (saved(np.array(COUNTS))[:20], "is a damaged or truncated .npy file"),
        (saved(np.array(COUNTS) + 0.5), "not every number in it is a whole number"),
        (saved(-np.array(COUNTS)), "not every number in it is a whole number"),
        (saved(np.array(COUNTS) * np.nan), "not every number in it is a whole number"),
        (saved(np.array(["a", "b"])), "holds no table of numbers"),
        (saved(np.ones((2, 2, 2))), "holds no table of numbers"),
        (saved(np.ones((0, 3))), "holds no votes: its shape is (0, 3)."),
        (saved(np.ones((3, 0))), "holds no votes: its shape is (3, 0)."),
        (saved(np.zeros((2, 3))), "every row needs from 1 to 1,000,000,000 votes"),
        (saved(np.array([[5, 5], [5, 6]])), "(row 1 to 10, row 2 to 11)"),
        (saved(np.ones((2, 1))), "for at least two classes"),
    ],
)
def test_arrays_that_are_no_counts(content, sentence):
    assert sentence in refusal(content)


def test_lines_that_need_a_closer_look_are_read_like_the_others():
    """Chunks of plain digits take another way than those with a space or a point in them."""
    rows = [f"{i},{i % 2},{i % 7},{1000 - i % 7}" for i in range(2 * CHUNK + 5)]
    plain = read(ONE_BLOCK + "\n".join(rows))
    rows[CHUNK + 1] = rows[CHUNK + 1].replace(",", " , ") + ".0"
    careful = read(ONE_BLOCK + "\n".join(rows))
    assert plain.idx == careful.idx == tuple(range(2 * CHUNK + 5))
    assert (plain.estimation == careful.estimation).all() and (plain.labels == careful.labels).all()
    rows[-1] = rows[-1].replace(f"{2 * CHUNK + 4},", "3,", 1)
    number = 2 * CHUNK + 6
    assert f"votes.csv, line {number}: idx 3 occurs a second time." in refusal(
        ONE_BLOCK + "\n".join(rows)
    )


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        read(data)
    except UserError as error:
        assert str(error).isprintable()


@pytest.mark.thorough
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
