"""Sums of trees, and their columns in the units that receive the noise."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs.coding import Column, Columns, TableCoding
from engine.models.stumps.reading import (
    ROUNDING32,
    Stump,
    StumpFile,
    ensemble_of,
    in_units,
    refuse_depth,
)

STUMPS = [Stump(0, 10.0, -1.0, 1.0), Stump(1, 2.5, 0.5, -2.0), Stump(None, 0.0, 0.25, 0.25)]
MODEL = ensemble_of(STUMPS, 2, base=0.5, above=0.125, rounding=ROUNDING32, closed=True)
CODING = TableCoding((Column("a", mean=8.0, scale=4.0), Column("b", ("1", "2", "3"))))


def test_constants_move_the_threshold() -> None:
    assert MODEL.above == Fraction(0.125) - Fraction(0.75)
    assert 0 < float(MODEL.slack) < 1e-5
    assert MODEL.margins(np.array([[10.0, 2.5]]))[0] == -1.0 + 0.5 + 0.25 + 0.5 - 0.125


def test_a_column_of_codes_has_a_value_for_each() -> None:
    found = in_units(MODEL, CODING, "m")
    assert found.numbers[0].cuts == (0.5,)
    assert found.fields == ((Fraction(0.5), Fraction(0.5), Fraction(-2)),)
    raw = MODEL.margins(np.array([[9.0, 3.0]]))
    assert found.margins(np.array([[0.25]]), np.array([[2]])) == raw


def test_what_a_file_reads() -> None:
    file = StumpFile(MODEL, "f", 3, names=("a", "b"))
    assert file.reads == Columns(("a", "b"))
    assert file.bound(CODING, "m") == in_units(MODEL, CODING, "m")
    assert StumpFile(MODEL, "f", 3, coding=CODING).bound(CODING, "m") is MODEL
    assert StumpFile(MODEL, "f", 3, shape=(1, 1, 2)).reads is None


def test_other_columns_and_deeper_trees_are_refused() -> None:
    with pytest.raises(UserError, match="takes 2 columns, the table has 1"):
        in_units(MODEL, TableCoding(CODING.columns[:1]), "m")
    words = TableCoding((CODING.columns[0], Column("b", ("x", "y"))))
    with pytest.raises(UserError, match="takes numbers in the column 'b', but the table has words"):
        in_units(MODEL, words, "m")
    with pytest.raises(UserError, match="makes columns depend on each other"):
        refuse_depth(Path("m"), 4, "is deeper than one split")
