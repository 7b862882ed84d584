from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.inputs import csv_file
from engine.inputs.csv_file import parse_table, read_table


@pytest.mark.parametrize(
    "text",
    ["a,b\n1,x\n\n2,y\n", "a;b\r\n1;x\r\n2;y", "a\tb\n1\tx\n2\ty\n", '\ufeffa , "b"\n1,x\n2, y\n'],
)
def test_separators_ends_of_lines_and_quotes(text: str):
    table = parse_table(text.encode(), "rows.csv")
    assert table.header[0] == "a" and table.header[1].strip('" ') == "b"
    assert table.rows == (("1", "x"), ("2", "y"))


def test_a_comma_in_quotes_is_no_separator():
    assert parse_table(b'a,b\n"1, 2",x\n', "r").rows == (("1, 2", "x"),)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"a,b\n1\n", r"^r\.csv: line 2 does not have 2 cells like the first line"),
        (b"a,b\n1,2\n3,4,5\n", r"^r\.csv: line 3 does not have 2 cells"),
        (b"a,b\n", r"^r\.csv has no row below the names of its columns"),
        (b"", r"^r\.csv has no row below the names"),
        (b"a,a\n1,2\n", r"^r\.csv names two columns 'a'; give each column a name"),
        (b"a,\n1,2\n", r"^r\.csv has a column without a name"),
        (b"a,b\n\xff,2\n", r"^r\.csv is not written in UTF-8"),
        (b"a,b\n\0,2\n", r"^r\.csv holds bytes that are no text"),
        (b'a,b\n"1,2\n', r"^r\.csv is no CSV file that opens here"),
    ],
)
def test_bad_files_are_refused(data: bytes, sentence: str):
    with pytest.raises(UserError, match=sentence):
        parse_table(data, "r.csv")


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "r.csv"
    path.write_text("a,b\n" + "1,2\n" * 9)
    monkeypatch.setattr(csv_file, "MOST_ROWS", 5)
    with pytest.raises(UserError, match="has 9 rows of 2 columns, more than the 5 by 1,000"):
        read_table(str(path))
    monkeypatch.setattr(csv_file, "MAX_BYTES", 10)
    with pytest.raises(UserError, match="has 0 MB, more than the 0 MB that open here"):
        read_table(str(path))


def test_a_file_that_changed_is_read_again(tmp_path: Path):
    path = tmp_path / "r.csv"
    path.write_text("a,b\n1,2\n")
    assert read_table(str(path)).rows == (("1", "2"),)
    path.write_text("a,b\n1,2\n3,4\n")
    assert len(read_table(str(path)).rows) == 2


def test_a_missing_file_is_refused():
    with pytest.raises(UserError, match=r"^There is no table none\.csv; give a CSV file"):
        read_table("none.csv")
    with pytest.raises(UserError, match=r"^(Cannot read|There is no table)"):
        read_table("\0.csv")
