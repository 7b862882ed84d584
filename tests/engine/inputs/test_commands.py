from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs import expand, load_input
from engine.inputs.commands import SIGNS, TEST, TRAINED_FROM, Sign, claims, drawn, load, sign


def test_an_image_follows_from_its_number():
    first, again = load_input("commands:5"), load_input("commands:5")
    assert first.sha256 == again.sha256
    assert first.label_name == "turn right"
    assert first.pixels.shape == (1, 16, 16)
    assert first.pixels.dtype == np.float32
    assert 0 <= first.pixels.min() < first.pixels.max() <= 1
    assert first.sha256 != load_input("commands:9").sha256


def test_the_drawings_do_not_change():
    assert load("commands:5").sha256.startswith("531c4269")


def test_left_is_the_mirror_image_of_right():
    what = sign(4)
    mirrored = Sign(1, what.reach, what.thick, what.row, -what.column, what.ink)
    assert SIGNS[what.kind] == "turn left"
    assert np.allclose(drawn(what), drawn(mirrored)[:, :, ::-1])


def test_a_stop_sign_is_symmetric_and_an_arrow_points():
    ring = drawn(Sign(3, 6.0, 1.0, 0.0, 0.0, 1.0))
    assert np.allclose(ring, ring[:, ::-1])
    arrow = drawn(Sign(2, 6.0, 1.0, 0.0, 0.0, 1.0))[0]
    assert arrow[:8].sum() > arrow[8:].sum()


def test_the_test_set_is_not_trained_on():
    assert expand("commands") == [f"commands:{n}" for n in range(TEST)]
    assert TEST <= TRAINED_FROM
    assert not load("commands:199").notes
    assert load(f"commands:{TRAINED_FROM}").notes
    assert claims("commands:1")
    assert not claims("digits:1")


@pytest.mark.parametrize("spec", ["commands:", "commands:x", "commands:-1", "commands:100000"])
def test_numbers_that_cannot_be(spec):
    with pytest.raises(UserError, match="name one, e.g.|There is no image"):
        load(spec)
