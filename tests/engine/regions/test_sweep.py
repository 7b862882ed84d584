import pytest

from engine.regions import Region, Sweep, Turn

PLAIN = Sweep(term="rotation", noun="rotation", unit="degrees", lower=-12.34567, upper=30.0,
              low=-30.0, high=30.0, anchors=(0.5, 1.5), failed=((-13.0, -12.34567),))  # fmt: skip
BESIDE = PLAIN.model_copy(update={"brightness": 0.1, "radius": 0.05})


def test_ends_are_certified_and_nothing_beyond():
    for angle in (-12.34567, 0.0, 30.0):
        assert PLAIN.contains({"rotation": angle})
    for angle in (-12.3457, 30.0001, float("nan")):
        assert not PLAIN.contains({"rotation": angle})
    assert PLAIN.furthest("rotation") == 30.0 and PLAIN.furthest("rotation", -1) == 12.34567


@pytest.mark.parametrize(
    ("change", "inside"),
    [
        ({"rotation": 10.0, "brightness": -0.1, "radius": 0.05}, True),
        ({"rotation": 10.0, "brightness": 0.1001, "radius": 0.0}, False),
        ({"rotation": 10.0, "brightness": 0.0, "radius": 0.0501}, False),
        ({"rotation": 31.0, "brightness": 0.0, "radius": 0.0}, False),
        ({"rotation": 0.0, "brightness": 0.0, "radius": -0.01}, False),
    ],
)
def test_what_follows_the_transformation_is_part_of_the_question(change, inside):
    assert BESIDE.contains(change) is inside
    assert not PLAIN.contains(change) or not (change["brightness"] or change["radius"])


def test_words_round_towards_zero_and_name_what_is_allowed_after():
    assert PLAIN.clause("image") == "no rotation of this image from -12.345 to +30.000 degrees"
    assert PLAIN.headline() == "rotation -12.345° to +30.000°"
    assert "asked about -30 to +30" in PLAIN.note()
    said = BESIDE.clause("image")
    assert "a shift of all pixels by at most 0.1 and a change of l2 norm at most 0.05" in said
    assert BESIDE.describe({"rotation": 3.0, "radius": 0.05}) == "rotation +3.000, radius +0.050"
    assert BESIDE.terms == ("rotation", "brightness", "radius") and PLAIN.terms == ("rotation",)


def test_what_is_allowed_after_stands_as_it_was_asked():
    asked = BESIDE.model_copy(update={"brightness": 0.12345678, "radius": 0.0999999951})
    for said in (asked.clause("image"), asked.note()):
        assert "0.12345678" in said and "0.0999999951" in said


def test_changes_to_show_lie_inside_and_go_from_end_to_end():
    shown = [change["rotation"] for change in PLAIN.changes()]
    assert shown == sorted(shown) and len(shown) == 4
    assert all(PLAIN.contains(change) for change in PLAIN.changes())


def test_it_is_read_back_as_it_was_written():
    assert Region.parse(BESIDE.model_dump(mode="json")) == BESIDE
    budget = BESIDE.budget({"rotation": 3.0, "radius": 0.05})
    assert (budget.strength, budget.norm) == (0.05, "l2")
    assert PLAIN.budget({"rotation": 3.0}).norm == ""


def test_angles_are_a_ring_and_its_trail_is_that_of_its_term():
    turned = Turn(**PLAIN.model_dump(exclude={"kind"}))
    assert (turned.picture, PLAIN.picture) == ("ring", "terms")
    assert Region.parse(turned.model_dump(mode="json")) == turned
    assert turned.trail("rotation").anchors == (0.5, 1.5)
    assert turned.trail("rotation").failed == ((-13.0, -12.34567),)
    assert not turned.trail("radius").anchors
