"""What a received image may have come from, against clean images, shifts and roundings by lot."""

from __future__ import annotations

import numpy as np
import pytest

from engine.certificates.received import fraction_spread, received_error
from engine.transforms.low_pass import filtered, low_pass
from tests.engine.schemes.test_nested_translation import by_hand


def clean_images(rng: np.random.Generator, side: int) -> list[np.ndarray]:
    """Noise, a smooth image, stripes and a checker board, all in [0, 1]."""
    noise = rng.random((2, side, side))
    smooth = 0.5 + 0.5 * np.sin(2 * np.pi * (np.arange(side)[:, None] + rng.random(side)) / side)
    stripes = np.zeros((1, side, side))
    stripes[:, :, ::2] = 1.0
    board = np.indices((side, side)).sum(axis=0)[None] % 2.0
    return [noise, smooth[None], stripes, board]


@pytest.mark.parametrize(("spread", "reach"), [(0.0, 3.0), (1.0, 3.0), (1.0, 0.3)])
def test_no_clean_image_differs_by_more_than_the_bound(spread, reach):
    rng, tightest = np.random.default_rng(7), 0.0
    for image in clean_images(rng, 8):
        filters = tuple(low_pass(side, spread, wrapped=True) for side in image.shape[1:])
        for _ in range(60):
            length, turn = rng.uniform(0, reach), rng.uniform(0, 2 * np.pi)
            down, right = length * np.sin(turn), length * np.cos(turn)
            received = np.rint(by_hand(image, down, right) * 255) / 255
            bound = received_error(received, filters, reach, 1 / 510)
            b1, b2 = rng.choice([rng.uniform(-4, 4, 2), [0.5 - down, 0.5 - right]])
            apart = by_hand(received, b1, b2) - by_hand(image, b1 + down, b2 + right)
            worst = float(np.linalg.norm(filtered(apart, *filters)))
            assert worst <= bound
            tightest = max(tightest, worst / bound)
    assert tightest > 0.15


def test_what_would_do_for_a_clean_image_does_not_for_a_received_one():
    """Stripes shifted by half a pixel are grey: nothing of them is seen, and nothing is known."""
    stripes = np.zeros((1, 8, 8))
    stripes[:, :, ::2] = 1.0
    grey = by_hand(stripes, 0.0, 0.5)
    assert np.ptp(grey) == 0.0
    eye = (np.eye(8), np.eye(8))
    near = sum(np.roll(grey, by, axis) for axis in (1, 2) for by in (-1, 1))
    of_clean = float(np.linalg.norm(near - 4 * grey)) / 4
    apart = float(np.linalg.norm(by_hand(grey, 0.0, 0.5) - by_hand(stripes, 0.0, 1.0)))
    assert of_clean < 1e-12 < 3.9 < apart <= received_error(grey, eye, 1.0, 0.0)


def test_a_smaller_reach_a_filter_and_no_rounding_make_it_smaller():
    image = np.random.default_rng(1).random((1, 8, 8))
    filters = (low_pass(8, 1.0, wrapped=True),) * 2
    whole = received_error(image, filters, 1.0, 1 / 510)
    assert received_error(image, filters, 0.1, 1 / 510) < whole
    assert received_error(image, filters, 1.0, 0.0) < whole
    assert whole < received_error(image, (np.eye(8), np.eye(8)), 1.0, 1 / 510)
    assert fraction_spread(0.5) == fraction_spread(9.0) == 0.25
