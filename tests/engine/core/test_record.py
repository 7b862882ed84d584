from typing import ClassVar, Literal

import pytest
from pydantic import Field, ValidationError

from engine.core.record import Record, much_derived


class Point(Record):
    x: float


def test_records_are_frozen_closed_and_finite():
    with pytest.raises(ValidationError, match="frozen"):
        Point(x=1.0).x = 2.0
    for wrong in ({"x": 1.0, "y": 2.0}, {"x": float("nan")}, {"x": float("inf")}):
        with pytest.raises(ValidationError):
            Point(**wrong)


def test_what_many_are_derived_from_has_its_annotations_read_once():
    @much_derived
    class Base(Record):
        kind: ClassVar[str]
        size: float = Field(default=1.0, ge=0)

    class Derived(Base):
        kind: ClassVar[str] = "derived"
        name: Literal["a", "b"] = "a"

    assert Base.__annotations__ == {"kind": ClassVar[str], "size": float}
    assert set(Derived.model_fields) == {"size", "name"}
    assert Derived(size=2).model_dump() == {"size": 2.0, "name": "a"}
    for wrong in ({"size": -1.0}, {"name": "c"}):
        with pytest.raises(ValidationError):
            Derived(**wrong)
