"""The maps agree with the regions they stand for, and with the formulas of the papers."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from engine.core.records import ProbabilityBounds
from engine.regions.cellmap import CellsMap
from engine.regions.count import CountMap
from engine.regions.required_probability import MOST_COLUMNS, outline, reached, required_map
from engine.regions.staircase import LEVELS, StaircaseMap
from engine.regions.terms import TermsMap
from engine.schemes import SCHEMES, Scheme, parse_scheme
from tests.yardstick import processor_seconds


def scheme(key: str, **parameters) -> Scheme:
    return parse_scheme({"key": key, **parameters})


def bounds(p_lower: float) -> ProbabilityBounds:
    return ProbabilityBounds(
        method="", alpha=0.1, n=1, top=0, p_lower=p_lower, p_upper=1 - p_lower, valid=True, basis=""
    )


GAUSSIAN = scheme("hierarchical-gaussian", sigma=0.25, p=0.85)
ABLATION = scheme("ablation", entities=64, keep=6)
SPARSE = scheme("sparse", p_plus=0.05, p_minus=0.8)
NODES = scheme("hierarchical-sparse", p=0.81, p_plus=0.05, p_minus=0.8)


@pytest.mark.parametrize("kind", SCHEMES, ids=lambda kind: kind.key)
def test_the_kind_of_region_is_known_before_there_is_one(kind):
    region = kind().region(bounds(1 - 1e-9))
    if region is not None:
        assert type(region) is kind.region_type


def test_a_ball_has_a_map_along_its_radius():
    found = required_map(scheme("gaussian"), 0.999)
    assert isinstance(found, TermsMap)
    (axis,) = found.axes
    np.testing.assert_allclose(axis.required, norm.cdf(axis.values / 0.25))


def test_the_columns_of_a_staircase_are_the_closed_form():
    found = required_map(GAUSSIAN, 0.999)
    assert isinstance(found, StaircaseMap)
    assert found.counts == (1, 2, 3, 4, 5)  # 0.85^5 < 1/2: one column past the last
    for column, r in enumerate(found.counts[:4]):
        keep = 0.85**r
        expected = (1 - keep) + keep * norm.cdf(found.strengths / 0.25 + norm.ppf(1 / (2 * keep)))
        np.testing.assert_allclose(
            found.required[:, column], np.where(expected < 1, expected, 2.0), rtol=1e-9
        )
    assert (found.required[:, 4] > 1).all()


@pytest.mark.parametrize("p_lower", [0.6, 0.8, 0.95, 0.99, 0.999])
def test_a_comparison_per_cell_is_the_region(p_lower):
    found = required_map(GAUSSIAN, 0.9995)
    region = GAUSSIAN.region(bounds(p_lower))
    for column, r in enumerate(found.counts):
        reach = region.strength(r) or 0.0
        inside = found.required[:, column] < p_lower
        np.testing.assert_array_equal(inside, found.strengths < reach)
    assert found.reach(p_lower) == pytest.approx(
        [region.strength(r) or 0.0 for r in found.counts], abs=found.top / LEVELS
    )


def test_the_highest_step_of_the_ceiling_is_inside_the_map():
    found = required_map(GAUSSIAN, 0.99)
    assert max(found.utmost.reach) < found.top < 1.1 * max(found.utmost.reach)


def test_many_counts_share_columns_of_their_largest():
    found = required_map(scheme("hierarchical-gaussian", sigma=0.5, p=0.996), 0.9999)
    last = found.utmost.first + len(found.utmost.reach) - 1
    assert last > MOST_COLUMNS >= len(found.counts)
    assert found.counts[0] == 1 and found.counts[-1] >= last
    assert len({b - a for a, b in zip(found.counts, found.counts[1:], strict=False)}) == 1


def test_counts_are_one_half_and_the_chance_to_keep_a_changed_one():
    found = required_map(ABLATION, 0.9999)
    assert isinstance(found, CountMap)
    for r, required in zip(found.counts, found.required, strict=True):
        delta = 1 - math.comb(64 - r, 6) / math.comb(64, 6)
        assert required == pytest.approx(0.5 + delta, rel=1e-12) or (required > 1 and delta > 0.49)
    assert found.counts == tuple(range(found.utmost.most + 2))
    assert found.required[-1] >= 0.9999 > found.required[-2]


@pytest.mark.parametrize(("flips", "layer"), [(SPARSE, 0), (NODES, 0), (NODES, 1)])
@pytest.mark.parametrize("p_lower", [0.7, 0.95, 0.999])
def test_cells_below_p_lower_are_those_of_the_region(flips, layer, p_lower):
    found = required_map(flips, 0.9999)
    assert isinstance(found, CellsMap)
    region, required = flips.region(bounds(p_lower)), found.grid(layer)
    assert required.shape == (found.rows, found.wide)
    for row, column in list(np.ndindex(required.shape))[1:]:  # the unchanged input always is
        certified = region.cell(row, column, layer) is not None
        assert certified == (required[row, column] < p_lower), (row, column)


def test_a_ceiling_that_certifies_nothing_shows_the_map_of_certainty():
    hopeless = required_map(GAUSSIAN, 0.5)
    assert hopeless is not None and hopeless.ceiling > 0.999


def test_a_map_takes_less_than_half_a_second_once():
    cold = scheme("hierarchical-gaussian", sigma=0.31, p=0.956)
    found = []
    assert processor_seconds(lambda: found.append(required_map(cold, 0.99993)), times=1) < 0.5
    assert found[0].required.shape == (LEVELS, 16)
    assert required_map(cold, 0.99993) is found[0]


def test_heights_of_a_map_are_the_region_s_and_what_p_lower_would_certify():
    for flips in (SPARSE, NODES, GAUSSIAN):
        found = required_map(flips, 0.9999)
        for layer in range(min(2, found.layers)):
            heights = found.heights(flips.region(bounds(0.95)), layer)
            grain = (found.upper - found.floor) / len(found.grid(layer))
            assert np.abs(heights - found.reach(0.95, layer)).max() <= grain * (
                0 if found.whole_rows else 1
            )
            assert (found.heights(None, layer) == found.floor).all()


def test_an_outline_goes_from_the_ground_to_the_ground():
    assert outline(np.array([2.0, 1.0, 0.0]), 0.0) == [
        (-0.5, 0.0), (-0.5, 2.0), (0.5, 2.0), (0.5, 1.0), (1.5, 1.0), (1.5, 0.0)
    ]  # fmt: skip
    assert outline(np.array([-0.5]), -0.5) == []
    around = outline(np.array([0.0, 1.0, 2.0, 0.0, 3.0]), 0.0)  # from the first step to a gap
    assert around == [(0.5, 0.0), (0.5, 1.0), (1.5, 1.0), (1.5, 2.0), (2.5, 2.0), (2.5, 0.0)]


def test_how_far_p_lower_certifies_lies_within_a_step():
    required = np.array([0.5, 0.6, 0.9, 2.0])
    for p_lower, low, high in ((0.4, 0, 0), (0.55, 0.1, 0.4), (0.95, 0.5, 0.8), (3.0, 0.8, 0.8)):
        assert low <= reached(required, 0.8, p_lower) <= high
