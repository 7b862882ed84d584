"""Statements about sets: 50-digit goldens, the binomial's definition, simulation by enumeration."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from engine.bounds.simultaneous import (
    most_false,
    population_lower,
    set_statement,
    simultaneous_alpha,
)

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/sets.json").read_text())["dataset"]


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: f"{row['certified']} of {row['K']}")
def test_high_precision_golden(row):
    alpha, delta = float(row["alpha"]), float(row["delta"])
    found = set_statement(row["certified"], row["K"], alpha=alpha, delta=delta)
    assert found.most_false == row["q_false"]
    assert found.fixed_set_lower == pytest.approx(float(row["fixed_set_lower"]), abs=1e-12)
    assert found.population_lower == pytest.approx(float(row["population_lower"]), abs=1e-9)
    assert found.population_lower <= float(row["population_lower"]) + 1e-12
    assert simultaneous_alpha(alpha, row["K"]) == pytest.approx(float(row["bonferroni_alpha"]))


@given(st.integers(1, 400), st.floats(1e-6, 0.5), st.floats(1e-6, 0.5))
def test_most_false_is_the_binomials_quantile(total, alpha, delta):
    q = most_false(total, alpha, delta)
    near = 1e-12  # at a tie, two ways to sum the tail differ in the last digits
    assert binom.sf(q, total, alpha) <= delta * (1 + near)
    assert q == 0 or binom.sf(q - 1, total, alpha) > delta * (1 - near)


def test_population_bound_is_clopper_pearson_less_alpha():
    expected = beta.ppf(0.01, 80, 21) - 0.001
    assert population_lower(80, 100, alpha=0.001, delta=0.01) == pytest.approx(expected, abs=1e-9)
    assert population_lower(0, 100, alpha=0.001, delta=0.01) == 0.0


def test_the_population_bound_covers_by_enumeration():
    """A share 0.9 is certified and true: the bound exceeds it with chance delta at most."""
    total, alpha, delta, true = 200, 0.01, 0.05, 0.9
    wrong = sum(
        binom.pmf(k, total, true)
        for k in range(total + 1)
        if population_lower(k, total, alpha=alpha, delta=delta) > true
    )
    assert wrong <= delta
