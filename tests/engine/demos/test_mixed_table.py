from __future__ import annotations

from collections import Counter

import pytest

from engine.demos.mixed_table import FIELDS, NUMBERS, coding_of, csv_bytes, make_rows
from engine.inputs.csv_file import parse_table
from engine.inputs.rows import Place, opened


def test_half_of_the_pumps_are_worn_and_columns_follow_their_laws():
    table = make_rows(4000, seed=3)
    worn = [name == "worn" for name in table.column("label")]
    assert sum(worn) == 2000
    for name, (low, high, _) in NUMBERS.items():
        cells = [float(cell) for cell in table.column(name)]
        mean = sum(v for v, w in zip(cells, worn, strict=True) if w) / 2000
        assert mean == pytest.approx(high, abs=0.1 * abs(high - low))
    oil = Counter(zip(table.column("oil"), worn, strict=True))
    values, chances = FIELDS["oil"]
    assert oil[values[0], False] / 2000 == pytest.approx(chances[0], abs=0.04)
    assert oil[values[0], True] / 2000 == pytest.approx(chances[-1], abs=0.04)


def test_the_coding_lists_fields_as_they_are_written():
    coding = coding_of(make_rows(100, seed=0))
    assert [one.name for one in coding.columns] == [*NUMBERS, *FIELDS]
    assert coding.fields[0].values == FIELDS["sound"][0]
    assert coding.numeric[0].mean == float(f"{coding.numeric[0].mean:.6g}")


def test_the_shipped_rows_are_made_again():
    made = make_rows(200, seed=1 << 32)
    assert parse_table(csv_bytes(made), "mixed.csv").rows == made.rows
    assert opened(Place("mixed", None, "")).rows == made.rows
