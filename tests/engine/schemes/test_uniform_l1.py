import math
from fractions import Fraction

import pytest
import torch

from engine.certificates.dssn import levels
from engine.schemes import UniformL1
from engine.schemes.base import IMPOSSIBLE

SCHEME = UniformL1(lam=0.5)


@pytest.mark.parametrize("lam", [0.25, 0.5, 1.2])
def test_the_published_formula(lam, bounds):
    """2 lambda (p - 1/2), with 2 lambda cut off to whole grid steps."""
    scheme, effective = UniformL1(lam=lam), levels(lam) / 255
    for p in (0.6, 0.9, 0.99, 0.99993092):
        assert scheme.region(bounds(p)).radius == pytest.approx(effective * (p - 0.5), abs=1e-11)
        assert scheme.region(bounds(p)).radius < effective * (p - 0.5)
    two_sided = scheme.region(bounds(0.6, 0.1)).radius
    assert two_sided == pytest.approx(effective / 2 * 0.5, abs=1e-11)
    assert scheme.region(bounds(0.5)) is None


@pytest.mark.parametrize("width", [5, 6])
def test_the_bound_is_the_total_variation_of_the_shifted_law(width):
    """One pixel by k steps: exactly k / L; two pixels together: no more."""
    law = {n: Fraction(1, width) for n in range(width)}

    def distance(k: int) -> Fraction:
        both = set(law) | {n + k for n in law}
        return (
            sum(
                (abs(law.get(n, Fraction(0)) - law.get(n - k, Fraction(0))) for n in both),
                Fraction(0),
            )
            / 2
        )

    for k in range(width + 2):
        assert distance(k) == min(1, Fraction(k, width))
    for j in range(width):
        for k in range(width - j):
            both = 1 - (1 - distance(j)) * (1 - distance(k))
            assert both <= Fraction(j + k, width)


def test_required_probability_is_the_inverse(bounds):
    for radius in (0.0, 0.1, 0.3):
        needed = SCHEME.required_probability({"radius": radius})
        if radius:
            assert SCHEME.region(bounds(needed)).radius == pytest.approx(radius, abs=1e-9)
    assert SCHEME.required_probability({"radius": 0.0}) == 0.5
    assert SCHEME.required_probability({"radius": 0.6}) == IMPOSSIBLE


@pytest.mark.parametrize("lam", [0.25, 0.5])
def test_the_noise_law(lam, draw):
    """Every shift alike, pixels independent, mean x, values on half steps."""
    scheme, n = UniformL1(lam=lam), 20_000
    x = torch.tensor([[[0.0, 0.2], [128 / 255, 1.0]]])
    width = levels(lam)
    steps = (draw(scheme, x, n) - x).double() * 255 + (width - 1) / 2
    whole = steps.round()
    assert (steps - whole).abs().max() < 1e-3
    assert whole.min() == 0 and whole.max() == width - 1
    counts = torch.bincount(whole.flatten().long(), minlength=width).double()
    expected = 4 * n / width
    assert ((counts - expected) ** 2 / expected).sum() < width + 6 * math.sqrt(2 * width)
    pairs = torch.corrcoef(whole.flatten(1).T) - torch.eye(4)
    assert pairs.abs().max() < 6 / math.sqrt(n)


def test_a_sample_depends_on_its_index_alone(draw):
    x = torch.rand(3, 5, 5)
    assert torch.equal(draw(SCHEME, x, 1000, batch=64), draw(SCHEME, x, 1000))


def test_words():
    assert SCHEME.noise_in_words() == "uniform on the 8-bit grid, half-width 0.5 (pixels in [0,1])"
    assert SCHEME.noise().grid_input
    assert SCHEME.noise().total_variation(64) == 64 * 255 * 2.0**-63
