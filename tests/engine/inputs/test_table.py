from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.inputs.table import Table, TableInput, parse_table, read_table

ROWS = tuple((f"{20 + i * 1.5}", str(i % 3), "yx"[i % 2], str(100 * i), "same") for i in range(12))


def table(**types: str) -> Table:
    return Table("t.csv", "t.csv", "0" * 64, ("age", "code", "Word", "pay", "same"), ROWS, types)


def test_types_are_detected_and_overridden():
    found = table()
    assert [found.type_of(name) for name in found.header] == [
        "numeric",
        "categorical",
        "categorical",
        "numeric",
        "categorical",
    ]
    assert table(code="numeric").type_of("code") == "numeric"
    assert table(pay="categorical").type_of("pay") == "categorical"


def test_whole_numbers_seen_once_are_no_codes():
    few = Table("t", "t", "", ("n",), (("1",), ("2",), ("3",)))
    assert few.type_of("n") == "numeric"


def test_a_coding_standardises_by_the_column():
    numbers = [float(row[0]) for row in ROWS]
    age, word = table().coding(["age", "Word"]).columns
    assert age.mean == pytest.approx(statistics.fmean(numbers))
    assert age.scale == pytest.approx(statistics.pstdev(numbers))
    assert word.values == ("x", "y")


@pytest.mark.parametrize(
    ("names", "types", "sentence"),
    [
        (["none"], {}, "t.csv has no column 'none', which the model reads."),
        (
            ["same"],
            {},
            "t.csv: its categorical column 'same' has 1 values; a category has 2 to 1,000.",
        ),
        (
            ["Word"],
            {"Word": "numeric"},
            "t.csv: its numeric column 'Word' has fewer than two different numbers, so it has no "
            "unit; leave it out or call it categorical.",
        ),
    ],
)
def test_columns_without_a_unit_are_refused(names: list[str], types: dict, sentence: str):
    with pytest.raises(UserError) as refused:
        table(**types).coding(names)
    assert str(refused.value) == sentence


def test_names_in_any_case_and_rows_by_name():
    assert table().named(("word",)) == "Word" and table().named(("label",)) is None
    row = TableInput("r", "t.csv:1", "", table(), 1)
    assert row.kind == "table" and row.cells["age"] == "21.5" and row.cells["Word"] == "x"


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
        (b'a,b\n"1,2\n', r"^r\.csv is not a CSV file that opens here"),
    ],
)
def test_bad_files_are_refused(data: bytes, sentence: str):
    with pytest.raises(UserError, match=sentence):
        parse_table(data, "r.csv")


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "r.csv"
    path.write_text("a,b\n" + "1,2\n" * 9)
    monkeypatch.setattr("engine.inputs.table.MOST_ROWS", 5)
    with pytest.raises(UserError, match="has 9 rows of 2 columns, more than the 5 by 1,000"):
        read_table(str(path))
    monkeypatch.setattr("engine.inputs.table.MAX_BYTES", 10)
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


CASES = Path(__file__).parents[2] / "cases" / "field" / "csv"
"""Made for this project."""


def test_a_separator_that_the_first_line_names():
    table = parse_table((CASES / "semi_sep.csv").read_bytes(), "semi_sep.csv")
    assert table.header == ("text", "label")
    assert table.rows == (("the film was good", "1"), ('not, very "good"', "0"))


def test_numbers_that_no_program_reads_are_named_by_row_and_column():
    table = parse_table((CASES / "wine_thousand.csv").read_bytes(), "wine.csv")
    with pytest.raises(UserError, match="'1,065.00' in row 0, column proline, .*thous"):
        table.coding(["alcohol", "proline"])
    for cell, what in (
        ("1,5", "decimal comma"),
        ("", "a missing value"),
        ("NA", "a missing value"),
    ):
        rows = "".join(f"{number}.5;x\n" for number in range(20))
        table = parse_table(f"size;b\n{rows}{cell};y\n".encode(), "t.csv")
        with pytest.raises(UserError, match=rf"in row 20, column size, is no number \({what}\?"):
            table.coding(["size"])
