from __future__ import annotations

import doctest

import pytest
from scipy import stats

import certiscope as cs
from certiscope import functional as f
from certiscope.functional import bounds
from engine.core.errors import UserError


def test_the_examples_are_true() -> None:
    assert doctest.testmod(bounds).failed == 0


def test_bounds_are_those_of_another_library() -> None:
    for k, n in ((0, 10), (7, 10), (10, 10), (990, 1000)):
        for alpha in (0.001, 0.05):
            found = stats.binomtest(k, n).proportion_ci(1 - 2 * alpha, "exact")
            assert f.clopper_pearson_lower(k, n, alpha) == pytest.approx(found.low, abs=1e-8)
            assert f.clopper_pearson_upper(k, n, alpha) == pytest.approx(found.high, abs=1e-8)
            assert f.anytime_lower(k, n, alpha) <= f.clopper_pearson_lower(k, n, alpha)
            assert f.anytime_upper(k, n, alpha) >= f.clopper_pearson_upper(k, n, alpha)
        assert f.one_sided_p_value(k, n) == pytest.approx(
            stats.binomtest(k, n, alternative="greater").pvalue
        )
        assert f.two_sided_p_value(k, n - k) == pytest.approx(stats.binomtest(k, n).pvalue)


def test_the_samples_that_are_needed_suffice() -> None:
    n = f.samples_needed(cs.Gaussian(sigma=0.25), {"radius": 0.3}, p=0.95, power=0.9)
    assert n is not None
    required = f.gaussian_required_p(0.3, 0.25)
    certified = [k for k in range(n + 1) if f.clopper_pearson_lower(k, n, 0.001) > required]
    assert stats.binom.sf(certified[0] - 1, n, 0.95) >= 0.9
    assert f.samples_needed(cs.Gaussian(sigma=0.25), {"radius": 0.3}, p=0.8) is None


def test_scores_of_a_soft_classifier() -> None:
    found = f.soft_lower(990.0, 980.2, 1000, 0.001)
    assert 0.96 < found < 0.99
    for total, squares, n in ((11.0, 5.0, 10), (5.0, 6.0, 10), (1.0, 1.0, 1), (float("nan"), 0, 9)):
        with pytest.raises(UserError, match=r"Scores lie in \[0, 1\]"):
            f.soft_lower(total, squares, n, 0.001)
