import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.certificates.hierarchical import corrected_upper
from engine.certificates.likelihood import rest
from engine.certificates.sparse import binary_regions
from engine.core.records import ProbabilityBounds
from engine.schemes import HierarchicalSparse, Sparse
from engine.schemes.base import IMPOSSIBLE
from tests.yardstick import processor_seconds

SCHEME = HierarchicalSparse(p=0.81, p_plus=0.05, p_minus=0.8)


def at(entities: int, additions: int, deletions: int) -> dict[str, float]:
    return {"entities": entities, "additions": additions, "deletions": deletions}


def test_every_cell_is_the_corrected_worst_case(bounds):
    region = SCHEME.region(bounds(0.99))
    assert len(region.layers) == 3
    for r in (1, 2, 3, 4):
        for a, d in [(0, 1), (1, 0), (2, 3), (5, 5), (0, 9), (12, 0), (8, 1)]:
            upper = binary_regions(0.05, 0.8, a, d).upper
            expected = corrected_upper(upper, rest(0.99), 0.81**r) < 0.5
            assert region.contains(at(r, a, d)) == expected


def test_all_selected_is_sparse_smoothing(bounds):
    plain = Sparse(p_plus=0.05, p_minus=0.8)
    scheme = HierarchicalSparse(p=1, p_plus=0.05, p_minus=0.8)
    for one in (bounds(0.9), bounds(0.95, 0.01)):
        layers = scheme.region(one).layers
        assert layers[0] == layers[6] == plain.region(one).layers[0]


def test_nothing_changed_is_certified(bounds):
    region = SCHEME.region(bounds(0.51))
    assert region.layers == (((0.0,),),)
    for nothing in (at(0, 0, 0), at(0, 5, 5), at(7, 0, 0)):
        assert region.contains(nothing)
    assert not region.contains(at(1, 0, 1))
    assert SCHEME.region(bounds(0.5)) is None


@given(
    p=st.sampled_from([0.6, 0.81, 0.95, 1.0]),
    p_lower=st.floats(0.501, 1 - 1e-9),
    r=st.integers(1, 4),
    a=st.integers(0, 5),
    d=st.integers(0, 5),
)
def test_a_change_is_certified_from_its_required_probability_on(p, p_lower, r, a, d):
    scheme = HierarchicalSparse(p=p, p_plus=0.05, p_minus=0.8)
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
    needed = scheme.required_probability(at(r, a, d))
    if abs(needed - p_lower) > 1e-10:
        assert scheme.region(one).contains(at(r, a, d)) == (p_lower > needed)


def test_what_no_certainty_certifies():
    assert SCHEME.required_probability(at(4, 1, 0)) == IMPOSSIBLE
    assert SCHEME.required_probability(at(1, 129, 0)) == IMPOSSIBLE
    assert (
        SCHEME.required_probability(at(0, 3, 3)) == SCHEME.required_probability(at(3, 0, 0)) == 0.5
    )


def test_tables_are_kept(bounds):
    SCHEME.region(bounds(0.9999, 0.00005))
    assert processor_seconds(lambda: SCHEME.region(bounds(0.9999, 0.00005)), times=20) < 0.005


def test_noise(draw):
    """Rows that are not selected are untouched; the others' zeros and ones flip at their rates."""
    x = (torch.rand(6, 40, generator=torch.Generator().manual_seed(0)) > 0.5).float()
    out = draw(SCHEME, x, 3000, shape=(6, 41))
    selected = out[..., 40] == 1
    assert selected.double().mean() == pytest.approx(0.81, abs=0.015)
    changed = out[..., :40] != x
    assert not changed[~selected].any()
    rates = changed[selected].double().mean(0)
    assert rates.numel() == 40
    ones = (changed & (x > 0))[selected].sum() / (selected[..., None] & (x > 0)).sum()
    zeros = (changed & (x == 0))[selected].sum() / (selected[..., None] & (x == 0)).sum()
    assert float(ones) == pytest.approx(0.8, abs=0.01)
    assert float(zeros) == pytest.approx(0.05, abs=0.005)
    assert torch.equal(draw(SCHEME, x, 1000, batch=64), draw(SCHEME, x, 1000))


def test_words():
    assert SCHEME.noise_in_words() == (
        "flips, 0 to 1 with 0.05 and 1 to 0 with 0.8, each node noised with probability 0.81"
    )
    assert SCHEME.parse_at("entities=1,additions=2,deletions=0") == at(1, 2, 0)
    assert SCHEME.layouts((10, 5)) == {"plain": (10, 5), "indicator": (10, 6)}
    assert SCHEME.noise().total_variation(10) == 10 * 2.0**-61
