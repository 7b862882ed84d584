"""Labels stay inside and apart, whatever they wish for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gui.plots.labels import Box, Steady, around, place

FRAME = Box(0, 0, 300, 200)
boxes = st.builds(
    Box,
    x=st.floats(-100, 400),
    y=st.floats(-100, 300),
    w=st.floats(10, 120),
    h=st.floats(8, 40),
)


def is_inside(box: Box) -> bool:
    slack = 1e-6
    return (
        box.x >= -slack
        and box.y >= -slack
        and box.x + box.w <= 300 + slack
        and box.y + box.h <= 200 + slack
    )


@given(st.lists(st.lists(boxes, min_size=1, max_size=3), max_size=6), st.lists(boxes, max_size=4))
def test_placed_labels_never_overlap_and_never_leave_the_frame(wishes, obstacles) -> None:
    placed = [b for b in place(wishes, FRAME, obstacles=obstacles, slide=100) if b is not None]
    assert all(is_inside(box) for box in placed)
    for i, box in enumerate(placed):
        assert not any(box.overlaps(other) for other in (*placed[:i], *obstacles))


def test_the_first_wish_comes_true_where_it_is_free() -> None:
    wish = Box(10, 20, 50, 10)
    assert place([[wish]], FRAME) == [wish]


def test_the_second_label_takes_its_second_wish_then_slides() -> None:
    taken, spare = Box(10, 20, 50, 10), Box(10, 60, 50, 10)
    assert place([[taken], [taken, spare]], FRAME) == [taken, spare]
    slid = place([[taken], [taken]], FRAME, slide=40)[1]
    assert slid is not None and slid.x == taken.x and slid.y != taken.y


def test_there_may_be_no_place() -> None:
    everywhere = Box(-1, -1, 400, 400)
    assert place([[Box(0, 0, 10, 10)]], FRAME, obstacles=[everywhere]) == [None]


def test_what_is_only_to_be_avoided_is_touched_rather_than_losing_the_label() -> None:
    everywhere, wish = Box(-1, -1, 400, 400), Box(0, 0, 10, 10)
    assert place([[wish]], FRAME, avoid=[everywhere]) == [wish]
    first, second = Box(0, 0, 10, 10), Box(0, 50, 10, 10)
    assert place([[first, second]], FRAME, avoid=[Box(0, 0, 20, 20)]) == [second]


def test_boxes_around_a_point_touch_neither_it_nor_one_another() -> None:
    boxes, point = around(50, 40, 30, 10, gap=(4, 2)), Box(48, 39, 4, 2)
    assert len(boxes) == 4 and boxes[0] == Box(54, 42, 30, 10)
    for i, box in enumerate(boxes):
        assert not box.overlaps(point)
        assert not any(box.overlaps(other) for other in boxes[:i])


def test_a_label_slides_from_any_of_its_wishes_before_it_lies_on_what_it_avoids() -> None:
    wish = [Box(0, 0, 40, 20), Box(200, 0, 40, 20)]
    taken = [Box(0, 0, 60, 200), Box(190, 0, 60, 22)]
    (found,) = place([wish], FRAME, avoid=taken, slide=60)
    assert found is not None and found.x == 200 and not any(map(found.overlaps, taken))


def test_labels_stay_until_something_moved_from_where_they_were_placed_by() -> None:
    laid = Steady(2.0)
    assert not laid.holds("light", [10.0, 50.0])
    assert all(laid.holds("light", [10.0 + shift, 50.0 - shift]) for shift in (0.9, 1.1, 2.0, -2.0))
    assert not laid.holds("light", [12.1, 50.0]), "further than from there"
    assert laid.holds("light", [10.2, 50.0]), "measured from the last place"
    assert not laid.holds("dark", [10.2, 50.0])
    assert not laid.holds("dark", [10.2])
