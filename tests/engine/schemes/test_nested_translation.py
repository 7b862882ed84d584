"""Translation by nested smoothing: draws, the error in closed form, region and verification."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from engine.certificates.nested import reach
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.schemes.nested import ERROR
from engine.schemes.nested_translation import NestedTranslation
from engine.transforms.low_pass import filtered, low_pass
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

SCHEME = NestedTranslation(sigma_gamma=2.0, sigma=0.5, error=0.4)


def by_hand(image: np.ndarray, down: float, right: float) -> np.ndarray:
    """Shifted by the Fourier series of two linear interpolations."""
    found = np.asarray(image, dtype=float)
    for axis, by in ((1, down), (2, right)):
        whole, part = int(np.floor(by)), by - np.floor(by)
        near, far = np.roll(found, whole, axis), np.roll(found, whole + 1, axis)
        found = (1 - part) * near + part * far
    return found


@pytest.fixture
def images() -> list[np.ndarray]:
    rng = np.random.default_rng(2)
    made = [rng.random((1, 6, 6)), rng.random((3, 5, 8)), np.zeros((1, 7, 7)), np.zeros((1, 6, 6))]
    made[2][0, 3, 3] = 1
    made[3][:, ::2] = 1
    return [one.astype(np.float32) for one in made]


@pytest.mark.parametrize("spread", [0.0, 0.8])
def test_no_two_shifts_differ_from_their_sum_by_more_than_the_bound(images, spread):
    rng = np.random.default_rng(4)
    scheme, reached = SCHEME.model_copy(update={"low_pass": spread}), []
    for image in images:
        bound = scheme.prepare([image])[ERROR]
        rows, columns = (low_pass(side, spread, wrapped=True) for side in image.shape[1:])
        worst = 0.0
        pairs = [rng.uniform(-9, 9, 4) for _ in range(300)] + [np.full(4, 0.5)]
        for b1, b2, g1, g2 in pairs:
            twice = by_hand(by_hand(image, g1, g2).astype(np.float32), b1, b2)
            apart = twice - by_hand(image, b1 + g1, b2 + g2)
            worst = max(worst, float(np.linalg.norm(filtered(apart, rows, columns))))
        assert worst <= bound
        reached.append(worst / bound)
    assert max(reached) > 0.7  # it is no idle bound: stripes attain it


def test_the_region_is_a_disc_of_shifts_without_an_end(bounds):
    facts = {ERROR: 0.3}
    region = SCHEME.region(bounds(0.99), facts)
    expected = 2.0 * np.sqrt(ndtri(0.99) ** 2 - (0.4 / 0.5) ** 2)
    assert region.upper == pytest.approx(expected, rel=1e-9) and region.upper <= expected
    assert SCHEME.required_probability({"shift": expected}, facts) == pytest.approx(0.99)
    assert SCHEME.region(bounds(0.99)) is None is SCHEME.region(bounds(0.78), facts)


def test_the_image_after_a_shift_is_the_one_an_attacker_makes(images):
    found = SCHEME.transformed(images[0], {"shift": 1.5})
    assert found.dtype == np.float32
    assert found == pytest.approx(by_hand(images[0], 0.0, 1.5), abs=1e-6)


def test_a_run_is_verified():
    settings = CertifySettings(scheme=SCHEME, n0=50, n=2000, alpha=0.01, seed=3)
    evidence = finish(certify(HalfSpace(5.0), fitted(0.3), settings))
    assert evidence.outcome == "certified" and evidence.region.upper > 4
    assert "no shift of this image below" in evidence.statement
    assert {claim.verdict for claim in check_counts(recount_of(evidence))} == {"holds"}


def shares(scheme, image, weights, least, right) -> np.ndarray:
    """P(<w, L T_b T_g x + sigma z> > least) for shifts to the right, by quadrature over b."""
    quantiles = ndtri((np.arange(200) + 0.5) / 200) * scheme.sigma_gamma
    given = by_hand(image, 0.0, right)
    rows, columns = (low_pass(side, scheme.low_pass, wrapped=True) for side in image.shape[1:])
    seen = [(weights * filtered(by_hand(given, 0.0, b), rows, columns)).sum() for b in quantiles]
    spread = scheme.sigma * np.linalg.norm(weights)
    return ndtr((np.array(seen)[:, None] - np.atleast_1d(least)) / spread).mean(axis=0)


def test_without_the_error_of_interpolation_a_shift_inside_would_turn_the_class(bounds):
    """Stripes lose their contrast between two pixels, which a classifier of contrast sees."""
    image = np.zeros((1, 8, 8))
    image[:, :, ::2] = 1.0
    scheme = SCHEME.model_copy(update={"sigma_gamma": 0.1, "sigma": 0.2, "low_pass": 0.0})
    weights = image - 0.5
    p = float(shares(scheme, image, weights, 0.4 * 16, 0.0)[0])
    unguarded = scheme.sigma_gamma * reach(1 - p, 0.0, 0.0)
    assert shares(scheme, image, weights, 0.4 * 16, 0.99 * unguarded)[0] < 0.5
    facts = scheme.prepare([image])
    assert scheme.region(bounds(p), facts) is None
    declared = scheme.model_copy(update={"error": facts[ERROR]})
    assert declared.region(bounds(p), facts) is None


def test_no_shift_inside_turns_a_classifier_that_looks_for_it(images, bounds):
    """Half-spaces along what a shift changes most, on every image, at p from 0.9 to 0.9999."""
    tried = 0
    for image in images[:3]:  # the stripes of the last one stay as they are
        scheme = SCHEME.model_copy(update={"sigma": 1.0, "low_pass": 1.5})
        facts = scheme.prepare([image])
        scheme = scheme.model_copy(update={"error": facts[ERROR]})
        for right in (0.4, 1.5, 3.0):
            weights = image - by_hand(image, 0.0, right)
            least = np.linspace(-4, 0, 9) * np.linalg.norm(weights)
            before = shares(scheme, image, weights, least, 0.0)
            after = shares(scheme, image, weights, least, right)
            for p, moved in zip(before.tolist(), after.tolist(), strict=True):
                region = scheme.region(bounds(p), facts)
                if region is not None and region.contains({"shift": right}):
                    assert moved > 0.5
                    tried += 1
    assert tried > 5
