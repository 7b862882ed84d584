import numpy as np
import pytest

from engine.figures.attack import Attack


def attack(channels: int = 1, **changes) -> Attack:
    """Pixel 5 first, then 6, 7, ...; upwards in even and downwards in odd ones."""
    pixels = np.arange(16)
    sign = np.where(pixels % 2 == 0, 1.0, -1.0).reshape(1, 4, 4).repeat(channels, axis=0)
    facts = {
        "original": np.full((channels, 4, 4), 0.5, dtype=np.float32),
        "direction": (sign * (1 + pixels.reshape(1, 4, 4) / 10)).astype(np.float32),
        "order": np.roll(pixels, -5),
        "how": "greedy",
    }
    return Attack(**{**facts, **changes})


@pytest.mark.parametrize("count", [0, 1, 3, 16])
@pytest.mark.parametrize(("norm", "order"), [("l1", 1), ("l2", 2), ("linf", np.inf)])
def test_a_move_touches_so_many_pixels_and_has_exactly_this_norm(count, norm, order):
    one = attack(channels=3)
    found = one.moved(count, 0.3, norm)
    assert found.places.sum() == count and not found.clipped
    change = (found.pixels - one.original).ravel()
    assert np.linalg.norm(change, order) == pytest.approx(0.3 if count else 0.0, rel=1e-5)


def test_the_first_in_order_move_in_their_direction():
    found = attack().moved(2, 0.2, "l2")
    assert found.places.ravel().nonzero()[0].tolist() == [5, 6]
    change = (found.pixels - 0.5).ravel()
    assert change[5] < 0 < change[6]


def test_large_moves_are_clipped_for_the_eye():
    found = attack().moved(1, 3.0, "l2")
    assert found.clipped and found.pixels.min() == 0.0
    assert found.places.sum() == 1


def test_overwritten_pixels_are_black_or_white():
    found = attack(channels=3).overwritten(3)
    assert found.places.ravel().nonzero()[0].tolist() == [5, 6, 7]
    assert (
        found.pixels[:, 1, 1].tolist() == [0.0] * 3 and found.pixels[:, 1, 2].tolist() == [1.0] * 3
    )


def test_flips_set_zeros_and_ones_each_by_their_order():
    original = (np.arange(16).reshape(1, 4, 4) >= 8).astype(np.float32)
    found = attack(original=original).flipped(2, 1)
    assert found.places.ravel().nonzero()[0].tolist() == [5, 6, 8]
    assert found.pixels.ravel()[[5, 6, 8]].tolist() == [1.0, 1.0, 0.0]
    assert not attack(original=original).flipped(0, 0).places.any()
