"""Curves against counting by hand; bands against SciPy's beta law."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from engine.figures.curves import Curve
from engine.procedures.set_curves import accuracy_curves
from engine.regions import Ball
from engine.regions.count import Count
from engine.regions.sweep import Sweep

BALL = Ball(norm="l2", radius=0.5, unit="pixels in [0,1]")
COUNT = Count(unit="pixels", term="entities", most=3)


def one(kind, sizes, total, **more) -> Curve:
    (curve,) = accuracy_curves(kind, {"": sizes}, total, "each", **more)
    return curve


def test_a_staircase_falls_beyond_each_radius():
    curve = one(BALL, [0.5, 0.2, 0.2], 4)
    assert curve.points == ((0, 0.75), (0.2, 0.75), (0.2, 0.25), (0.5, 0.25), (0.5, 0))
    assert not curve.band and one(BALL, [], 4).points == ((0, 0),)


def test_things_are_counted():
    curve = one(COUNT, [0, 2, 2], 4, band=True)
    assert curve.points == ((0, 0.75), (1, 0.5), (2, 0.5), (3, 0.0))
    assert [x for x, _, _ in curve.band] == [0, 1, 2, 3]


def test_the_band_holds_the_share_and_is_that_of_clopper_and_pearson():
    curve = one(BALL, [0.5, 0.2, 0.2], 4, band=True)
    x, low, high = curve.band[2]
    assert x == 0.2 and (low, high) == pytest.approx(
        (beta.ppf(0.025, 1, 4), beta.ppf(0.975, 2, 3)), abs=1e-9
    )
    assert all(low <= curve.at(x) <= high for x, low, high in curve.band if x not in (0.2,))


def test_of_many_radii_some_are_drawn_and_none_above_the_truth():
    radii = np.random.default_rng(5).uniform(0, 2, 5000)
    curve = one(BALL, radii.tolist(), 6000)
    assert len(curve.points) < 700
    for x in np.linspace(0, 1.9, 77):
        true = (radii >= x).sum() / 6000
        assert true - 0.01 <= curve.at(x) <= true


def test_every_size_has_a_curve_and_those_beside_are_dashed():
    sizes = {"1 pixel": [0.3], "2 pixels": [], "3 pixels": [], "4 pixels": []}
    named = accuracy_curves(COUNT, sizes, 1, "each")
    beside = accuracy_curves(COUNT, sizes, 1, "all", beside=", all at once")
    assert [curve.name for curve in named] == ["1 pixel", "2 pixels", "3 pixels"]
    assert [curve.name for curve in beside] == ["1 pixel, all at once"]
    assert beside[0].dashed and not named[0].dashed
    assert one(BALL, [float("inf")], 1).points[-1][0] == 1e6  # no plot holds more


def test_curves_that_are_alike_are_one_under_both_names():
    turns = Sweep(
        term="rotation", noun="rotation", unit="degrees", lower=-1, upper=1, low=-2, high=2
    )
    sizes = {f"rotation {way}": [1.0, 2.0] for way in ("either way", "down")}
    found = accuracy_curves(turns, {**sizes, "rotation up": [1.0, 3.0]}, 2, "each")
    assert [curve.name for curve in found] == ["rotation either way and down", "rotation up"]
