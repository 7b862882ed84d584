from __future__ import annotations

import math

import pytest
import torch
from scipy.stats import kstest, norm

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.schemes.brightness import Brightness
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

SCHEME = Brightness(sigma_b=0.4)


def test_one_normal_shift_for_all_pixels_in_any_batch(draw):
    x = torch.rand(3, 4, 4)
    out = draw(SCHEME, x, 5000)
    assert torch.equal(out, draw(SCHEME, x, 5000, batch=333))
    shifts = (out - x).flatten(1)
    assert (shifts - shifts[:, :1]).abs().max() < 1e-6
    assert kstest(shifts[:, 0].numpy() / 0.4, norm.cdf).pvalue > 1e-4
    assert out.min() < -0.5 and out.max() > 1.5  # nothing is clipped


def test_the_interval_is_that_of_the_formula_and_rounded_towards_zero(bounds):
    for p in (0.500001, 0.8, 1 - 1e-9):
        region = SCHEME.region(bounds(p))
        exact = 0.4 * norm.ppf(p)
        assert region.lower == -region.upper and 0 < region.upper < exact
        assert region.upper == pytest.approx(exact, rel=1e-9)
    both = SCHEME.region(bounds(0.8, 0.1)).upper
    assert both == pytest.approx(0.2 * (norm.ppf(0.8) - norm.ppf(0.1)))
    assert SCHEME.region(bounds(0.5)) is None


def test_shifts_are_signed(bounds):
    region = SCHEME.region(bounds(0.9))
    for shift in (-0.3, 0.3):
        change = SCHEME.parse_at(f"brightness={shift}")
        assert region.contains(change)
        assert SCHEME.required_probability(change) == pytest.approx(norm.cdf(0.75))
        assert not region.contains({"brightness": 2 * shift})
    with pytest.raises(UserError, match="brightness must be a finite number"):
        SCHEME.parse_at("brightness=nan")


def test_a_run_has_true_evidence_and_answers_in_both_directions():
    settings = CertifySettings(scheme=SCHEME, n0=10, n=400)
    at = ("brightness=-0.05", "brightness=9")
    found = finish(certify(HalfSpace(0.2), fitted(), settings, at=at))
    assert found.certified_at == {at[0]: True, at[1]: False}
    assert found.noise.generator == "philox4x32-10/one-normal-inverse-f64"
    assert found.noise.arithmetic == "float" and found.radius is None
    assert math.isclose(found.region.upper, -found.region.lower)
    assert all(one.verdict == "holds" for one in check_counts(recount_of(found)))
    tested = {one.law for one in found.noise.self_test.statistics}
    assert tested == {"integers", "one shift of all pixels", "pixels shifted otherwise"}
