import json
import math
from pathlib import Path

import pytest
from mpmath import log, mpf

from engine.bounds import eprocess
from tests import precise

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/confseq.json").read_text())


@pytest.mark.parametrize("row", GOLDEN["rows"], ids=lambda r: f"{r['A']}of{r['n']}")
def test_equals_fifty_digit_arithmetic_and_never_exceeds_it(row: dict):
    for name, share in (("onesided_0.5", 1.0), ("onesided_0.5_at_0.1alpha", 0.1)):
        bound = eprocess.lower(row["A"], row["n"], share * float(row["alpha"]))
        assert bound == pytest.approx(float(row[name]), abs=1e-9)
        assert bound <= float(row[name])


def test_log_e_equals_fifty_digit_arithmetic():
    for row in GOLDEN["logM"]:
        value = eprocess.log_e(float(row["p"]), row["A"], row["n"])
        assert value == pytest.approx(float(row["onesided_0.5"]), abs=1e-8)


def test_is_a_supermartingale_under_the_null_by_enumeration():
    """E[M_n] <= 1 for every true p at or below the tested one: exact sums over all paths."""
    for p_null, p_true in ((0.5, 0.5), (0.7, 0.6), (0.9, 0.9)):
        for n in (1, 5, 20):
            mean = sum(
                math.comb(n, k)
                * p_true**k
                * (1 - p_true) ** (n - k)
                * math.exp(eprocess.log_e(p_null, k, n))
                for k in range(n + 1)
            )
            assert mean <= 1 + 1e-9


def test_stable_at_a_hundred_million_samples():
    n = 10**8
    bound = eprocess.lower(n * 9 // 10, n, 1e-4)
    assert 0.8998 < bound < 0.9
    assert eprocess.lower(n, n, 1e-4) > 1 - 1e-6


def test_monotone_in_successes_and_nothing_from_nothing():
    bounds = [eprocess.lower(k, 200, 0.001) for k in range(0, 201, 10)]
    assert bounds == sorted(bounds)
    assert eprocess.lower(0, 0, 0.001) == 0.0
    assert eprocess.lower(0, 50, 0.001) == 0.0
    assert 0.0 <= eprocess.lower(1, 1, 0.001) < 0.01


@pytest.mark.thorough
def test_within_rounding_below_fifty_digit_arithmetic_up_to_a_billion_trials():
    for k, n, alpha in precise.grid():
        p_lower = eprocess.lower(k, n, alpha)
        if p_lower == 0.0:
            continue
        others, needed = 1 - mpf(p_lower), -log(mpf(alpha))
        assert precise.log_e(others, k, n) >= needed
        tighter = others * (1 - mpf(1e-7)) - mpf(2.5e-16)
        assert precise.log_e(tighter, k, n) < needed
