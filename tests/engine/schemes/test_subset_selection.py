import math

import pytest
import torch

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.noise.gaussian import NoiseStream
from engine.schemes import HierarchicalAblation, HierarchicalGaussian
from tests.factories import make_input

IMAGE, GRAPH = (3, 4, 5), (6, 7)


def shares(scheme, x: torch.Tensor, n: int = 20_000) -> torch.Tensor:
    return scheme.choice().select(x.shape, NoiseStream(3, 1), 0, n).double().mean(0)


def test_every_entity_has_its_probability():
    found = shares(HierarchicalAblation(p=0.8), torch.rand(IMAGE))
    assert (found - 0.8).abs().max() < 5 * math.sqrt(0.16 / 20_000)


def test_a_centre_has_its_own():
    scheme = HierarchicalAblation(p=0.9, centre=2, p_centre=0.6)
    found = shares(scheme, torch.rand(1, 6, 6)).view(6, 6)
    expected = torch.full((6, 6), 0.9, dtype=torch.float64)
    expected[2:4, 2:4] = 0.6
    assert (found - expected).abs().max() < 5 * math.sqrt(0.24 / 20_000)
    node = shares(scheme.model_copy(update={"centre": 1}), torch.rand(GRAPH))
    assert (node - torch.tensor([0.6, 0.9, 0.9, 0.9, 0.9, 0.9])).abs().max() < 0.02


def test_the_rarest_entities_count():
    """Delta is 1 minus the product of the r smallest probabilities, of the 4 central ones first."""
    scheme = HierarchicalGaussian(p=0.95, centre=2, p_centre=0.9)
    keeps = scheme.keeps()
    assert keeps[4] == pytest.approx(0.9**4, abs=1e-15)
    assert keeps[6] == pytest.approx(0.9**4 * 0.95**2, abs=1e-15)
    assert scheme.keep({"entities": 6, "epsilon": 1}) == keeps[6]
    assert scheme.keep({"entities": 1000, "epsilon": 1}) == 0.0


def test_a_centre_that_is_noised_more_often_earns_nothing():
    """The attacker goes elsewhere."""
    assert HierarchicalGaussian(p=0.8, centre=2, p_centre=0.99).keeps() == (
        HierarchicalGaussian(p=0.8).keeps()
    )


def test_a_centre_must_fit_the_input():
    scheme = HierarchicalAblation(centre=3)
    scheme.check_input(make_input(shape=(1, 3, 8)))
    for shape, largest in [((1, 2, 8), 2), (GRAPH, 1)]:
        with pytest.raises(UserError) as caught:
            scheme.check_input(make_input(shape=shape))
        assert str(caught.value) == (
            f"--centre 3 is larger than this input; it may be at most {largest}."
        )


def test_at_most_half_noised_certifies_nothing_and_is_refused():
    with pytest.raises(UserError, match=r"^p must be greater than 0\.5 \(it was 0\.3\)\.$"):
        checked(HierarchicalAblation, p=0.3)


def test_words():
    plain, centre = HierarchicalGaussian(p=0.9), HierarchicalGaussian(p=0.9, centre=2, p_centre=0.7)
    assert plain.noise_in_words().endswith(", each pixel noised with probability 0.9")
    assert centre.noise_in_words().endswith(", in the centre (2 x 2) 0.7")
