"""What both nested schemes share: facts and regions, filter, and draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.special import ndtr

from engine.evidence.settings import CertifySettings
from engine.evidence.statement import claimed
from engine.evidence.tries import tries_in_words
from engine.inputs.base import FittedInput
from engine.procedures.certify import certify
from engine.procedures.dataset import certify_set
from engine.schemes import NestedRotation, NestedTranslation
from engine.schemes.nested import ERROR, LEAST, filtered_images
from engine.schemes.threshold import threshold_in_words
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

BOTH = [NestedRotation(), NestedTranslation()]


@pytest.mark.parametrize("scheme", BOTH, ids=lambda one: one.key)
def test_a_larger_error_certifies_less_and_none_at_all_beyond_the_noise(scheme, bounds):
    term = next(iter(scheme.terms))
    reached = []
    for error in (0.05, 0.3, 0.5):
        stated = scheme.model_copy(update={"error": error})
        reached.append(stated.region(bounds(0.99), {ERROR: error}).furthest(term))
        assert stated.region(bounds(0.99), {ERROR: error * 1.01}) is None
    assert reached == sorted(reached, reverse=True) and reached[-1] > 0
    too_large = scheme.model_copy(update={"error": 0.6})
    assert too_large.region(bounds(0.99), {ERROR: 0.1}) is None


@pytest.mark.parametrize("scheme", BOTH, ids=lambda one: one.key)
def test_the_badge_names_the_clean_image_and_the_limits_say_what_that_leaves_out(scheme):
    assert scheme.guarantee == "for this clean image"
    assert "clean image" in scheme.attacker
    assert any("received already" in limit for limit in scheme.limits)


@pytest.mark.parametrize("scheme", BOTH, ids=lambda one: one.key)
def test_reports_name_the_error_rounded_up_and_that_alpha_is_all_of_the_risk(scheme):
    assert scheme.rests_on({}) == ()
    error, risk = scheme.rests_on({ERROR: 0.43211})
    assert error[:2] == ("interpolation error", "at most 0.4322")
    assert ("probability 0.001" in error[2]) == bool(scheme.rarely)
    assert risk[:2] == ("failure probability", "alpha alone")


def test_a_set_bounds_the_share_of_images_that_keep_to_the_error():
    """Clopper-Pearson by hand: 3 of 4 at alpha 0.1 is the root of 4 p^3 - 3 p^4 = 0.1."""
    (said,) = BOTH[0].over_a_set([{ERROR: e} for e in (0.1, 0.5, 0.3, 0.51)], 0.1)
    roots = np.roots([-3.0, 4.0, 0.0, 0.0, -0.1])
    share = next(r.real for r in roots if abs(r.imag) < 1e-12 and 0 < r.real < 1)
    assert said.startswith("Distributional guarantee: 3 of 4 clean images")
    assert f"at least {math.floor(share * 1e4) / 100} % of the population" in said
    assert "alpha + 0.1, the sum of both parts" in said
    settings = CertifySettings(scheme=BOTH[1], n0=20, n=200, seed=1)

    def read(spec: str) -> FittedInput:
        made = fitted(float(spec))
        known = {"label": 0, "pixels_sha256": spec}
        return FittedInput(made.identity.model_copy(update=known), made.arrays)

    result = finish(certify_set(HalfSpace(5.0), ("0.1", "0.3"), settings, read=read))
    assert any("2 of 2 clean images" in note for note in result.notes)


@pytest.mark.parametrize("scheme", BOTH, ids=lambda one: one.key)
def test_what_holds_no_change_is_no_region_and_the_p_that_is_needed_is_named(scheme, bounds):
    """By hand: Phi(error / sigma) + rho, and a hair more for the least region that shows."""
    facts, term = {ERROR: 0.1}, next(iter(scheme.terms))
    least = float(ndtr(scheme.error / scheme.sigma)) + scheme.rarely
    needed = scheme.required_probability({term: 0.0}, facts)
    assert least < needed < least + 1e-6
    assert scheme.region(bounds(needed - 1e-9), facts) is None
    assert scheme.region(bounds(needed + 1e-9), facts).furthest(term) >= LEAST
    assert scheme.required_probability({term: 0.0}, {ERROR: 9.0}) > 1
    assert scheme.region_then(bounds(0.7), facts).furthest(term) == 0.0
    assert scheme.region_then(bounds(0.5), facts) is None
    assert scheme.region_then(bounds(0.999), {ERROR: 9.0}).furthest(term) == 0.0
    told = str(math.ceil(least * 1e4) / 1e4)
    assert f"the {told} that any change needs" in scheme.shortfall_in_words(facts)
    assert told in scheme.rule_in_words() and told in threshold_in_words(scheme)
    declared = scheme.model_copy(update={"error": 0.7})
    then = float(ndtr(0.7 / scheme.sigma)) + scheme.rarely
    said = scheme.shortfall_in_words({ERROR: 0.7})
    assert "up to 0.700" in said and f"the error of {scheme.error:g} that was declared" in said
    assert f"p lower has to exceed {math.ceil(then * 1e4) / 1e4}" in said
    assert declared.region(bounds(then + 1e-6), {ERROR: 0.7}) is not None


def test_a_run_that_certifies_no_change_abstains_and_older_files_of_it_are_verified():
    """Before, the same votes were called a certificate of the unchanged image."""
    scheme = NestedTranslation(sigma_gamma=2.0, sigma=0.5, error=1e-6, low_pass=0.0)
    settings = CertifySettings(scheme=scheme, n0=50, n=2000, alpha=0.01, seed=3)
    given = fitted(0.3)
    given = FittedInput(given.identity, tuple(_striped(part) for part in given.arrays))
    found = finish(certify(HalfSpace(5.0), given, settings))
    assert found.outcome == "abstained" and found.region is None
    assert found.abstention.reason == "below-half"
    assert "and no number of them would make a certificate" in found.statement
    assert {claim.verdict for claim in check_counts(recount_of(found))} == {"holds"}
    region = scheme.within(0.0)
    name, top = found.model.class_names[found.bounds.top], found.bounds.top
    claim = claimed(settings, region, found.bounds, name, found.input)
    older = found.model_copy(
        update={
            "outcome": "certified",
            "region": region,
            "abstention": None,
            "predicted_class": top,
            "class_name": name,
            "statement": f"{claim} {tries_in_words(found)}",
        }
    )
    assert "for the unchanged image; no change of it is certified" in older.statement
    assert [c for c in check_counts(recount_of(older)) if c.verdict != "holds"] == []
    more = older.model_copy(update={"region": scheme.within(0.5)})
    broken = {claim.name for claim in check_counts(recount_of(more)) if claim.verdict != "holds"}
    assert "certified region" in broken


def _striped(image: np.ndarray) -> np.ndarray:
    """One pixel brighter: a constant image has no error of interpolation."""
    made = np.array(image, copy=True)
    made[..., 0, 0] += 0.01
    return made


def test_without_a_filter_images_stay_as_they_are():
    images = torch.rand(2, 1, 5, 5)
    assert filtered_images(images, 0.0, wrapped=False) is images
    assert filtered_images(images, 1.0, wrapped=False).dtype == torch.float32
