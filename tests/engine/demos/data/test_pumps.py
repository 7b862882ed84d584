from __future__ import annotations

from collections import Counter

import pytest

from engine.demos.data.pumps import FIELDS, HEADER, NUMBERS, csv_bytes, make_rows
from engine.inputs.rows import Place, opened
from engine.inputs.table import parse_table


def test_half_of_the_pumps_are_worn_and_columns_follow_their_laws():
    columns = dict(zip(HEADER, zip(*make_rows(4000, seed=3), strict=True), strict=True))
    worn = [name == "worn" for name in columns["label"]]
    assert sum(worn) == 2000
    for name, (low, high, _) in NUMBERS.items():
        cells = [float(cell) for cell in columns[name]]
        mean = sum(v for v, w in zip(cells, worn, strict=True) if w) / 2000
        assert mean == pytest.approx(high, abs=0.1 * abs(high - low))
    oil = Counter(zip(columns["oil"], worn, strict=True))
    values, chances = FIELDS["oil"]
    assert oil[values[0], False] / 2000 == pytest.approx(chances[0], abs=0.04)
    assert oil[values[0], True] / 2000 == pytest.approx(chances[-1], abs=0.04)


def test_the_shipped_rows_are_made_again():
    made = make_rows(200, seed=1 << 32)
    assert parse_table(csv_bytes(made), "mixed.csv").rows == made
    assert opened(Place("mixed", None, {})).rows == made
