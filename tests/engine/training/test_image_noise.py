from __future__ import annotations

import pytest
import torch

from engine.core.errors import UserError
from engine.noise.gaussian import NoiseStream
from engine.schemes import DssnL1, Gaussian, Scheme, Sparse, UniformL1
from engine.schemes.ablation import Ablation
from engine.schemes.hierarchical_ablation import HierarchicalAblation
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.training.image_noise import TorchNoise, channels_of, encoding_of, noisy

SCHEMES = [
    Gaussian(sigma=0.3),
    Ablation(entities=16, keep=5),
    Ablation(p=0.7),
    HierarchicalGaussian(sigma=0.3, p=0.8),
    HierarchicalAblation(p=0.8),
    HierarchicalGaussian(sigma=0.3, p=0.9, centre=2, p_centre=0.6),
    UniformL1(lam=0.3),
    Sparse(p_plus=0.2),
]
DRAWS = 6000


def drawn(scheme: Scheme, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """As many draws of the lab's law and of the program's."""
    generator = torch.Generator().manual_seed(0)
    here = noisy(image.expand(DRAWS, *image.shape), scheme, generator)
    there = torch.empty_like(here)
    scheme.noise().draw(image, NoiseStream(1, 1), 0, there)
    return here, there


@pytest.mark.walk
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_the_law_is_the_scheme_s(scheme, channels):
    """Means, second moments and products of neighbours, of every number, within 6 deviations."""
    image = torch.rand(channels, 4, 4, generator=torch.Generator().manual_seed(2))
    here, there = drawn(scheme, image)
    assert here.shape == (DRAWS, channels_of(scheme, channels), 4, 4)
    assert tuple(here.shape[1:]) in scheme.layouts(tuple(image.shape)).values()
    for moment in (lambda z: z, lambda z: z * z, lambda z: z * z.roll(1, dims=1)):
        a, b = moment(here.flatten(1)), moment(there.flatten(1))
        allowed = 6 * (2 / DRAWS) ** 0.5 * torch.maximum(a.std(0), b.std(0)) + 1e-6
        assert ((a.mean(0) - b.mean(0)).abs() <= allowed).all()


def test_ablation_keeps_exactly_k_and_shows_the_complement():
    here, _ = drawn(Ablation(entities=16, keep=5), torch.full((1, 4, 4), 0.25))
    kept = here.sum(1) > 0
    assert (kept.flatten(1).sum(1) == 5).all()
    assert set(here[:, 0].unique().tolist()) == {0.0, 0.25}
    assert set(here[:, 1].unique().tolist()) == {0.0, 0.75}


def test_the_indicator_marks_what_was_noised_and_nothing_else_changes():
    image = torch.rand(3, 4, 4)
    here, _ = drawn(HierarchicalGaussian(sigma=0.3, p=0.6), image)
    chosen = here[:, 3:].bool()
    untouched = (here[:, :3] == image).all(1, keepdim=True)
    assert torch.equal(untouched, ~chosen)
    gone, _ = drawn(HierarchicalAblation(p=0.6), image)
    assert (gone[:, :3] * gone[:, 3:] == 0).all()


def test_schemes_that_draw_nothing_on_images_are_refused():
    assert encoding_of(Ablation()) == "complement"
    with pytest.raises(UserError) as caught:
        noisy(torch.zeros(1, 1, 4, 4), DssnL1(), torch.Generator())
    assert str(caught.value).startswith("No model is trained for dssn-l1 here; there are gaussian,")


def test_integers_of_every_size():
    source = TorchNoise(torch.Generator().manual_seed(0))
    found = source.integers(1000, 4, 3, start=0, lane=1)
    assert found.shape == (1000, 4) and set(found.unique().tolist()) == {0, 1, 2}
    wide = source.uniform63(1000, 4, start=0, lane=1).double() / 2**63
    assert wide.min() >= 0 and wide.max() < 1 and abs(wide.mean() - 0.5) < 0.03
