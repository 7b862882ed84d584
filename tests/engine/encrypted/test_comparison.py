from __future__ import annotations

import numpy as np

from engine.encrypted.comparison import (
    FLAT,
    NOT_COUNTED,
    STEEP,
    bit,
    by_bits,
    by_scores,
    deviation,
)


def test_the_polynomials_are_odd_and_stay_within_the_interval():
    assert not any(STEEP[::2]) and not any(FLAT[::2])
    assert sum(FLAT) == 128  # f4(1) = 1
    x = np.linspace(-1, 1, 200_001)
    for steps in range(4):
        found = bit(x, steps)
        assert found.min() >= -1e-12 and found.max() <= 1 + 1e-12
        assert (found[x > 0] > 0.5).all() and (found[x < 0] < 0.5).all()


def test_more_steep_polynomials_tell_closer_numbers_apart():
    widths = [np.abs(2 * bit(np.array([0.02]), steps) - 1)[0] for steps in range(4)]
    assert widths == sorted(widths) and widths[3] > 0.99 > 0.1 > widths[0]


def test_a_score_must_lead_by_more_than_the_error():
    scores = np.array([[0.5, 0.3, 0.1], [0.3, 0.31, 0.0], [0.2, 0.2, 0.1], [np.nan, 0, 1]])
    assert by_scores(scores, 0.05).tolist() == [0, NOT_COUNTED, NOT_COUNTED, NOT_COUNTED]
    assert by_scores(scores, 0.005).tolist() == [0, 1, NOT_COUNTED, NOT_COUNTED]


def test_a_score_larger_than_any_is_in_doubt():
    """As of an answer under other keys, or of numbers that outgrew the modulus."""
    scores = np.array([[8.0, 0.0], [8.2, 0.0], [0.0, -1e9], [np.inf, 0.0], [1e300, -np.inf]])
    assert by_scores(scores, 0.1).tolist() == [0, *[NOT_COUNTED] * 4]


def test_a_class_must_win_every_comparison_out_of_doubt():
    # Of classes 0-1, 0-2, 1-2.
    bits = np.array(
        [
            [0.98, 1.01, 0.5],  # the doubt is between losers
            [0.98, 0.6, 0.0],
            [0.01, 0.5, 0.9],
            [1.0, 0.0, 1.0],  # a circle has no winner
            [2.0, 1.0, 1.0],  # 2 is no bit
            [np.nan, 1.0, 1.0],
        ]
    )
    counted = [0, NOT_COUNTED, 1, NOT_COUNTED, NOT_COUNTED, NOT_COUNTED]
    assert by_bits(bits, 3).tolist() == counted
    assert abs(deviation(bits[:3]) - (0.02 + 0.01 + 0.5 + 0.02 + 0.4 + 0.01 + 0.5 + 0.1)) < 1e-12


def test_a_count_of_bits_is_within_the_deviation_of_their_sum():
    rng = np.random.default_rng(0)
    exact = bit(rng.uniform(-1, 1, 10_000), 2)
    count = float((exact > 0.5).sum())
    assert abs(exact.sum() - count) <= deviation(exact)
