import numpy as np

from engine.demos.data.signs import SIGNS, TEST, TRAINED_FROM, Sign, drawn, sign


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
    assert TEST <= TRAINED_FROM
