"""Each mistake of a log by itself; the largest radius against 50-digit arithmetic."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from engine.logs.lint import lint, reach
from engine.logs.log import Log
from tests.logs import make_log

ROWS = 40


def log(**changes: Any) -> Log:
    """Forty correct rows without a fault."""
    zeros = [0] * ROWS
    radius = changes.pop("radius", np.linspace(0.01, 0.5, ROWS))
    return make_log(zeros, zeros, list(radius), **changes)


def faults(one: Log, n: int = 100_000, alpha: float = 0.001) -> dict[str, str]:
    return {found.fault: found.detail for found in lint(one, n=n, alpha=alpha)}


def test_a_log_without_a_fault() -> None:
    assert faults(log()) == {}


@pytest.mark.parametrize(("n", "alpha"), [(100, 0.001), (100_000, 0.001), (10**7, 1e-6)])
def test_what_all_votes_together_can_buy(n: int, alpha: float) -> None:
    with mpmath.workdps(50):
        p = mpmath.mpf(alpha) ** (mpmath.mpf(1) / n)
        exact = 0.25 * mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1)
    assert reach(0.25, n, alpha) == pytest.approx(float(exact), rel=1e-9)


def test_radii_above_what_the_votes_can_buy() -> None:
    """Ten thousand votes reach 0.7997 at sigma 0.25, a hundred thousand 0.9529."""
    radius = np.full(ROWS, 0.5)
    radius[:3] = 0.95
    assert faults(log(radius=radius)) == {}
    found = faults(log(radius=radius), n=10_000)
    assert found["saturation"].startswith("3 radii, the largest 0.95, are above 0.7997")
    assert "saturation" not in faults(log(radius=radius, sigma=0.5), n=10_000)


def test_rounding_to_few_digits_is_no_saturation() -> None:
    """0.953 is 0.9529, rounded as it is written."""
    radius = np.full(ROWS, 0.953)
    assert list(faults(log(radius=radius, digits=3))) == ["rounded"]
    assert list(faults(log(radius=radius, digits=6))) == ["saturation"]


def test_a_running_total_is_told_from_a_wrong_column() -> None:
    assert "running total" in faults(log(stated=np.arange(1.0, ROWS + 1)))["running-total"]
    stated = np.ones(ROWS)
    assert faults(log(stated=stated)) == {}
    stated[:2] = 0
    assert "in 2 of 40 rows" in faults(log(stated=stated))["correct"]


def test_rows_that_are_missing_or_twice_there() -> None:
    index = np.arange(0, 20 * ROWS, 20)
    assert faults(log(index=index)) == {}
    assert (
        "ends at idx 780; in steps of 20 a test set of 10,000 has 460 more"
        in (faults(log(index=index, path="cifar10/test/sigma_0.25"))["missing-rows"])
    )
    assert faults(log(index=index, path="cifar10/train/sigma_0.25")) == {}
    gap = index.copy()
    gap[10:] += 60
    assert "3 inputs are missing between idx 0 and 840" in faults(log(index=gap))["missing-rows"]
    twice = index.copy()
    twice[1] = 0
    assert "1 inputs are in the log more than once" in faults(log(index=twice))["twice"]


def test_noise_that_is_not_known_or_not_the_training_s() -> None:
    assert "give it with --sigma" in faults(log(sigma=None))["sigma"]
    assert "noise of a training alone" in faults(log(sigma_origin="training"))["sigma"]
    found = faults(log(training_sigma=0.12))
    assert "trained with sigma 0.12 and certified with 0.25" in found["sigma"]


def test_phases_and_values_and_nothing() -> None:
    assert "only if alpha was shared out" in faults(log(kind="decide"))["phases"]
    odd = make_log([0, 0], [0, -1], [-1.0, 0.5])
    assert [found.detail for found in lint(odd, n=1000, alpha=0.001)] == [
        "1 radii are below 0; they count as 0.",
        "1 abstentions have a radius above 0, which says nothing.",
    ]
    assert list(faults(make_log([], [], []))) == ["empty"]
