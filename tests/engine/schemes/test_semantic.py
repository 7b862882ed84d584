import itertools

import numpy as np
import pytest
import torch
from scipy.special import bdtri

from engine.noise.gaussian import NoiseStream
from engine.schemes import Blur, Brightness, ContrastBrightness, Scheme, Translation
from engine.schemes.semantic import against_half

SCHEMES = (
    Brightness(sigma_b=0.3),
    ContrastBrightness(sigma_k=0.3, sigma_b=0.2),
    Blur(lam=2.0),
    Blur(law="uniform", a=4.0),
    Blur(law="folded-normal", s=2.0),
    Translation(sigma=1.5),
)


def test_one_sided_bounds_are_taken_as_they_are_and_two_sided_ones_meet_in_the_middle(bounds):
    assert against_half(bounds(0.9)) == 1 - 0.9
    assert against_half(bounds(0.9, 0.3)) == 1 - 0.9
    both = against_half(bounds(0.6, 0.2))
    assert 0.3 <= both == pytest.approx(0.3)
    assert against_half(bounds(0.4, 0.3)) < 0.5


def test_bounds_that_do_not_tell_the_class_from_others_certify_nothing(bounds):
    for pair in ((0.5, 0.5), (0.4, 0.4), (0.3, 0.7), (0.5, 0.9)):
        assert against_half(bounds(*pair)) >= 0.5


def votes(scheme: Scheme, model: torch.nn.Module, x: np.ndarray, stream: int) -> int:
    """Of 4,000 noisy samples, those that the model gives class 1."""
    noisy = torch.empty(4000, *x.shape)
    scheme.noise().draw(torch.from_numpy(x), NoiseStream(11, stream), 0, noisy)
    return int((model(noisy) > 0).sum())


@pytest.mark.statistics
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda one: f"{one.key}-{one.noise().in_words()}")
def test_no_attack_on_a_smoothed_network_succeeds_inside_what_is_certified(scheme, bounds):
    """A grid over the parameters against small random networks, at 99.9999 % on either side."""
    generator, attacked = torch.Generator().manual_seed(3), 0
    grids = {
        "gain": np.exp(np.linspace(-1, 1, 9)), "brightness": np.linspace(-0.8, 0.8, 17),
        "blur": np.linspace(0, 8, 17), "shift": np.arange(7.0),
    }  # fmt: skip
    changes = [
        dict(zip(scheme.terms, values, strict=True))
        for values in itertools.product(*(grids[term] for term in scheme.terms))
    ]
    for stream in range(10):
        x = torch.rand(1, 8, 8, generator=generator).numpy()
        weights = torch.randn(64, 16, generator=generator), torch.randn(16, generator=generator)

        def model(batch: torch.Tensor, weights=weights) -> torch.Tensor:
            hidden = (batch.flatten(1) @ weights[0] * 0.4).sin()
            return hidden @ weights[1]

        share = votes(scheme, model, x, 0)
        sign = 1 if share >= 2000 else -1
        top = max(share, 4000 - share)
        p_lower = 1.0 - float(bdtri(4000 - top, 4000, 1e-6)) if top < 4000 else 1e-6 ** (1 / 4000)
        region = scheme.region(bounds(p_lower))
        if region is None:
            continue
        for number, change in enumerate(changes, start=1):
            if region.contains(change):
                moved = scheme.transformed(x, change)
                found = votes(scheme, model, moved, 100 * stream + number)
                held = found if sign > 0 else 4000 - found
                assert held >= 2000 - 150, (change, held)
                attacked += 1
    assert attacked > 10
