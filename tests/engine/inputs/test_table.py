from __future__ import annotations

import statistics

import pytest

from engine.core.errors import UserError
from engine.inputs.table import Table, TableInput

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
