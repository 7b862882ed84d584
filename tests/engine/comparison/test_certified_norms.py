from engine.comparison.certified_norms import ANY, reach
from engine.schemes import Gaussian, HierarchicalGaussian
from tests.engine.comparison.test_records import BALL, COUNT, STAIRS, Pixels, Steps


def test_reach_is_the_regions_own_edge():
    assert all(0.5 - 1e-9 < norm < 0.5 for norm in reach(Gaussian(), BALL, most=3))
    assert reach(Pixels(), COUNT, most=4) == (ANY, ANY, ANY, None)
    first, second, third = reach(Steps(), STAIRS, most=3)
    assert 0.9 - 1e-9 < first < 0.9 and 0.4 - 1e-9 < second < 0.4 and third is None


def test_every_norm_given_is_certified_and_hardly_more_is():
    scheme = HierarchicalGaussian(p=0.8, sigma=0.25)
    for entities, norm in enumerate(reach(scheme, STAIRS, most=2), start=1):
        for norms, holds in ((norm, True), (norm / 3, True), (norm * (1 + 1e-9), False)):
            attack = scheme.covering(entities=entities, epsilon=norms)
            assert STAIRS.contains(attack) is holds


def test_without_a_region_nothing_is_certified():
    assert reach(Gaussian(), None, most=2) == (None, None)
