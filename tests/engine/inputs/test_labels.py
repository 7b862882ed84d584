from __future__ import annotations

import pytest

from engine.inputs.labels import label_in

NAMES = ("safe", "unsafe")


@pytest.mark.parametrize(
    ("label", "name", "expected", "note"),
    [
        (None, None, None, ""),
        (0, "unsafe", 1, ""),
        (1, None, 1, ""),
        (1, "", 1, ""),
        (1, "worn", 1, "its label 'worn' is taken for class 1 ('unsafe') by number"),
        (2, "odd", None, "its label 'odd' (number 2) is no class of the model"),
        (2, None, None, "its label '' (number 2) is no class of the model"),
    ],
)
def test_by_name_then_by_number(label: int | None, name: str | None, expected: int, note: str):
    assert label_in(NAMES, label, name) == (expected, (note,) if note else ())
