from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.schemes.contrast_brightness import ContrastBrightness
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

SCHEME = ContrastBrightness(sigma_k=0.2, sigma_b=0.3)


def test_one_gain_and_one_shift_for_all_pixels_in_any_batch(draw):
    x = torch.rand(3, 4, 4)
    out = draw(SCHEME, x, 500)
    assert torch.equal(out, draw(SCHEME, x, 500, batch=77))
    grey = draw(SCHEME, torch.tensor([0.0, 1.0]).view(1, 1, 2), 500).flatten(1)
    gains, shifts = grey[:, 1] - grey[:, 0], grey[:, 0] / (grey[:, 1] - grey[:, 0])
    expected = gains.view(-1, 1, 1, 1) * (x + shifts.view(-1, 1, 1, 1))
    assert torch.allclose(out, expected, atol=1e-5)
    assert out.min() < -0.3 and out.max() > 1.5  # nothing is clipped


def test_noise_on_an_attacked_image_is_the_noise_of_the_moved_law(draw):
    x = torch.rand(1, 4, 4)
    attacked = torch.from_numpy(SCHEME.transformed(x.numpy(), {"gain": 0.8, "brightness": 0.1}))
    assert torch.allclose(attacked, 0.8 * (x + 0.1))
    grey = draw(SCHEME, torch.tensor([0.0, 1.0]).view(1, 1, 2), 50).flatten(1)
    gain, shift = grey[:, 1] - grey[:, 0], grey[:, 0] / (grey[:, 1] - grey[:, 0])
    moved = (0.8 * gain).view(-1, 1, 1, 1) * (x + 0.1 + (shift / 0.8).view(-1, 1, 1, 1))
    assert torch.allclose(draw(SCHEME, attacked, 50), moved, atol=1e-5)


def test_the_exact_region_is_wider_than_the_two_step_one_and_asymmetric(bounds):
    region = ContrastBrightness(sigma_k=0.2, sigma_b=0.2).region(bounds(0.99))
    for shift, holds in ((0.27, True), (-0.408, True), (0.4081, False)):
        change = {"gain": math.exp(-0.22314355), "brightness": shift}
        assert region.contains(change) is holds
    darker, brighter = region.furthest("gain", -1), region.furthest("gain")
    assert 0.3 < darker < brighter - 0.05
    assert SCHEME.region(bounds(0.5)) is None
    assert SCHEME.region(bounds(0.6, 0.1)).p_lower == pytest.approx(0.75)


@pytest.mark.parametrize("text", ["gain=0,brightness=0", "gain=-1,brightness=0.1"])
def test_a_gain_that_is_none_is_refused(text):
    with pytest.raises(UserError, match="gain must be .*0"):
        SCHEME.parse_at(text)


def test_a_term_that_is_missing_is_named():
    with pytest.raises(UserError, match="brightness is missing"):
        SCHEME.parse_at("gain=0.9")
    with pytest.raises(UserError, match="sigma_k must be"):
        ContrastBrightness(sigma_k=0)


def test_a_run_has_true_evidence_and_comes_back():
    settings = CertifySettings(scheme=SCHEME, n0=10, n=400)
    at = ("gain=0.95,brightness=-0.05", "gain=3,brightness=0")
    found = finish(certify(HalfSpace(0.6), fitted(0.1), settings, at=at))
    assert found.certified_at == {at[0]: True, at[1]: False}
    assert found.noise.generator == "philox4x32-10/gain-shift-normal-inverse-f64"
    assert "added before the gain) changes the smoothed model's prediction" in found.statement
    assert all(one.verdict == "holds" for one in check_counts(recount_of(found)))
    again = Evidence.model_validate_json(found.model_dump_json())
    assert again == found and np.isclose(again.region.p_lower, found.region.p_lower, rtol=0)
