from __future__ import annotations

import math
from statistics import NormalDist

import pytest

from engine.bounds import bound_method
from engine.core.records import Votes
from engine.evidence.settings import CertifySettings, ExactSettings, declared
from engine.planning.prospect import ceiling, prospect, smallest
from engine.schemes import SCHEMES, DssnL1, Gaussian
from engine.schemes.ablation import Ablation
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.schemes.hybrid_flip import HybridFlip
from engine.schemes.hybrid_mask import HybridMask
from engine.schemes.hybrid_uniform import HybridUniform


def test_a_norm_counts_nothing_and_unanimous_votes_give_the_largest_radius():
    found = prospect(CertifySettings(scheme=Gaussian(sigma=0.5), n=1000, bound="clopper-pearson"))
    assert found.needs == ()
    by_hand = 0.5 * NormalDist().inv_cdf(0.001 ** (1 / 1000))
    assert found.best.radius == pytest.approx(by_hand, rel=1e-7)


def test_one_ablated_pixel_needs_half_and_its_chance_to_be_seen():
    scheme = Ablation(entities=64, keep=12)
    found = prospect(CertifySettings(scheme=scheme, n=1000))
    (one,) = found.needs
    assert (one.perturbation, one.reachable) == ("entities=1", True)
    assert one.p_lower == pytest.approx(0.5 + 12 / 64, abs=1e-12)


def test_a_hopeless_setting_is_seen():
    scheme = Ablation(entities=64, keep=40)  # a pixel is seen more often than not
    (one,) = prospect(CertifySettings(scheme=scheme)).needs
    assert one.p_lower > 1 and not one.reachable


def test_a_strength_next_to_nothing_stands_for_any_strength():
    ((change, needed),) = smallest(HierarchicalGaussian(sigma=0.25, p=0.85))
    assert change["entities"] == 1 and 0 < change["epsilon"] < 1e-6
    # 1/2 + Delta in the limit: keep Phi(Phi^-1(1 / (2 keep))) + Delta
    assert needed == pytest.approx(0.15 + 0.5, abs=1e-6)


@pytest.mark.walk
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.key)
def test_every_scheme_has_a_prospect_that_agrees_with_its_region(scheme):
    settings = declared("certify", scheme(), {"n": 1000})
    found = prospect(settings)
    for need in found.needs:
        assert need.perturbation and need.p_lower > 0.5
        if scheme().noise().samples is None:
            votes = Votes(counts=(1000, 0))
            method = bound_method(settings.bound)
            bounds = method.at(votes, top=0, alpha=settings.alpha, n_plan=1000)
            assert need.reachable == (bounds.p_lower >= need.p_lower) or math.isclose(
                bounds.p_lower, need.p_lower, abs_tol=1e-6
            )


@pytest.mark.parametrize(
    ("scheme", "rest", "needs"),
    [
        (HybridMask(beta=0.8), ("0 words", 0.5), ["1 word"]),
        (HybridMask(beta=0.8, tau=0.3), ("0 words", 0.3), ["1 word"]),
        (HybridUniform(arities="4,3", beta=0.3), ("0 fields", 0.5), ["1 field"]),
        (HybridFlip(), ("no change", 0.5), ["1 addition", "1 deletion"]),
    ],
    ids=str,
)
def test_changes_are_said_in_words_and_beside_what_no_change_needs(scheme, rest, needs):
    found = prospect(CertifySettings(scheme=scheme, n=10_000))
    assert (found.at_rest.in_words, found.at_rest.p_lower) == rest
    assert [need.in_words for need in found.needs] == needs
    settings = CertifySettings(scheme=scheme, n=10_000)
    assert found.ceiling == ceiling(settings).p_lower


def test_a_norm_and_a_counted_law_have_less_to_say():
    assert prospect(CertifySettings(scheme=Gaussian(), n=100)).at_rest is None
    enumerated = prospect(ExactSettings(scheme=DssnL1()))
    assert enumerated.ceiling is None and enumerated.best is not None
