import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from mpmath import erfc, mpf, sqrt

from engine.bounds import bound_method, clopper_pearson
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import ProbabilityBounds, Votes
from engine.noise.gaussian import NoiseStream
from engine.schemes import Gaussian
from tests import precise

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/cohen.json").read_text())


def bounds(p_lower: float, p_upper: float) -> ProbabilityBounds:
    return ProbabilityBounds(
        method="test",
        alpha=0.001,
        n=1,
        top=0,
        p_lower=p_lower,
        p_upper=p_upper,
        valid=True,
        basis="",
    )


def test_radii_equal_the_reference_program():
    """Classes and radii of published CERTIFY; its class -1 is our None."""
    for sigma, n, alpha, n_a, cls, radius in GOLDEN["certify"]["rows"]:
        method = bound_method("clopper-pearson")
        found = Gaussian(sigma=sigma).region(
            method.at(Votes(counts=(n_a, n - n_a)), top=0, alpha=alpha, n_plan=n)
        )
        if cls == -1 or radius == 0:
            assert found is None
        else:
            assert found.radius == pytest.approx(radius, abs=1e-9)


def test_radii_of_the_reference_with_selection_ties():
    for selection, estimation, cls, radius in GOLDEN["certify_selection_ties"]["rows"]:
        top = Votes.from_sequence(selection).top
        assert top == cls
        p_lower = clopper_pearson.lower(estimation[top], 1000, 0.001)
        found = Gaussian(sigma=0.5).region(bounds(p_lower, 1 - p_lower))
        assert found.radius == pytest.approx(radius, abs=1e-9)


def test_the_radius_is_tight_for_a_half_space():
    """At distance R the worst-case classifier's probability is exactly one half."""
    region = Gaussian(sigma=0.3).region(bounds(0.9, 0.1))
    scheme = Gaussian(sigma=0.3)
    assert scheme.required_probability({"radius": region.radius}) == pytest.approx(0.9, abs=1e-12)
    assert scheme.required_probability({"radius": 0.0}) == 0.5


def test_two_sided_theorem():
    region = Gaussian(sigma=1.0).region(bounds(0.6, 0.1))
    from statistics import NormalDist

    z = NormalDist().inv_cdf
    assert region.radius == pytest.approx((z(0.6) - z(0.1)) / 2, abs=1e-12)


def test_nothing_without_a_gap():
    assert Gaussian().region(bounds(0.5, 0.5)) is None
    assert Gaussian().region(bounds(0.3, 0.4)) is None


def test_noise_law():
    """Mean x, deviation sigma, independent pixels, by 2 million draws."""
    x = torch.rand(1, 4, 4, generator=torch.Generator().manual_seed(0))
    out = torch.empty(131072, 1, 4, 4)
    Gaussian(sigma=0.5).noise().draw(x, NoiseStream(3, 1), 0, out)
    z = ((out - x) / 0.5).flatten(1).double().numpy()
    n = z.size
    assert abs(z.mean()) < 5 / math.sqrt(n)
    assert abs(z.var() - 1) < 5 * math.sqrt(2 / n)
    correlation = np.corrcoef(z.T) - np.eye(16)
    assert np.abs(correlation).max() < 6 / math.sqrt(len(z))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"sigma": 0}, "sigma must be greater than 0 (it was 0)."),
        ({"sigma": -1.0}, "sigma must be greater than 0 (it was -1.0)."),
        ({"sigma": float("nan")}, "sigma must be a finite number (it was nan)."),
    ],
)
def test_bad_sigma_is_one_sentence(values: dict, sentence: str):
    with pytest.raises(UserError) as caught:
        checked(Gaussian, **values)
    assert str(caught.value) == sentence


def test_words():
    assert Gaussian(sigma=0.5).noise_in_words() == "Gaussian, sigma 0.5 (pixels in [0,1])"
    assert Gaussian(sigma=0.5).noise().level == 0.5


def test_radii_never_exceed_those_of_fifty_digit_bounds():
    """At the probability that a radius requires, the votes are no likelier than alpha allows."""
    for n in (1000, 10**6, 10**9):
        for k in (n - 20, n - 1, n):
            for alpha in (1e-6, 0.001, 0.5):
                votes = Votes(counts=(k, n - k))
                found = bound_method("clopper-pearson").at(votes, top=0, alpha=alpha, n_plan=n)
                ball = Gaussian(sigma=1.0).region(found)
                others = erfc(mpf(ball.radius) / sqrt(mpf(2))) / 2
                assert precise.upper_tail(k, n, others) <= alpha
