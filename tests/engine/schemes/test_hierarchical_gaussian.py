import math
from statistics import NormalDist

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.certificates.hierarchical import MOST_ENTITIES
from engine.core.records import ProbabilityBounds
from engine.noise.discrete_gaussian import ExactNoiseStream
from engine.schemes import Gaussian, HierarchicalGaussian
from engine.schemes.base import IMPOSSIBLE

SCHEME = HierarchicalGaussian(sigma=0.25, p=0.85)
PHI_INV = NormalDist().inv_cdf


def at(entities: int, epsilon: float) -> dict[str, float]:
    return {"entities": entities, "epsilon": epsilon}


def test_the_published_example(bounds):
    region = SCHEME.region(bounds(0.999))
    assert region.reach == pytest.approx((0.705, 0.623, 0.512, 0.291), abs=5e-4)
    assert region.contains(at(4, 0.29)) and not region.contains(at(4, 0.292))
    assert not region.contains(at(5, 1e-6))


def test_naming_the_class_is_not_abstaining(bounds):
    """At p_lower = 0.6 the class holds for the image as it is, and for no change of it."""
    assert SCHEME.region(bounds(0.6)).reach == ()
    assert SCHEME.region(bounds(0.5)) is None
    assert SCHEME.region(bounds(0.4, 0.45)) is None


def test_nothing_changed_is_certified(bounds):
    region = SCHEME.region(bounds(0.6))
    assert region.contains(at(0, 0)) and region.contains(at(0, 3)) and region.contains(at(9, 0))


def test_all_noised_is_gaussian_smoothing(bounds):
    plain, all_noised = Gaussian(sigma=0.5), HierarchicalGaussian(sigma=0.5, p=1)
    for one in (bounds(0.9), bounds(0.8, 0.05), bounds(0.999, 0.0001)):
        reach = all_noised.region(one).reach
        assert len(reach) == MOST_ENTITIES
        assert reach == pytest.approx([plain.region(one).radius] * MOST_ENTITIES, abs=1e-10)
    assert all_noised.required_probability(at(3, 0.4)) == pytest.approx(
        plain.required_probability({"radius": 0.4}), abs=1e-12
    )


def test_bounding_the_others_never_certifies_less(bounds):
    for p in (0.8, 0.95, 0.999):
        one_sided = SCHEME.region(bounds(p)).reach
        for share in (0.9, 0.5, 0.1):
            both = SCHEME.region(bounds(p, share * (1 - p))).reach
            assert len(both) >= len(one_sided)
            assert all(a >= b - 1e-11 for a, b in zip(both, one_sided, strict=False))


@given(
    p=st.floats(0.51, 1.0),
    p_lower=st.floats(0.5001, 1 - 1e-9),
    entities=st.integers(1, 8),
    epsilon=st.floats(0.001, 2.0),
)
def test_a_change_is_certified_from_its_required_probability_on(p, p_lower, entities, epsilon):
    scheme = HierarchicalGaussian(sigma=0.5, p=p)
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
    needed = scheme.required_probability(at(entities, epsilon))
    if abs(p_lower - needed) > 1e-10:
        assert scheme.region(one).contains(at(entities, epsilon)) == (p_lower > needed)


def test_what_no_certainty_certifies():
    assert SCHEME.required_probability(at(5, 0.1)) == IMPOSSIBLE
    assert SCHEME.required_probability(at(MOST_ENTITIES + 1, 0.1)) == IMPOSSIBLE
    assert SCHEME.required_probability(at(0, 3)) == SCHEME.required_probability(at(9, 0)) == 0.5


@pytest.mark.parametrize("channels", [1, 3])
def test_the_noise_law(channels, draw):
    """Pixels with all channels together; N(0, sigma^2) where noised, untouched elsewhere."""
    x = torch.rand(channels, 4, 4, generator=torch.Generator().manual_seed(0))
    out = draw(SCHEME, x, 30_000, shape=(channels + 1, 4, 4))
    mask = out[:, channels] == 1
    share = mask.double().mean(0).flatten()
    assert (share - 0.85).abs().max() < 5 * math.sqrt(0.85 * 0.15 / 30_000)
    moved = (out[:, :channels] - x)[mask[:, None].expand(-1, channels, -1, -1)].double() / 0.25
    assert abs(moved.mean()) < 5 / math.sqrt(moved.numel())
    assert abs(moved.var() - 1) < 5 * math.sqrt(2 / moved.numel())
    kept = ~mask[:, None].expand(-1, channels, -1, -1)
    assert torch.equal(out[:, :channels][kept], x.expand(30_000, -1, -1, -1)[kept])


def test_a_sample_depends_on_its_index_alone(draw):
    x = torch.rand(3, 5, 5, generator=torch.Generator().manual_seed(1))
    assert torch.equal(draw(SCHEME, x, 1000, batch=64), draw(SCHEME, x, 1000, batch=1000))


def test_the_indicator_changes_nothing_else(draw):
    x = torch.rand(3, 5, 5, generator=torch.Generator().manual_seed(1))
    assert torch.equal(draw(SCHEME, x, 100), draw(SCHEME, x, 100, shape=(4, 5, 5))[:, :3])


def test_exact_noise_stays_on_the_grid(draw):
    x = torch.randint(0, 256, (1, 4, 4), generator=torch.Generator().manual_seed(2)) / 255
    out = draw(SCHEME, x, 2000, source=ExactNoiseStream) * 255
    assert (out - out.round()).abs().max() < 1e-3
    assert SCHEME.drawn("exact").total_variation(64) < 1e-10


def test_the_worst_classifier_attains_the_bound(draw, bounds):
    """It answers A if a changed pixel shows its clean value, else on a half-space.

    Its votes on the scheme's own noise: p_lower at the clean image, one half at the end of the
    step, both within five standard errors.
    """
    scheme, p_lower, r, n = HierarchicalGaussian(sigma=0.25, p=0.9), 0.95, 2, 100_000
    epsilon = scheme.region(bounds(p_lower)).reach[r - 1]
    keep = 0.9**r
    x = torch.full((1, 2, 2), 0.5)
    delta = torch.zeros_like(x)
    delta[0, 0] = epsilon / math.sqrt(2)
    threshold = PHI_INV((p_lower - 1 + keep) / keep) * scheme.sigma * epsilon

    def share(image: torch.Tensor) -> float:
        out = draw(scheme, image, n, shape=(2, 2, 2))
        shown = (out[:, 1, 0] == 0) & (delta[0, 0] > 0)
        clean = (shown & (out[:, 0, 0] == x[0, 0])).any(1)
        changed = (shown & (out[:, 0, 0] != x[0, 0])).any(1)
        inside = ((out[:, :1] - x) * delta).flatten(1).sum(1) <= threshold
        return float((clean | (inside & ~changed)).double().mean())

    assert share(x) == pytest.approx(p_lower, abs=5 * math.sqrt(0.05 / n))
    assert share(x + delta) == pytest.approx(0.5, abs=5 * math.sqrt(0.25 / n))


def test_words_and_level():
    assert SCHEME.noise_in_words() == (
        "Gaussian, sigma 0.25 (pixels in [0,1]), each pixel noised with probability 0.85"
    )
    assert SCHEME.noise().level == 0.25
    assert SCHEME.parse_at("entities=2,epsilon=0.25") == at(2, 0.25)
    assert SCHEME.layouts((3, 8, 8)) == {"plain": (3, 8, 8), "indicator": (4, 8, 8)}
