"""What a map of cells says of the changes in it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from engine.exact.light import Convention
from engine.regions import REGIONS, LightMap
from engine.regions.required_probability import required_map
from engine.schemes import ExactMap


def region(cells: str, convention: Convention = "linear") -> LightMap:
    return LightMap(contrast=0.4, brightness=0.2, convention=convention, clip=True, cells=cells)


THREE = region("scsvo")
"""The darker half is certified; of the other the lower quarter is violated, the upper open."""


def test_cells_hold_their_ends() -> None:
    assert REGIONS["light map"] is LightMap
    held = {"contrast": 0.0, "brightness": 0.2}
    assert THREE.contains(held) and THREE.status(held) == "c"  # the best of two at their border
    assert THREE.status({"contrast": 0.1, "brightness": -0.1}) == "v"
    assert THREE.status({"contrast": 0.1, "brightness": 0.1}) == "o"
    assert THREE.status({"contrast": 0.41, "brightness": 0.1}) is None
    assert not THREE.contains({"contrast": -0.1, "brightness": 0.2000001})


def test_the_ends_of_each_parameter_alone() -> None:
    assert THREE.furthest("contrast", -1) == 0.4 and THREE.furthest("contrast") == 0.0
    assert THREE.furthest("brightness") == THREE.furthest("brightness", -1) == 0.2

    assert [change["brightness"] for change in THREE.changes()] == [0.0, -0.199, 0.199]
    assert all(THREE.contains(change) for change in THREE.changes())
    assert not region("v").changes()


def test_the_counterexample_is_the_middle_of_the_nearest_violated_cell() -> None:
    assert THREE.counterexample() == {"contrast": 0.2, "brightness": -0.1}
    assert region("c").counterexample() is None
    nearer = region("scsvsvo")  # of the right half the lower quarter, and the upper one's left
    found = nearer.counterexample()
    assert found == pytest.approx({"contrast": 0.1, "brightness": 0.1})
    assert nearer.status(found) == "v"


def test_the_share_is_never_rounded_up() -> None:
    assert THREE.share == pytest.approx(0.5) and THREE.share <= 0.5
    assert region("c").share == 1.0 and region("c").outside == 0.0
    deep = region("sc" * 60 + "o")
    assert not deep.whole and 0 < deep.outside < 1e-15 and deep.share < 1.0
    assert "99.99 % of the box" in deep.clause("image")
    exact = 1 - sum(Fraction(1, 2**n) for n in range(1, 61))
    assert Fraction(deep.outside) == exact


def test_in_words() -> None:
    assert region("c").clause("image") == (
        "no change of this image to clip((1 + c) x + b) with |c| up to 0.4 and |b| up to 0.2"
    )
    words = region("scsvo", "exponential")
    assert "clip(e^k (x + b)) with |k| up to 0.4" in words.clause("image")
    assert "in a certified cell of the map (49.99 % of the box)" in words.clause("image")
    assert words.headline() == "49.99 % of |k| ≤ 0.4, |b| ≤ 0.2"
    assert region("c").headline() == "|c| ≤ 0.4, |b| ≤ 0.2"
    assert "cells: 1 certified, 1 violated, 1 open" in words.note()
    assert words.describe({"contrast": 0.1, "brightness": -0.05}) == "k +0.100, b -0.050"


def test_the_box_stands_as_it_was_asked() -> None:
    asked = region("c").model_copy(update={"contrast": 0.12345678, "brightness": 0.0999999951})
    for said in (asked.clause("image"), asked.headline()):
        assert "0.12345678" in said and "0.0999999951" in said


def test_its_map_and_table() -> None:
    needs = required_map(ExactMap(contrast=0.4, brightness=0.2))
    assert needs is not None and needs.spans() == {
        "contrast": (-0.4, 0.4),
        "brightness": (-0.2, 0.2),
    }
    assert needs.utmost.whole
    header, rows = needs.table(THREE)
    assert header[-1] == "status" and rows[0] == [-0.4, 0.0, -0.2, 0.2, "certified"]
    assert needs.table(None)[1] == []


def test_what_is_no_map_is_no_region() -> None:
    with pytest.raises(ValidationError, match="the map ends before its last cell"):
        region("sc")
