from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import gamma, kstest, laplace

from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.procedures.noise_record import noise_record
from engine.schemes.laplace import Laplace
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

SCHEME = Laplace(lam=0.3)


def test_draws_are_laplace_in_any_batch(draw):
    x = torch.rand(1, 3, 3)
    out = draw(SCHEME, x, 20_000)
    assert torch.equal(out, draw(SCHEME, x, 20_000, batch=777))
    noise = (out - x).double().flatten(1).numpy()
    assert kstest(noise.ravel() / 0.3, laplace.cdf).pvalue > 1e-4
    assert np.abs(np.corrcoef(noise.T) - np.eye(9)).max() < 0.05


@pytest.mark.statistics
def test_a_million_draws_are_laplace(draw):
    """Numbers and l1 length by Kolmogorov and Smirnov, the variance, and no batch differs."""
    x, many = torch.zeros(1, 3, 4), 1_000_000
    out = draw(SCHEME, x, many, batch=77_777)
    assert torch.equal(out[500_000:501_000], draw(SCHEME, x, 501_000, batch=333)[500_000:])
    noise = out.double().flatten(1).numpy() / 0.3
    squares = (noise**2).sum(axis=1) / 12
    assert abs(squares.mean() - 2.0) < 6 * squares.std() / many**0.5
    assert min(kstest(noise[:, i], laplace.cdf).pvalue for i in range(12)) > 1e-5
    assert kstest(np.abs(noise).sum(axis=1), gamma(12).cdf).pvalue > 1e-5
    assert np.abs(np.corrcoef(noise.T) - np.eye(12)).max() < 6 / many**0.5


def test_the_radius_is_that_of_the_formula_and_rounded_down(bounds):
    for p in (0.5001, 0.7, 0.99, 1 - 1e-9):
        exact = -0.3 * math.log(2 * (1 - p))
        assert 0 < SCHEME.region(bounds(p)).radius < exact
        assert SCHEME.region(bounds(p)).radius == pytest.approx(exact, rel=1e-9)
    assert SCHEME.region(bounds(0.5)) is None
    assert SCHEME.region(bounds(0.45, 0.1)) is None
    assert math.isfinite(SCHEME.region(bounds(1.0)).radius)


def test_the_radius_is_tight():
    """P(e <= t) of one number falls from p to one half when that number moves by R."""
    region_p = SCHEME.required_probability({"radius": 0.4})
    cut = laplace.ppf(region_p, scale=0.3)
    assert laplace.cdf(cut - 0.4, scale=0.3) == pytest.approx(0.5, abs=1e-9)


def test_evidence_names_its_own_generator_and_no_other_verifies():
    settings = CertifySettings(scheme=SCHEME, n0=10, n=400)
    found = finish(certify(HalfSpace(0.2), fitted(), settings, at=("radius=0.1",)))
    assert found.noise.generator == "philox4x32-10/laplace-inverse-f64"
    assert {one.law for one in found.noise.self_test.statistics} == {"integers", "Laplace"}
    assert found.noise.arithmetic == "float" and found.radius == found.region.radius
    assert all(one.verdict == "holds" for one in check_counts(recount_of(found)))
    gaussian = noise_record(CertifySettings(), key=1, elements=1).generator
    forged = found.noise.model_copy(update={"generator": gaussian})
    claims = check_counts(recount_of(found.model_copy(update={"noise": forged})))
    assert any(one.verdict == "does not hold" for one in claims)
