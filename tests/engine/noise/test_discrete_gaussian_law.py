from __future__ import annotations

import subprocess
import sys

import pytest

from engine.core.records import ProbabilityBounds
from engine.noise.discrete_gaussian_law import GRID, reach, thresholds, total_variation, weakened


def bounds(p_lower: float) -> ProbabilityBounds:
    return ProbabilityBounds(
        method="live",
        alpha=0.001,
        n=10,
        top=0,
        p_lower=p_lower,
        p_upper=1 - p_lower,
        valid=True,
        basis="",
    )


def test_the_law_needs_no_torch() -> None:
    modules = "engine.noise.discrete_gaussian_law, engine.noise.streams, engine.evidence.vote_chain"
    code = f"import sys, {modules}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_thresholds_are_symmetric_and_span_the_reach() -> None:
    values = thresholds(0.25)
    assert len(values) == 2 * reach(0.25)
    assert values[0] + values[-1] in (2**63 - 1, 2**63)
    assert list(values) == sorted(values)


def test_reach_is_eight_and_a_half_deviations() -> None:
    assert reach(1.0) == round(8.5 * GRID + 0.5)
    assert total_variation(1.0, 10) == pytest.approx(10 * ((2 * 2168 + 1) / 2**63 + 2e-17))


def test_weakening_takes_the_distance_from_both_sides_and_stays_in_range() -> None:
    assert weakened(bounds(0.9), 0.0) == bounds(0.9)
    weaker = weakened(bounds(0.9), 0.01)
    assert (weaker.p_lower, weaker.p_upper) == (0.9 - 0.01, (1 - 0.9) + 0.01)
    assert weakened(bounds(0.005), 0.01).p_lower == 0.0
