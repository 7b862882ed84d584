"""Rotation by nested smoothing: draws, error bound, region, statement and verification."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from engine.core.errors import StoppedEarly, UserError
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.schemes.nested import ERROR
from engine.schemes.nested_rotation import NestedRotation
from engine.transforms.low_pass import filtered, low_pass
from engine.transforms.warps import ROTATION, warped
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

SMALL = NestedRotation(sigma_gamma=10.0, sigma=0.5, error=0.6, reach=3.0, rho=0.0)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    """A bright half, so that a half-space tells it from its mirror image."""
    down, right = np.mgrid[0:8, 0:8] - 3.5
    return (0.5 + 0.4 * np.tanh(right + 0 * down))[None].astype(np.float32)


def test_the_error_of_the_image_decides_whether_anything_is_certified(image, bounds):
    error = SMALL.prepare([image])[ERROR]
    assert 0 < error < SMALL.error
    region = SMALL.region(bounds(0.99), {ERROR: error})
    assert region == SMALL.utmost(bounds(0.99))
    assert region.upper == -region.lower > 0
    for facts in ({}, {ERROR: 0.61}, {ERROR: "unknown"}):
        assert SMALL.region(bounds(0.99), facts) is None
    assert SMALL.remarks({ERROR: error}) == SMALL.remarks({}) == ()
    assert "up to 0.610 in l2 norm, more than the error of 0.6" in SMALL.remarks({ERROR: 0.61})[0]
    assert SMALL.required_probability({"rotation": 2.0}, {ERROR: 0.61}) > 1


def test_no_angle_beyond_the_reach_is_certified_and_p_required_is_where_the_region_ends(bounds):
    facts = {ERROR: 0.5}
    assert SMALL.region(bounds(1 - 1e-12), facts).upper == SMALL.reach
    assert SMALL.required_probability({"rotation": -3.0}, facts) > 1
    for p in (0.886, 0.889):
        end = SMALL.region(bounds(p), facts).upper
        assert 0 < end < SMALL.reach
        assert SMALL.required_probability({"rotation": -end}, facts) == pytest.approx(p, abs=1e-6)
    assert SMALL.region(bounds(0.5), facts) is None


@pytest.mark.thorough
def test_rho_is_the_probability_of_the_angles_that_are_left_out(image):
    every = SMALL.model_copy(update={"error": 1e-6})
    shares = [
        every.model_copy(update={"rho": rho}).prepare([image])[ERROR] for rho in (0, 0.1, 0.3)
    ]
    assert shares == sorted(shares, reverse=True) and shares[0] > shares[-1] > 0
    rng = np.random.default_rng(5)
    matrix = low_pass(8, every.low_pass)
    seen = []
    for outer in rng.normal(0, every.sigma_gamma, 200):
        inner = rng.uniform(-every.reach, every.reach)
        twice = warped(warped(image, ROTATION, inner), ROTATION, outer)
        apart = filtered(twice - warped(image, ROTATION, outer + inner), matrix, matrix)
        seen.append(float(np.linalg.norm(apart)))
    assert max(seen) <= shares[0]
    assert np.mean(np.array(seen) > shares[2]) < 0.3 + 0.1  # 3 standard deviations


def test_a_run_states_what_it_rests_on_and_is_verified():
    scheme = SMALL.model_copy(update={"sigma_gamma": 30.0})
    settings = CertifySettings(scheme=scheme, n0=50, n=2000, alpha=0.01, seed=3)
    given = fitted(0.3)
    evidence = finish(certify(HalfSpace(5.0), given, settings))
    assert evidence.outcome == "certified" and evidence.region.upper == scheme.reach
    assert evidence.facts == scheme.prepare(given.arrays) and evidence.facts[ERROR] > 0
    assert "no rotation of this image between -3.000 and +3.000 degrees" in evidence.statement
    claims = check_counts(recount_of(evidence))
    assert {claim.verdict for claim in claims} == {"holds"}
    told = evidence.model_copy(update={"facts": {ERROR: 0.9}})
    broken = {claim.name for claim in check_counts(recount_of(told)) if claim.verdict != "holds"}
    assert "certified region" in broken


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((1, 8, 9), "takes square images, which a quarter turn maps to themselves; this one has 9"),
        ((3, 65, 65), "takes images of 3 to 64 pixels a side"),
        ((1, 2, 2), "takes images of 3 to 64 pixels a side"),
    ],
)
def test_images_that_cannot_be_bounded_are_refused_in_a_sentence(shape, words):
    given = fitted().identity.model_copy(update={"shape": shape})
    with pytest.raises(UserError, match=words):
        SMALL.check_input(given)


def test_a_run_is_stopped_while_the_error_is_bounded():
    """After the second look at the event, of the 12 that this bound takes at least."""

    class Later(threading.Event):
        looks = 0

        def is_set(self) -> bool:
            self.looks += 1
            return self.looks > 2

    stop = Later()
    scheme = SMALL.model_copy(update={"error": 0.59, "reach": 30.0})
    running = certify(HalfSpace(0.5), fitted(0.3), CertifySettings(scheme=scheme), stop=stop)
    with pytest.raises(StoppedEarly, match="interpolating twice was bounded, before any sample"):
        next(running)
    assert stop.looks == 3
