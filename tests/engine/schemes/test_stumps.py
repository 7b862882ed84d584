"""The scheme of stumps: computed masses become balls, and what does not fit is said."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import norm as normal

from engine.certificates.stumps import Steps, StumpEnsemble
from engine.core.errors import UserError
from engine.core.records import InputIdentity
from engine.schemes.gaussian import Gaussian
from engine.schemes.parameter_fields import NUMBERS, PIXELS
from engine.schemes.stumps import UNIT, Stumps, unit_of
from engine.schemes.stumps_fields import StumpsFields
from engine.schemes.stumps_vote import StumpsVote

ONE = StumpEnsemble((Steps.of([(0.0, Fraction(0), Fraction(1))]),))
"""Class 1 above 0."""
ROW = (np.array([0.8], dtype=np.float32), np.zeros(0, dtype=np.int64))


def given(kind: str) -> InputIdentity:
    return InputIdentity(name="x", source="x", sha256="", pixels_sha256="", shape=(1,), kind=kind)


def test_a_half_line_is_certified_up_to_its_end(bounds) -> None:
    """One stump under noise of any sigma: the distance of the cut is the certified radius."""
    for sigma in (0.1, 0.5, 2.0):
        scheme = Stumps(sigma=sigma)
        facts = scheme.compute(ROW, ONE)
        region = scheme.region(bounds(0.5), facts)
        assert region is not None and region.certified_radius == pytest.approx(0.8, rel=1e-6)
        assert region.certified_radius < float(np.float32(0.8))
        known = scheme.known(facts)
        assert known is not None and known.top == 1
        assert known.outside == pytest.approx(normal.cdf(-0.8 / sigma), rel=1e-6)
        assert known.least <= known.outside
    box = Stumps(norm="l1", lam=2.0)
    region = box.region(bounds(0.5), box.compute(ROW, ONE))
    assert region is not None and region.certified_norm == "l1"
    assert region.certified_radius == pytest.approx(0.8, rel=1e-6)


def test_norms_are_in_the_units_of_the_input() -> None:
    assert unit_of(ROW) == NUMBERS and unit_of(ROW[:1]) == PIXELS
    scheme = Stumps()
    facts = scheme.compute(ROW, ONE)
    scheme.check_facts(facts, given("table"))
    with pytest.raises(UserError, match="norms of a image are not in standard deviations"):
        scheme.check_facts(facts, given("image"))
    impossible = {name: 0.1 if name != UNIT else NUMBERS for name in facts}
    with pytest.raises(UserError, match="contradict each other"):
        scheme.check_facts(impossible, given("table"))


def test_noise_of_a_row_is_not_said_in_pixels_nor_that_of_an_image_in_columns() -> None:
    """Before there is an input both are named; evidence of programs before still verifies."""
    for scheme in (Stumps(sigma=4), Stumps(norm="l1", lam=2), StumpsVote(), StumpsFields()):
        assert PIXELS in scheme.noise_in_words() and NUMBERS in scheme.noise_in_words()
        row, image = (scheme.for_input(given(kind)) for kind in ("table", "image"))
        assert row.noise_in_words().endswith(f"({NUMBERS})")
        assert image.noise_in_words().endswith(f"({PIXELS})")
        assert row == image == scheme and hash(row) == hash(scheme)
        assert row != type(scheme)(sigma=9, lam=9) and row != Gaussian()
        assert {level.unit for level in row.noise().levels} == {NUMBERS}
        assert row.stated_terms()["radius"].unit == NUMBERS


def test_nothing_is_known_without_both_masses() -> None:
    scheme = Stumps()
    facts = dict(scheme.compute(ROW, ONE))
    first = next(iter(facts))
    assert scheme.known({}) is None
    assert scheme.known({**facts, first: 1.5}) is None
    assert scheme.known({**facts, first: "much"}) is None


def test_another_model_is_refused() -> None:
    with pytest.raises(UserError, match="computes with an ensemble of decision stumps"):
        Stumps().compute(ROW, None)
    wide = replace(ONE, numbers=ONE.numbers * 3)
    with pytest.raises(UserError, match="takes 3 numbers, the input has 1"):
        Stumps().compute(ROW, wide)


def test_the_attacker_has_one_norm_and_the_unit_of_the_input() -> None:
    said = "change every {}, as long as the whole change has {} norm below R"
    assert Stumps().attacker_in_words("image") == said.format("pixel", "l2")
    assert Stumps(norm="l1").attacker_in_words("table") == said.format("number", "l1")
    assert "l1 norm below what belongs to r" in StumpsFields(norm="l1").attacker_in_words("table")


def test_what_the_lattice_costs_is_told(bounds) -> None:
    """The distance of the two radii that the bounds from below and above give."""
    scheme = Stumps(sigma=2.0)
    facts = dict(scheme.compute(ROW, ONE))
    one, other = list(facts)[:2]
    facts |= {one: 0.8003, other: 0.2}
    best, claimed = (-2.0 * normal.ppf(q) for q in (0.1997, 0.2))
    (probability, cost) = scheme.rests_on(facts)
    assert probability[1] == "0.199699 to 0.200001"
    share, size = re.findall(r"[0-9.]+e-\d+", cost[1])
    assert 0.0003 <= float(share) < 0.00032
    assert best - claimed <= float(size) < 1.1 * (best - claimed)
    assert scheme.rests_on({}) == ()
    far = scheme.rests_on({**facts, one: 1.0, other: 1e-20})
    assert re.fullmatch(r"at most 1\.[01]e-20 of probability", far[1][1])  # and no radius
