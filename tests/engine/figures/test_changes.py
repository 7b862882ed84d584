import pytest

from engine.figures import budget, described, sizes
from engine.regions import Ball, CellMap, Count, Staircase
from engine.regions.region import Budget
from tests.factories import make_region_run

STAIRS = Staircase(
    count_term="entities",
    first=1,
    strength_term="epsilon",
    reach=(0.4509, 0.2, 0.0004),
    norm="l2",
    unit="pixels in [0,1]",
    things="pixels",
)
COUNT = Count(term="entities", most=2, unit="pixels")
CELLS = CellMap(
    row_term="additions",
    column_term="deletions",
    layer_term="entities",
    layers=(((0.0, 0.0, 0.0), (0.0,)), ((0.0, 0.0),)),
    things="nodes",
)
BALL = Ball(norm="l2", radius=0.5, unit="pixels in [0,1]")


@pytest.mark.parametrize("region", [STAIRS, COUNT, CELLS])
def test_every_size_is_certified(region):
    assert sizes(region)
    for change in sizes(region):
        assert region.contains(change)


@pytest.mark.parametrize("kind", ["staircase", "count", "cells"])
def test_sizes_of_real_regions_are_certified_and_next_to_uncertified_ones(kind):
    region = make_region_run(kind).region
    found = sizes(region)
    assert all(region.contains(change) for change in found)
    term = {"staircase": "entities", "count": "entities", "cells": "additions"}[kind]
    assert not region.contains({**found[-1], term: found[-1][term] + 1})


def test_sizes_are_the_largest_rounded_down():
    assert [change["epsilon"] for change in sizes(STAIRS)] == [0.45, 0.199, 0.0002]
    assert [change["entities"] for change in sizes(COUNT)] == [1.0, 2.0]
    assert sizes(CELLS) == (
        {"additions": 0.0, "deletions": 2.0, "entities": 1.0},
        {"additions": 1.0, "deletions": 0.0, "entities": 1.0},
        {"additions": 0.0, "deletions": 1.0, "entities": 2.0},
    )
    assert sizes(BALL) == () == sizes(None)


def test_words():
    assert described(STAIRS, {"entities": 2.0, "epsilon": 0.31}) == "2 pixels, l2 norm 0.310"
    assert described(COUNT, {"entities": 1.0}) == "1 pixel"
    change = {"additions": 2.0, "deletions": 1.0, "entities": 1.0}
    assert described(CELLS, change) == "2 additions and 1 deletion at 1 node"
    strong = CELLS.model_copy(update={"strength_term": "epsilon", "layer_term": None, "norm": "l2"})
    assert described(strong, {**change, "epsilon": 0.2}).endswith("1 deletion, l2 norm 0.200")
    assert described(BALL, {"radius": 0.25}) == "l2 norm 0.250"
    assert described(BALL, {"radius": 0.63299}) == "l2 norm 0.632"


def test_every_region_sets_a_budget_in_its_own_terms():
    assert budget(COUNT, {"entities": 1.2}) == Budget(things=2)
    moved = budget(STAIRS, {"entities": 2.0, "epsilon": 0.2})
    assert moved == Budget(things=2, strength=0.2, norm="l2")
    change = {"additions": 1.0, "deletions": 2.0, "entities": 1.0}
    assert budget(CELLS, change) == Budget(things=1, additions=1, deletions=2)
    flat = CELLS.model_copy(update={"layer_term": None, "strength_term": "epsilon", "norm": "l2"})
    joint = budget(flat, {**change, "epsilon": 0.3})
    assert joint == Budget(additions=1, deletions=2, strength=0.3, norm="l2")
    assert budget(BALL, {"radius": 0.2}) == Budget(strength=0.2, norm="l2")
