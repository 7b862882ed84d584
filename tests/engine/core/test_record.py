import pytest
from pydantic import ValidationError

from engine.core.record import Record


class Point(Record):
    x: float


def test_records_are_frozen_closed_and_finite():
    with pytest.raises(ValidationError, match="frozen"):
        Point(x=1.0).x = 2.0
    for wrong in ({"x": 1.0, "y": 2.0}, {"x": float("nan")}, {"x": float("inf")}):
        with pytest.raises(ValidationError):
            Point(**wrong)
