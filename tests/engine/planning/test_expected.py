"""Mean radius and chances against sums over every count."""

import pytest
from scipy.stats import binom, norm

from engine.bounds import bound_method
from engine.planning.expected import expected_point
from engine.planning.question import Question
from engine.schemes import Gaussian


def questions(bound, radius=None):
    parts = Gaussian(sigma=0.5), bound_method(bound), 0.001
    target = None if radius is None else Question(*parts, {"radius": radius})
    return Question(*parts), target


def enumerated(bound, n, p):
    anything, _ = questions(bound)
    radii = [getattr(anything.region(n, lost=lost), "radius", 0.0) for lost in range(n + 1)]
    return sum(binom.pmf(n - lost, n, p) * radius for lost, radius in enumerate(radii))


@pytest.mark.walk
@pytest.mark.parametrize("bound", ["clopper-pearson", "live", "anytime", "two-class"])
@pytest.mark.parametrize("n", [5, 30, 150])
@pytest.mark.parametrize("p", [0.4, 0.7, 0.95, 1.0])
def test_small_n_equals_enumeration(bound, n, p):
    point = expected_point(*questions(bound), n=n, p=p)
    assert point.radius == pytest.approx(enumerated(bound, n, p), abs=1e-9)
    assert point.error < 1e-9


@pytest.mark.walk
@pytest.mark.parametrize("n, p", [(3000, 0.55), (3000, 0.9), (20_000, 0.99)])
def test_large_n_is_exact_up_to_the_error_it_states(n, p):
    point = expected_point(*questions("clopper-pearson"), n=n, p=p)
    assert point.error < 0.002 * 0.5
    assert abs(point.radius - enumerated("clopper-pearson", n, p)) <= point.error + 1e-12


@pytest.mark.thorough
def test_average_over_a_set_is_that_of_the_published_check():
    """Mean radius for p uniform on [1/2, 1] over that of infinitely many: .486 at n = 100."""
    grid = [0.5 + (i + 0.5) / 2000 for i in range(1000)]
    for n, share in ((100, 0.486), (1000, 0.815)):
        anything, _ = questions("clopper-pearson")
        drawn = sum(expected_point(anything, None, n=n, p=p).radius for p in grid)
        assert drawn / sum(0.5 * norm.ppf(p) for p in grid) == pytest.approx(share, abs=0.003)


def test_chances_and_the_largest_radius():
    point = expected_point(*questions("clopper-pearson", 0.5), n=100, p=0.95)
    most = binom.isf(0.001, 100, norm.cdf(1.0)) + 1
    assert point.power == pytest.approx(binom.sf(most - 1, 100, 0.95), abs=1e-12)
    assert point.largest == pytest.approx(0.5 * 1.5004750, abs=1e-6)
    assert point.power < point.certified <= 1.0


def test_too_few_samples_certify_nothing():
    point = expected_point(*questions("clopper-pearson"), n=5, p=0.99)
    assert (point.certified, point.radius, point.largest) == (0.0, 0.0, 0.0)


def test_unlikely_counts_are_counted_in_the_error():
    point = expected_point(*questions("clopper-pearson"), n=100_000, p=0.2)
    assert point.radius == pytest.approx(0.0, abs=1e-9) and point.certified < 1e-12
