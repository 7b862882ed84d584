"""The individual guarantee: about the clean images that a received one may have come from."""

from __future__ import annotations

import numpy as np
import pytest

from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.schemes import IndividualTranslation, NestedTranslation
from engine.schemes.nested import ERROR
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.engine.schemes.test_nested_translation import by_hand, shares
from tests.fakes import HalfSpace, finish, fitted

SCHEME = IndividualTranslation(sigma_gamma=2.0, sigma=1.0, error=1.0, low_pass=1.5, reach=2.0)


def smooth() -> np.ndarray:
    down, right = np.mgrid[0:8, 0:8]
    return (0.5 + 0.25 * np.sin(2 * np.pi * right / 8) + 0.2 * np.cos(2 * np.pi * down / 8))[None]


def test_the_received_image_alone_decides_and_costs_more_than_a_clean_one(bounds):
    image = smooth().astype(np.float32)
    known = SCHEME.prepare([image])[ERROR]
    clean = NestedTranslation(low_pass=1.5).prepare([image])[ERROR]
    assert clean < known <= SCHEME.error
    region = SCHEME.region(bounds(0.9), {ERROR: known})
    assert 0 < region.upper < SCHEME.reach
    assert SCHEME.region(bounds(1 - 1e-12), {ERROR: known}).upper == SCHEME.reach
    assert SCHEME.required_probability({"shift": 2.5}, {ERROR: known}) > 1
    assert SCHEME.region(bounds(0.99), {ERROR: 1.1}) is None
    assert "a clean image twice, of which this one may" in SCHEME.remarks({ERROR: 1.1})[0]
    assert SCHEME.over_a_set([{ERROR: known}], 0.001) == ()
    assert "over all clean images" in SCHEME.rests_on({ERROR: known})[0][2]


def test_the_clean_image_has_the_class_of_the_received_one(bounds):
    """Half-spaces along what the shift changes, at the received image, for p from 0.9 on."""
    clean, tried = smooth(), 0
    for right in (0.5, 1.2):
        received = np.rint(by_hand(clean, 0.0, right) * 255) / 255
        facts = SCHEME.prepare([received])
        scheme = SCHEME.model_copy(update={"error": facts[ERROR]})
        weights = received - clean
        least = np.linspace(-4, 0, 9) * np.linalg.norm(weights)
        there = shares(scheme, received, weights, least, 0.0)
        before = shares(scheme, clean, weights, least, 0.0)
        for p, of_clean in zip(there.tolist(), before.tolist(), strict=True):
            region = scheme.region(bounds(p), facts)
            if region is not None and region.contains({"shift": right}):
                assert of_clean > 0.5
                tried += 1
    assert tried > 3


def test_a_run_says_what_it_is_about_and_is_verified():
    settings = CertifySettings(scheme=SCHEME, n0=50, n=2000, alpha=0.01, seed=3)
    evidence = finish(certify(HalfSpace(5.0), fitted(0.3), settings))
    assert evidence.outcome == "certified" and evidence.region.kind == "undone"
    assert "by which this image was made of a clean one, changes the smoothed" in evidence.statement
    assert {claim.verdict for claim in check_counts(recount_of(evidence))} == {"holds"}
    assert SCHEME.guarantee == "individual" and NestedTranslation.guarantee != "individual"
    assert evidence.facts == {ERROR: pytest.approx(SCHEME.prepare(fitted(0.3).arrays)[ERROR])}
