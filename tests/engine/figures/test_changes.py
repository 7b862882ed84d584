import numpy as np
import pytest

from engine.figures import applied, described, sizes
from engine.figures.attack import Attack
from engine.regions import Ball, CellMap, Count, Staircase
from tests.factories import make_region_run

PIXELS = np.arange(16).reshape(1, 4, 4)
ATTACK = Attack(
    original=(PIXELS >= 8).astype(np.float32),
    direction=np.where(PIXELS >= 8, -1.0, 1.0).astype(np.float32),
    order=np.arange(16),
    how="greedy",
)
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


def test_changes_of_every_kind_are_applied_to_the_image():
    moved = applied(ATTACK, STAIRS, {"entities": 2.0, "epsilon": 0.2})
    change = moved.pixels - ATTACK.original
    assert moved.places.sum() == 2 and np.linalg.norm(change) == pytest.approx(0.2)
    overwritten = applied(ATTACK, COUNT, {"entities": 3.0})
    assert overwritten.pixels.ravel()[:4].tolist() == [1.0, 1.0, 1.0, 0.0]
    flipped = applied(ATTACK, CELLS, {"additions": 1.0, "deletions": 2.0, "entities": 1.0})
    assert flipped.pixels.sum() == 8 + 1 - 2


def test_what_says_nothing_about_pixels_is_not_drawn():
    words = STAIRS.model_copy(update={"first": 0, "things": "words", "count_term": "words"})
    assert applied(ATTACK, words, {"words": 1.0, "epsilon": 0.2}) is None
    assert applied(ATTACK, BALL, {"radius": 0.2}) is None
