"""The individual guarantee for rotations: about the clean images that one may have come from."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import ndtr

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.schemes import IndividualRotation, NestedRotation
from engine.schemes.nested import ERROR
from engine.transforms.batches import warped_each
from engine.transforms.low_pass import filtered, low_pass
from engine.transforms.warps import ROTATION, disc, warped
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

SCHEME = IndividualRotation(sigma_gamma=20.0, sigma=0.5, error=0.6, reach=1.0, rho=0.0)


def smooth() -> np.ndarray:
    """Brighter to the right, black outside of the disc."""
    _, right = np.mgrid[0:8, 0:8] - 3.5
    return ((0.5 + 0.4 * np.tanh(right)) * disc(8, 8))[None]


def received(clean: np.ndarray, angle: float) -> np.ndarray:
    """Rotated, and rounded to 8 bits."""
    return (np.rint(warped(clean, ROTATION, angle) * 255) / 255).astype(np.float32)


def test_the_received_image_alone_decides(bounds):
    known = SCHEME.prepare([received(smooth(), 0.7)])[ERROR]
    assert 0 < known < SCHEME.error
    region = SCHEME.region(bounds(1 - 1e-12), {ERROR: known})
    assert region.upper == -region.lower == SCHEME.reach
    assert SCHEME.region(bounds(0.9), {ERROR: known}) is not None
    assert SCHEME.required_probability({"rotation": 1.1}, {ERROR: known}) > 1
    assert SCHEME.region(bounds(0.99), {ERROR: 0.61}) is None
    assert SCHEME.noise() == NestedRotation(sigma_gamma=20.0, sigma=0.5).noise()


def test_an_image_that_is_no_rotation_of_numbers_up_to_1_is_refused_in_a_sentence():
    with pytest.raises(UserError, match=r"no image of numbers in \[0, 1\] gives this one by a rot"):
        SCHEME.prepare([np.full((1, 8, 8), 1.5, np.float32)])


def test_the_clean_image_has_the_class_of_the_received_one(bounds):
    """Half-spaces along what the rotation changes: where p certifies, the clean image agrees."""
    clean, tried = smooth(), 0
    angles = torch.from_numpy(np.random.default_rng(1).normal(0, SCHEME.sigma_gamma, 4000))
    matrix = low_pass(8, SCHEME.low_pass)

    def seen(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
        turned = warped_each(torch.from_numpy(image.astype(np.float32))[None], ROTATION, angles)
        return np.einsum("nchw,chw->n", filtered(turned.numpy().astype(float), matrix, matrix),
                         weights)  # fmt: skip

    for angle in (0.4, -0.9):
        given = received(clean, angle)
        facts = SCHEME.prepare([given])
        scheme = SCHEME.model_copy(update={"error": facts[ERROR]})
        weights = given - clean
        spread = scheme.sigma * np.linalg.norm(weights)
        there, before = seen(given, weights), seen(clean, weights)
        for least in np.linspace(-4, 0, 17) * spread:
            p = float(ndtr((there - least) / spread).mean())
            region = scheme.region(bounds(p), facts)
            if region is not None and region.contains({"rotation": angle}):
                assert ndtr((before - least) / spread).mean() > 0.5
                tried += 1
    assert tried > 3


def test_a_run_says_what_it_is_about_and_is_verified():
    settings = CertifySettings(scheme=SCHEME, n0=50, n=2000, alpha=0.01, seed=3)
    evidence = finish(certify(HalfSpace(5.0), fitted(0.0), settings))
    assert evidence.outcome == "certified" and evidence.region.kind == "unturned"
    assert "by which the inscribed disc of this image was made of a clean one, changes" in (
        evidence.statement
    )
    assert {claim.verdict for claim in check_counts(recount_of(evidence))} == {"holds"}


@pytest.mark.parametrize("reach", [0.0, -1.0, 46.0])
def test_a_reach_that_cannot_be_is_refused(reach):
    with pytest.raises(UserError, match="reach must be"):
        IndividualRotation(reach=reach)
