import json
from pathlib import Path

import pytest
from mpmath import mpf
from scipy.stats import binom

from engine.bounds import clopper_pearson
from tests import precise

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/cohen.json").read_text())


def test_equals_the_reference_programs_bounds():
    for k, n, alpha, p_lower in GOLDEN["clopper_pearson_lower_one_sided"]["rows"]:
        assert clopper_pearson.lower(k, n, alpha) == pytest.approx(p_lower, abs=1e-9)


def test_equals_fifty_digit_arithmetic_and_never_exceeds_it():
    golden = json.loads((Path(__file__).parents[2] / "golden/confseq.json").read_text())
    for row in golden["rows"]:
        exact = float(row["cp"])
        bound = clopper_pearson.lower(row["A"], row["n"], float(row["alpha"]))
        assert bound == pytest.approx(exact, abs=1e-9)
        assert bound <= exact
    for row in golden["cp_upper"]:
        bound = clopper_pearson.upper(row["A"], row["n"], float(row["alpha"]))
        assert bound == pytest.approx(float(row["upper"]), abs=1e-9)
        assert bound >= float(row["upper"])


@pytest.mark.parametrize(("k", "n", "alpha"), [(1, 10, 0.05), (60, 100, 0.001), (99, 100, 1e-6)])
def test_solves_its_defining_equation(k: int, n: int, alpha: float):
    assert binom.sf(k - 1, n, clopper_pearson.lower(k, n, alpha)) == pytest.approx(alpha, rel=1e-6)


def test_edges():
    assert clopper_pearson.lower(0, 10, 0.05) == 0.0
    assert clopper_pearson.upper(10, 10, 0.05) == 1.0
    assert clopper_pearson.lower(10, 10, 0.05) == pytest.approx(0.05**0.1, abs=1e-9)


@pytest.mark.thorough
def test_within_rounding_below_fifty_digit_arithmetic_up_to_a_billion_trials():
    for k, n, alpha in precise.grid():
        p_lower = clopper_pearson.lower(k, n, alpha)
        if p_lower == 0.0:  # nothing is left of a bound far below the step of float64 at 1
            continue
        for others in (1 - mpf(p_lower), mpf(clopper_pearson.upper(n - k, n, alpha))):
            assert precise.upper_tail(k, n, others) <= alpha
            tighter = others * (1 - mpf(1e-7)) - mpf(2.5e-16)
            assert precise.upper_tail(k, n, tighter) > alpha
