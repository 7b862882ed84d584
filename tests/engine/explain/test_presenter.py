import numpy as np
import pytest

from engine.explain.presenter import decoded

IMAGE = np.full((2, 2, 2), 0.5, dtype=np.float32)
TOUCHED = np.array([[True, False], [False, True]])


@pytest.mark.parametrize("axis", [1, -1])
@pytest.mark.parametrize("left", [0.0, 0.25])
def test_an_indicator_says_what_was_touched_and_the_values_what_is_left(axis, left):
    values = np.where(TOUCHED, [[[left, 0.0], [0.0, 0.0]]], IMAGE).astype(np.float32)
    noisy = np.concatenate([values, TOUCHED[None]])[None]
    found, touched, touch = decoded(np.moveaxis(noisy, 1, axis), "indicator", 2, axis)
    assert (found == np.moveaxis(values[None], 1, axis)).all() and (touched[0] == TOUCHED).all()
    assert touch == ("noised" if left else "taken away")


def test_nothing_in_both_halves_is_taken_away():
    values = np.where(TOUCHED, 0.0, IMAGE)
    noisy = np.concatenate([values, np.where(TOUCHED, 0.0, 1 - IMAGE)])[None]
    found, touched, touch = decoded(noisy, "complement", 2, axis=1)
    assert (found[0] == values).all() and (touched[0] == TOUCHED).all() and touch == "taken away"


def test_a_plain_encoding_tells_nothing():
    found, touched, touch = decoded(IMAGE[None], "plain", 2, axis=1)
    assert (found[0] == IMAGE).all() and touched is None and touch == ""
