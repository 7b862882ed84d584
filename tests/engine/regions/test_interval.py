import pytest
from pydantic import ValidationError

from engine.regions import Interval

SHIFT = Interval(term="brightness", lower=-0.18399, upper=0.25001, unit="brightness in [0,1]")


def test_the_ends_are_excluded_and_no_shift_is_always_certified():
    for shift, inside in (
        (0.0, True), (-0.1, True), (0.25, True), (-0.18399, False), (0.25001, False), (-0.2, False),
    ):  # fmt: skip
        assert SHIFT.contains({"brightness": shift}) is inside
    nothing = SHIFT.model_copy(update={"lower": 0.0, "upper": 0.0})
    assert nothing.contains({"brightness": 0.0}) and not nothing.contains({"brightness": 1e-9})
    assert SHIFT.holds_changes and not nothing.holds_changes


def test_both_ends_are_rounded_towards_zero():
    assert SHIFT.headline() == "brightness -0.183 to +0.250"
    assert SHIFT.clause("image") == (
        "no shift of this image's brightness above -0.183 and below +0.250 (brightness in [0,1])"
    )
    nothing = SHIFT.model_copy(update={"lower": 0, "upper": 0})
    assert nothing.headline() == "brightness -0.000 to +0.000"
    assert SHIFT.note() == "ends excluded; brightness in [0,1]"


def test_examples_lie_inside_on_both_sides():
    changes = SHIFT.changes()
    assert [one["brightness"] for one in changes] == [-0.183, -0.091, 0.125, 0.25]
    assert all(SHIFT.contains(change) for change in changes)
    assert SHIFT.describe(changes[0]) == "brightness -0.183"
    assert SHIFT.sizes() == {"brightness down": 0.18399, "brightness up": 0.25001}


def test_zero_lies_between_the_ends():
    with pytest.raises(ValidationError):
        Interval(term="brightness", lower=0.1, upper=0.2, unit="")
