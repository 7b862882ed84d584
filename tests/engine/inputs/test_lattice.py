from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs import expand, load_input


def test_the_two_images_differ_in_three_pixels_and_lie_on_the_grid() -> None:
    lit, dimmed = (load_input(spec).pixels for spec in expand("lattice:"))
    moved = (lit - dimmed)[0]
    assert sorted(zip(*np.nonzero(moved), strict=True)) == [(0, 4), (0, 5), (1, 5)]
    assert np.linalg.norm(moved) == pytest.approx(3**0.5 * (1 - 117 / 255))
    for pixels in (lit, dimmed):
        assert np.array_equal(np.rint(pixels * 255) / np.float32(255), pixels)


def test_they_are_named_and_labelled() -> None:
    image = load_input("lattice:dimmed")
    assert (image.name, image.source) == ("digit 52, dimmed", "lattice:dimmed")
    assert (image.label, image.label_name) == (0, "dimmed")


def test_there_is_no_third() -> None:
    with pytest.raises(UserError) as caught:
        load_input("lattice:dark")
    assert str(caught.value) == (
        "There is no image lattice:dark; give lattice:lit or lattice:dimmed."
    )
