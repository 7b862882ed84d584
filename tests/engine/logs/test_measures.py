"""Certified accuracy, its average and differences, against sums by hand and simulation."""

from __future__ import annotations

import numpy as np
import pytest

from engine.logs import measures
from engine.logs.log import Integers, Log
from tests.logs import make_log


def test_the_definitions_on_five_rows() -> None:
    """Two correct, one wrong, two abstained: by hand."""
    log = make_log(label=[0, 1, 2, 3, 4], predicted=[0, 1, 0, -1, -1], radius=[0.5, 0.25, 2, 0, 0])
    assert measures.acr(log) == pytest.approx((0.5 + 0.25) / 5, abs=1e-15)
    shares = [measures.certified_accuracy(log, r) for r in (0.0, 0.25, 0.26, 0.5, 0.51)]
    assert shares == [0.4, 0.4, 0.2, 0.2, 0.0]
    assert (measures.clean_accuracy(log), measures.abstained(log)) == (0.4, 2)
    assert measures.curve(log) == (
        (0.0, 0.4),
        (0.25, 0.4),
        (0.25, 0.2),
        (0.5, 0.2),
        (0.5, 0.0),
    )


def test_a_log_without_radii_has_no_certified_accuracy() -> None:
    log = make_log(label=[0, 1], predicted=[0, -1], radius=None)
    assert measures.acr(log) is measures.certified_accuracy(log, 0.0) is None
    assert measures.accuracy_interval(log, 0.0) is measures.difference(log, log, 0.0) is None
    assert (measures.clean_accuracy(log), measures.abstained(log)) == (0.5, 1)
    assert measures.best([log], 0.0) is None


def test_the_best_is_the_first_of_the_highest() -> None:
    logs = [make_log([0, 0], [0, 0], radii) for radii in ([0.1, 0.2], [0.3, 0.1], [0.3, 0.0])]
    assert [measures.best(logs, r) for r in (0.0, 0.3, 0.4)] == [0, 1, None]


def certified(reached: Integers) -> Log:
    """A log whose rows reach radius 1 or none."""
    zeros = [0] * len(reached)
    return make_log(zeros, zeros, reached.astype(float).tolist())


def test_intervals_hold_the_true_difference() -> None:
    """Over 400 draws of 200 pairs, dependent within each, at most 5 % of intervals miss it; the
    chance that more than 34 of 400 do, if each does with 5 %, is 0.001, and they are conservative.
    """
    draw = np.random.default_rng(0)
    misses = 0
    for _ in range(400):
        base = draw.random(200)
        one, other = certified(base < 0.6), certified(base < 0.55)
        found = measures.difference(one, other, 0.5)
        assert found is not None and found.paired
        misses += not found.low <= 0.05 <= found.high
    assert misses <= 20


def test_pairs_say_more_than_two_draws() -> None:
    base = np.random.default_rng(1).random(500)
    one, other = certified(base < 0.6), certified(base < 0.55)
    apart = make_log(
        other.label.tolist(), other.predicted.tolist(), other.radius.tolist(), first=10**6
    )
    paired, unpaired = (measures.difference(one, log, 0.5) for log in (other, apart))
    assert paired is not None and unpaired is not None
    assert paired.paired and not unpaired.paired
    assert paired.difference == pytest.approx(unpaired.difference, abs=1e-12)
    assert paired.high - paired.low < unpaired.high - unpaired.low
