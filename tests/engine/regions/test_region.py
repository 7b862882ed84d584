"""Every kind of region answers the same questions; what it does not say has a default."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import pytest
from pydantic import BaseModel, ValidationError

from engine.core.records import Record
from engine.regions import REGIONS, Ball, CellMap, Count, Interval, Region, Staircase, radius_of
from engine.regions.region import Budget, inside, largest
from tests.factories import make_region_run

PIXELS = "pixels in [0,1]"
BALL = Ball(norm="l2", radius=0.5, unit=PIXELS)
COUNT = Count(term="entities", most=2, unit="pixels")
STAIRS = Staircase(
    count_term="entities", first=1, strength_term="epsilon", reach=(0.4509, 0.2, 0.0004),
    norm="l2", unit=PIXELS, things="pixels",
)  # fmt: skip
CELLS = CellMap(
    row_term="additions", column_term="deletions", layer_term="entities", things="nodes",
    layers=(((0.0, 0.0, 0.0), (0.0,)), ((0.0, 0.0),)),
)  # fmt: skip
STRONG = CELLS.model_copy(update={"strength_term": "epsilon", "layer_term": None, "norm": "l2"})
SHIFT = Interval(term="brightness", lower=-0.1, upper=0.3, unit="brightness in [0,1]")
KINDS = (BALL, COUNT, STAIRS, CELLS, SHIFT)


class Box(Region):
    """A kind that says no more than it must."""

    kind: Literal["test box"] = "test box"
    signs: ClassVar[tuple[int, ...]] = (-1, 1)

    wide: float
    high: float

    @property
    def terms(self) -> tuple[str, ...]:
        return ("x", "y")

    def contains(self, perturbation: dict[str, float]) -> bool:
        return abs(perturbation["x"]) < self.wide and -self.high < perturbation["y"] <= 0

    def clause(self, subject: str) -> str:
        return f"no shift of this {subject}"

    def headline(self) -> str:
        return "a box"

    def note(self) -> str:
        return "open"


class Holder(Record):
    region: Region | None = None


def test_a_slice_is_drawn_through_an_image_and_nothing_else() -> None:
    assert Ball.picture_for(("image", "table")) == "slice"
    assert Ball.picture_for(("table",)) == "terms"
    assert CellMap.picture_for(("graph",)) == CellMap.picture


def test_every_kind_is_in_the_table_and_comes_back_from_its_written_form() -> None:
    assert {"ball", "count", "staircase", "cells", "interval", "test box"} <= set(REGIONS)
    for region in (*KINDS, Box(wide=1.0, high=2.0)):
        assert REGIONS[region.kind] is type(region)
        written = Holder(region=region).model_dump_json()
        assert Holder.model_validate_json(written).region == region
        assert written == f'{{"region":{region.model_dump_json()}}}'


def test_the_written_form_begins_with_its_kind_and_holds_nothing_else_than_its_fields() -> None:
    assert Holder(region=BALL).model_dump_json() == (
        '{"region":{"kind":"ball","norm":"l2","radius":0.5,"unit":"pixels in [0,1]",'
        '"closed":false}}'
    )


@pytest.mark.parametrize("value", [{"kind": "cloud"}, {"norm": "l2"}, {"kind": ["ball"]}, 5])
def test_what_is_no_region_is_refused_with_the_kinds_there_are(value: object) -> None:
    with pytest.raises(
        ValidationError, match="no kind of region is called .*; there are: amount, "
    ):
        Holder.model_validate({"region": value})


def test_a_field_that_does_not_belong_is_refused() -> None:
    with pytest.raises(ValidationError):
        Holder.model_validate({"region": {**BALL.model_dump(), "most": 3}})


def test_every_kind_is_described_in_the_schema() -> None:
    class Open(BaseModel):
        region: Region

    kinds = Open.model_json_schema()["properties"]["region"]["anyOf"]
    assert {kind["properties"]["kind"]["const"] for kind in kinds} == {
        kind for kind in REGIONS if not kind.startswith("test ")
    }


def test_only_balls_have_a_radius() -> None:
    assert [radius_of(region) for region in (*KINDS, None)] == [0.5, None, None, None, None, None]
    assert [region.certified_norm for region in KINDS] == ["l2", None, None, None, None]


def test_examples_of_every_kind_are_certified() -> None:
    for region in (*KINDS, STRONG, Box(wide=1.0, high=2.0)):
        for change in region.changes():
            assert region.contains(change) and set(change) == set(region.terms)
            assert region.describe(change)


def test_examples_are_the_largest_rounded_down() -> None:
    assert [change["epsilon"] for change in STAIRS.changes()] == [0.45, 0.199, 0.0002]
    assert [change["entities"] for change in COUNT.changes()] == [1.0, 2.0]
    assert CELLS.changes() == (
        {"additions": 0.0, "deletions": 2.0, "entities": 1.0},
        {"additions": 1.0, "deletions": 0.0, "entities": 1.0},
        {"additions": 0.0, "deletions": 1.0, "entities": 2.0},
    )
    assert BALL.changes() == ()


@pytest.mark.parametrize("kind", ["staircase", "count", "cells"])
def test_examples_of_real_regions_are_next_to_uncertified_changes(kind: str) -> None:
    region = make_region_run(kind).region
    assert region is not None
    *_, last = region.changes()
    term = {"staircase": "entities", "count": "entities", "cells": "additions"}[kind]
    assert region.contains(last) and not region.contains({**last, term: last[term] + 1})


def test_words() -> None:
    assert STAIRS.describe({"entities": 2.0, "epsilon": 0.31}) == "2 pixels, l2 norm 0.310"
    assert COUNT.describe({"entities": 1.0}) == "1 pixel"
    change = {"additions": 2.0, "deletions": 1.0, "entities": 1.0}
    assert CELLS.describe(change) == "2 additions and 1 deletion at 1 node"
    assert STRONG.describe({**change, "epsilon": 0.2}).endswith("1 deletion, l2 norm 0.200")
    assert BALL.describe({"radius": 0.25}) == "l2 norm 0.250"
    assert BALL.describe({"radius": 0.63299}) == "l2 norm 0.632"


def test_a_budget_says_what_an_attack_may_touch() -> None:
    assert COUNT.budget({"entities": 1.5}) == Budget(things=2)
    found = STAIRS.budget({"entities": 1.0, "epsilon": 0.2})
    assert found == Budget(things=1, strength=0.2, norm="l2")
    change = {"additions": 2.0, "deletions": 1.0, "entities": 1.0}
    assert CELLS.budget(change) == Budget(things=1, additions=2, deletions=1)
    assert STRONG.budget({**change, "epsilon": 0.2}).norm == "l2"
    assert BALL.budget({"radius": 0.25}) == Budget(strength=0.25, norm="l2")
    assert SHIFT.budget({"brightness": 0.1}) == Budget(moves={"brightness": 0.1})


def test_a_kind_that_says_no_more_than_it_must_has_its_limits_found() -> None:
    box = Box(wide=1.0, high=2.0)
    assert box.furthest("x") == pytest.approx(1.0, rel=1e-9) and box.furthest("x") < 1.0
    assert box.furthest("x", -1) == pytest.approx(1.0, rel=1e-9)
    assert box.furthest("y", -1) == pytest.approx(2.0, rel=1e-9) and box.furthest("y") == 0.0
    assert box.holds_changes and len(box.changes()) == 3
    assert box.sizes() == {"x": box.furthest("x"), "y": 0.0}
    assert box.unit_of("x") == "x" and box.budget({"x": 0.1, "y": 0.0}) is None


def test_limits_are_approached_from_below() -> None:
    for limit in (1e-9, 0.3, 7.0, 1e5):
        found = largest(lambda size, limit=limit: size < limit)
        assert limit * (1 - 1e-11) < found < limit
    assert largest(lambda size: True) == math.inf and largest(lambda size: False) == 0.0


def test_a_shown_size_lies_inside() -> None:
    assert [inside(size) for size in (0.4509, 0.2, 0.0004)] == [0.45, 0.199, 0.0002]
