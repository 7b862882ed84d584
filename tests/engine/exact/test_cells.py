"""Maps as text, and back."""

from __future__ import annotations

import numpy as np
import pytest

from engine.exact.cells import ends, read, shares, written


def test_a_map_is_written_and_read() -> None:
    status = {1: "s", 2: "c", 3: "s", 6: "v", 7: "o"}
    text = written(status)
    assert text == "scsvo"
    leaves = read(text)
    assert leaves.cells == (2, 6, 7) and leaves.status == ("c", "v", "o")
    assert leaves.area("c") == 0.5 and leaves.area("v") == leaves.area("o") == 0.25
    # the first halving is across the first parameter, the second across the second
    assert leaves.shares[0].tolist() == [[0, 0.5], [0, 1]]
    assert leaves.shares[1].tolist() == [[0.5, 1], [0, 0.5]]
    assert leaves.boxes(0.5, 2.0)[2].tolist() == [[0, 0.5], [0, 2.0]]


def test_what_is_not_known_is_open() -> None:
    assert written({}) == "o" and written({1: "s", 2: "c"}) == "sco"


def test_leaves_cover_the_box_once() -> None:
    rng = np.random.default_rng(0)
    status, waiting = {}, [1]
    while waiting:
        cell = waiting.pop()
        status[cell] = "s" if rng.uniform() < 0.7 and cell < 2000 else "cvo"[rng.integers(3)]
        waiting += [2 * cell, 2 * cell + 1] if status[cell] == "s" else []
    leaves = read(written(status))
    assert sum(map(leaves.area, "cvo")) == 1
    for point in rng.uniform(size=(50, 2, 1)):
        inside = (leaves.shares[:, :, :1] <= point) & (point <= leaves.shares[:, :, 1:])
        assert inside.all((1, 2)).sum() == 1


def test_ends_of_neighbours_are_the_same_numbers() -> None:
    boxes = ends(shares((4, 5, 6, 7)), 0.3, 0.1)
    assert boxes[0, 0].tolist() == [-0.3, 0.0] and boxes[2, 0].tolist() == [0.0, 0.3]
    assert boxes[0, 1, 1] == boxes[1, 1, 0]


@pytest.mark.parametrize("text", ["", "s", "sc", "cc", "scx", "s" * 200 + "c" * 201, "scco"])
def test_no_map(text: str) -> None:
    with pytest.raises(ValueError, match="map"):
        read(text)
