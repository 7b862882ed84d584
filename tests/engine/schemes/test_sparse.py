import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.certificates.sparse import MOST, binary_regions, categorical_regions
from engine.core.records import ProbabilityBounds
from engine.schemes import Sparse
from engine.schemes.base import IMPOSSIBLE
from tests.yardstick import processor_seconds

SCHEME = Sparse(p_plus=0.01, p_minus=0.6)


def at(additions: int, deletions: int) -> dict[str, float]:
    return {"additions": additions, "deletions": deletions}


def test_published_radii(bounds):
    """(.01, .6) at p = .99: 3 additions or 7 deletions."""
    region = SCHEME.region(bounds(0.99))
    assert region.most() == (3, 7)
    assert Sparse(p_plus=0.05, p_minus=0.8).region(bounds(0.99)).most() == (20, 29)
    assert Sparse(p_plus=0.001, p_minus=0.8).region(bounds(0.99)).most() == (3, 17)


def test_every_cell_is_the_worst_case_against_one_half(bounds):
    region = SCHEME.region(bounds(0.99))
    for a in range(6):
        for d in range(10):
            expected = binary_regions(0.01, 0.6, a, d).lower(0.99) > 0.5
            assert region.contains(at(a, d)) == expected


def test_bounding_the_others_never_certifies_less(bounds):
    alone, both = SCHEME.region(bounds(0.9)), SCHEME.region(bounds(0.9, 0.01))
    for a in range(5):
        for d in range(12):
            assert both.contains(at(a, d)) or not alone.contains(at(a, d))
    assert both.most() > alone.most()


def test_naming_the_class_is_not_abstaining(bounds):
    assert SCHEME.region(bounds(0.5 + 1e-13)).layers == (((0.0,),),)
    assert SCHEME.region(bounds(0.5)) is None


def test_equal_rates_count_flips(bounds):
    """Uniform bit flips: additions and deletions are worth the same."""
    region = Sparse(p_plus=0.2, p_minus=0.2).region(bounds(0.99))
    most = region.most()[0]
    widths = [sum(one is not None for one in row) for row in region.layers[0]]
    assert widths == [most + 1 - a for a in range(most + 1)]


@settings(max_examples=50)
@given(
    p_plus=st.sampled_from([0.0, 0.01, 0.3, 0.9]),
    p_minus=st.sampled_from([0.0, 0.2, 0.6, 0.8]),
    p_lower=st.floats(0.501, 0.9999),
    a=st.integers(0, 4),
    d=st.integers(0, 4),
    categories=st.sampled_from([2, 3, 10]),
)
def test_a_change_is_certified_from_its_required_probability_on(
    p_plus, p_minus, p_lower, a, d, categories
):
    scheme = Sparse(p_plus=p_plus, p_minus=p_minus, categories=categories)
    one = ProbabilityBounds(
        method="t",
        alpha=0.1,
        n=1,
        top=0,
        p_lower=p_lower,
        p_upper=1 - p_lower,
        valid=True,
        basis="",
    )
    needed = scheme.required_probability(at(a, d))
    if abs(needed - p_lower) > 1e-10:
        assert scheme.region(one).contains(at(a, d)) == (p_lower > needed)


def test_what_no_certainty_certifies():
    assert Sparse(p_plus=0.0, p_minus=0.4).required_probability(at(1, 0)) == IMPOSSIBLE
    assert SCHEME.required_probability(at(MOST + 1, 0)) == IMPOSSIBLE
    assert SCHEME.required_probability(at(0, 0)) == 0.5


def test_a_change_between_categories_spends_one_of_each(bounds):
    scheme = Sparse(p_plus=0.05, p_minus=0.3, categories=3)
    region = scheme.region(bounds(0.999))
    worst = min(
        categorical_regions(0.05, 0.3, 3, 1, 1, 0).lower(0.999),
        categorical_regions(0.05, 0.3, 3, 0, 0, 1).lower(0.999),
    )
    assert region.contains(at(1, 1)) == (worst > 0.5)
    assert not region.contains(at(40, 40))


def test_tables_are_kept(bounds):
    SCHEME.region(bounds(0.9999))
    assert processor_seconds(lambda: SCHEME.region(bounds(0.9999)), times=20) < 0.005


def test_noise(draw):
    x = (torch.rand(6, 4, generator=torch.Generator().manual_seed(0)) > 0.5).float()
    out = draw(SCHEME, x, 1000)
    assert torch.equal(out, draw(SCHEME, x, 1000, batch=64))
    assert set(out.unique().tolist()) == {0.0, 1.0}
    assert (out != x)[:, x > 0].double().mean() == pytest.approx(0.6, abs=0.03)
    assert (out != x)[:, x == 0].double().mean() == pytest.approx(0.01, abs=0.01)


def test_words():
    assert SCHEME.noise_in_words() == "flips, 0 to 1 with 0.01 and 1 to 0 with 0.6"
    assert Sparse(categories=4).noise_in_words().endswith(", 4 categories")
    assert SCHEME.noise().total_variation(10) == 10 * 2.0**-62
    assert Sparse(categories=4).noise().total_variation(10) == 10 * (2.0**-62 + 3 * 2.0**-63)
    assert SCHEME.parse_at("additions=2,deletions=1") == at(2, 1)
