"""What both schemes for pairs share: their frontiers, live."""

import pytest
from scipy.special import ndtr, ndtri

from engine.certificates.hybrid import lower
from engine.core.errors import UserError
from engine.schemes.base import IMPOSSIBLE
from engine.schemes.hybrid_mask import HybridMask
from engine.schemes.hybrid_uniform import HybridUniform
from engine.schemes.words import MOST_STEPS
from tests.yardstick import processor_seconds

HYBRID = (HybridUniform, HybridMask)


def at(words: int, epsilon: float) -> dict[str, float]:
    return {"words": float(words), "epsilon": epsilon}


@pytest.mark.parametrize("scheme", HYBRID)
def test_both_single_certificates_are_the_edges(scheme, bounds):
    one = scheme(beta=0.9, vocabulary=20_000, sigma=0.5)
    region = one.region(bounds(0.9995))
    assert region.reach[0] == pytest.approx(0.5 * ndtri(0.9995), abs=1e-9)
    assert region.reach[0] <= 0.5 * ndtri(0.9995)
    assert len(region.reach) == 7
    assert region.contains(at(6, 0.0)) and not region.contains(at(7, 0.0))
    assert one.required_probability(at(0, 0.6)) == pytest.approx(ndtr(1.2), abs=1e-12)
    assert one.required_probability(at(0, 0.0)) == 0.5


@pytest.mark.parametrize("scheme", HYBRID)
def test_the_region_is_where_the_required_probability_is_reached(scheme, bounds):
    one = scheme(beta=0.95, vocabulary=300, sigma=0.5)
    region = one.region(bounds(0.98))
    for words in (0, 1, 4, 9):
        for epsilon in (0.0, 0.2, 0.6, 0.9, 1.1):
            needed = one.required_probability(at(words, epsilon))
            assert region.contains(at(words, epsilon)) == (needed <= 0.98)
            if needed < 1:
                atoms = one.kernel().atoms(words)
                assert lower(needed + 1e-9, epsilon / 0.5, atoms) >= 0.5 - 1e-9


@pytest.mark.parametrize("scheme", HYBRID)
def test_the_required_probability_of_more_words_is_impossible(scheme):
    assert scheme(beta=0.99).required_probability(at(MOST_STEPS + 1, 0.0)) == IMPOSSIBLE


@pytest.mark.parametrize("scheme", HYBRID)
def test_hopeless_settings_are_seen_before_a_run(scheme):
    hopeless = scheme(beta=0.25, vocabulary=20_000)
    assert hopeless.required_at_words(0) == 0.5
    assert hopeless.required_at_words(1) > 0.9999
    assert scheme(vocabulary=20_000).required_at_words(1) < 0.61


@pytest.mark.parametrize("scheme", HYBRID)
def test_bounding_the_others_reaches_further(scheme, bounds):
    one = scheme(sigma=0.5)
    alone, both = one.region(bounds(0.9)), one.region(bounds(0.9, 0.02))
    assert both.reach[0] == pytest.approx(0.25 * (ndtri(0.9) - ndtri(0.02)), abs=1e-9)
    assert all(b > a for a, b in zip(alone.reach, both.reach, strict=False))


@pytest.mark.parametrize("scheme", HYBRID)
def test_live_regions_are_fast(scheme, bounds):
    """Measured 1 ms on a free core."""
    one = scheme(beta=0.9, vocabulary=20_000)
    one.region(bounds(0.99))
    looks = [bounds(0.99 - i / 1000) for i in range(15)]
    assert processor_seconds(lambda: [one.region(look) for look in looks], times=1) / 15 < 0.005


@pytest.mark.parametrize("scheme", HYBRID)
def test_the_statement_says_both(scheme, bounds):
    words = scheme(sigma=0.5).region(bounds(0.7)).clause("pair")
    assert "number of changed words and l2 norm of the image's change" in words
    assert "0 words: below 0.262" in words


def test_the_noise_has_a_level_and_a_distance():
    one = HybridMask(sigma=0.5)
    assert one.noise().level == 0.5
    assert 0 < one.drawn("exact").total_variation(100) < 1e-11


def test_at_needs_both_terms():
    assert HybridMask().parse_at("words=1,epsilon=0.5") == {"words": 1.0, "epsilon": 0.5}
    with pytest.raises(UserError) as caught:
        HybridMask().parse_at("words=1")
    assert str(caught.value) == ("--at words=1: epsilon is missing (words, epsilon are needed).")
