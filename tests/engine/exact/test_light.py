"""Pixels of every image of a cell lie between the forms of the cell."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engine.exact.light import Convention, Light
from engine.exact.linear_bounds import propagated
from engine.exact.network import Network
from engine.exact.operations import Flatten
from tests.small_networks import image


@pytest.mark.parametrize("convention", ["linear", "exponential"])
@pytest.mark.parametrize("clip", [False, True])
def test_changed_pixels_lie_between_the_forms(convention: Convention, clip: bool) -> None:
    rng = np.random.default_rng(5)
    light = Light(convention, 0.4, 0.3, clip=clip)
    x = image((1, 3, 3))
    corners = np.sort(rng.uniform(-1, 1, size=(20, 2, 2)), axis=2) * [[0.4], [0.3]]
    network = light.before(Network.chain((1, 3, 3), [Flatten()]))
    found = propagated(network, light.forms(x, corners))
    for _ in range(500):
        share = rng.uniform(size=(20, 2))
        points = corners[:, :, 0] + share * (corners[:, :, 1] - corners[:, :, 0])
        changed = light.changed(x, points).reshape(20, -1)
        changed = np.clip(changed, 0, 1) if clip else changed
        assert (found.least <= changed).all() and (changed <= found.most).all()


def test_the_linear_convention_is_exact_but_for_rounding() -> None:
    light, x = Light("linear", 0.25, 0.15, clip=False), image((1, 2, 2))
    box = np.array([[[-0.25, 0.125], [0.0, 0.15]]])
    forms = light.forms(x, box)
    assert np.allclose(forms.low, forms.high, atol=1e-14, rtol=0)
    ends = [[Fraction(end) for end in side] for side in box[0]]
    for place in np.ndindex(2, 2):
        true = [(1 + c) * Fraction(x[0][place]) + b for c in ends[0] for b in ends[1]]
        low, high = (Fraction(each[0, 0][place]) for each in (forms.least, forms.most))
        assert low <= min(true) and max(true) <= high
        assert high - low < max(true) - min(true) + Fraction(1, 10**14)


def test_both_conventions_agree_in_each_other_s_parameters() -> None:
    x = image((1, 4, 4))
    k, b = 0.2, 0.1
    one = Light("exponential", 1, 1).changed(x, np.array([[k, b]]))
    other = Light("linear", 1, 1).changed(x, np.array([[np.expm1(k), np.exp(k) * b]]))
    assert np.allclose(one, other)
    assert Light("linear", 1, 1).formula == "clip((1 + c) x + b)"
    assert Light("exponential", 1, 1, clip=False).formula == "e^k (x + b)"
