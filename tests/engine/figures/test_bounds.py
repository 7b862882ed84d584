import pytest
import scipy.stats

from engine.figures import bounds_figure
from engine.procedures.certify import certify
from engine.settings import RunSettings
from tests.fakes import HalfSpace, finish, fitted


def test_the_fixed_n_value_is_provisional_before_the_plan_and_never_after():
    found = finish(certify(HalfSpace(0.1), fitted(), RunSettings(n0=50, n=1000)))
    figure = bounds_figure(found, HalfSpace(0.1).identity.class_names)
    assert [p.n for p in figure.provisional] == [p.n for p in found.trajectory][:-1]
    first = found.trajectory[0]
    # the p with P(Bin(n, p) >= k) = alpha
    tail = scipy.stats.binom.sf(first.k - 1, first.n, figure.provisional[0].p_lower)
    assert tail == pytest.approx(0.001, rel=1e-6)
    fixed = finish(certify(HalfSpace(0.1), fitted(), RunSettings(n=1000, bound="clopper-pearson")))
    assert bounds_figure(fixed, HalfSpace(0.1).identity.class_names).provisional == ()


def test_a_figure_says_how_the_noise_was_made():
    found = finish(certify(HalfSpace(0.1), fitted(), RunSettings(n0=5, n=100, noise="exact")))
    assert bounds_figure(found, ("a", "b")).noise == "sound on the 8-bit grid"
