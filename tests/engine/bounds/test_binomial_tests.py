import json
from pathlib import Path

import pytest
from scipy.stats import binomtest

from engine.bounds.binomial_tests import p_value_one_sided, p_value_two_sided

ROWS = json.loads((Path(__file__).parents[2] / "golden/cohen.json").read_text())["predict"]["rows"]


def test_equal_to_the_reference_program():
    for counts, _, _, _, c1, c2, two_sided, one_sided, _ in ROWS:
        assert p_value_two_sided(c1, c2) == pytest.approx(two_sided, abs=1e-9)
        assert p_value_one_sided(c1, sum(counts)) == pytest.approx(one_sided, abs=1e-9)


@pytest.mark.parametrize(("a", "b"), [(5, 5), (7, 2), (0, 3), (900, 100)])
def test_equal_to_scipy(a: int, b: int):
    assert p_value_two_sided(a, b) == pytest.approx(binomtest(a, a + b, 0.5).pvalue, abs=1e-12)


def test_edges():
    assert p_value_one_sided(0, 10) == 1.0
    assert p_value_two_sided(0, 0) == 1.0
