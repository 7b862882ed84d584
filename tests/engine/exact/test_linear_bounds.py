"""True outputs never leave the bounds; affine layers lose nothing but rounding."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import numpy as np
import pytest

from engine.exact.linear_bounds import (
    Forms,
    extent,
    least_difference,
    propagated,
    rectified,
)
from engine.exact.network import Network
from engine.exact.operations import Clip, Dense, Flatten, Floats, MaxPool, Relu
from tests.small_networks import NONE, convolution, every_operation, image


def at(form: Floats, t: Floats) -> Floats:
    """(M, N, ...) values at parameters (M, P)."""
    found: Floats = form[0] + np.tensordot(t, form[1:], axes=1)
    return found


def around(x: Floats, rng: np.random.Generator, size: float, parameters: int = 2) -> Floats:
    """Coefficients (P + 1, 1, C, H, W) of pixels that move with random parameters."""
    return np.stack([x, *rng.normal(scale=size, size=(parameters, *x.shape))])[:, None]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("size", [0.3, 0.05, 0.005])
def test_outputs_at_500_points_lie_between_the_bounds(size: float, narrow: bool) -> None:
    rng = np.random.default_rng(7)
    for seed in range(6):
        network = every_operation(seed)
        form = around(image(network.input_shape, seed), rng, size)
        forms = Forms(form, form)
        found = propagated(network, forms.narrowed() if narrow else forms)
        assert found.low.dtype == found.high.dtype == (np.float32 if narrow else np.float64)
        found = Forms(found.low.astype(np.float64), found.high.astype(np.float64))
        t = rng.uniform(-1, 1, size=(500, 2))
        t[:4] = [[-1, -1], [-1, 1], [1, -1], [1, 1]]
        outputs = network.values(at(form, t)[:, 0])
        assert (at(found.low, t)[:, 0] <= outputs).all()
        assert (outputs <= at(found.high, t)[:, 0]).all()
        assert (found.least <= outputs).all() and (outputs <= found.most).all()
        if size < 0.01:  # and they are worth something
            assert (found.most - found.least).max() < 3 * np.ptp(outputs, axis=0).max()


def test_an_affine_network_is_bounded_by_itself() -> None:
    rng = np.random.default_rng(1)
    layers = [convolution(rng, 1, 3, 2), Flatten(), Dense(rng.normal(size=(4, 48)), np.ones(4))]
    network = Network.chain((1, 8, 8), layers)
    form = around(image((1, 8, 8)), rng, 0.5, parameters=3)
    found = propagated(network, Forms(form, form))
    base = network.values(np.zeros((1, 1, 8, 8)))
    exact = network.values(form[:, 0]) - base  # the linear part of each coefficient
    exact[0] += base[0]
    for side in (found.low, found.high):
        assert np.allclose(side[:, 0], exact, rtol=0, atol=1e-11)
    assert (found.low[0] < found.high[0]).all()


@pytest.mark.parametrize(("narrow", "most"), [(False, 12), (True, 5)])
def test_bounds_hold_in_exact_arithmetic(narrow: bool, most: int) -> None:
    rng = np.random.default_rng(2)
    sizes = 10.0 ** rng.integers(-8, most, (3, 4))
    weight, bias = rng.normal(size=(3, 4)) * sizes, rng.normal(size=3)
    network = Network.chain((1, 1, 4), [Flatten(), Dense(weight, bias), Relu()])
    assert network.narrow is narrow
    form = around(rng.normal(size=(1, 1, 4)), rng, 1.0)
    forms = Forms(form, form)
    found = propagated(network, forms.narrowed() if narrow else forms)
    pixels = form.reshape(3, 4)
    for t in [(Fraction(a, 7), Fraction(b, 9)) for a in (-7, -3, 2, 7) for b in (-9, 1, 8)]:
        x = exactly(pixels, t)
        for row, weights in enumerate(weight):
            terms = [Fraction(w) * each for w, each in zip(weights, x, strict=True)]
            true = max(Fraction(0), Fraction(bias[row]) + sum(terms))
            low, high = (exactly(side[:, 0], t)[row] for side in (found.low, found.high))
            assert low <= true <= high


@pytest.mark.parametrize(("dtype", "unit"), [(np.float32, 2.0**-20), (np.float64, 2.0**-48)])
def test_sides_that_meet_in_a_corner_hold_in_exact_arithmetic(dtype: type, unit: float) -> None:
    """The width of a side is not below 0, but its slopes are, and their sums are rounded too."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        dense = Dense(rng.uniform(-1, 1, (1, 4096)), np.zeros(1))
        one, other = np.round(rng.uniform(0.01, 0.3, (2, 4096)) / unit) * unit
        wide = np.stack([one + other, -one, -other]).reshape(3, 1, 1, 64, 64)
        wide = cast(Floats, wide.astype(dtype))
        found = propagated(Network.chain((1, 64, 64), [Flatten(), dense]), Forms(-wide, wide))
        low, high = (sum(map(Fraction, side.ravel().tolist())) for side in (found.low, found.high))
        assert low <= 0 <= high  # all pixels are 0 there


@pytest.mark.parametrize("weights", [(1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)])
def test_a_sum_beyond_the_range_claims_nothing(weights: tuple[float, float]) -> None:
    dense = Dense(2.0**19 * np.array([weights]), np.zeros(1))
    network = Network.chain((1, 1, 2), [Flatten(), dense, Clip(-1.0, 1.0)])
    assert network.narrow
    form = cast(Floats, np.zeros((3, 1, 1, 1, 2), dtype=np.float32))
    form[0] = 2.0**110
    found = propagated(network, Forms(form, form))
    assert not (found.least > -1).any() and not (found.most < 1).any()


def test_rounding_to_float32_stays_outside() -> None:
    rng = np.random.default_rng(3)
    form = rng.normal(size=(3, 1, 1, 4, 4)) * 10.0 ** rng.integers(-12, 12, (3, 1, 1, 4, 4))
    found = Forms(form, form).narrowed()
    t = (Fraction(-3, 7), Fraction(5, 9))
    true = exactly(form.reshape(3, -1), t)
    low, high = (exactly(side.astype(float).reshape(3, -1), t) for side in (found.low, found.high))
    assert all(a < b < c for a, b, c in zip(low, true, high, strict=True))


def exactly(form: Floats, t: tuple[Fraction, ...]) -> list[Fraction]:
    """The values of (P + 1, M) coefficients at t."""
    columns = [[Fraction(float(number)) for number in column] for column in form.T]
    return [base + sum(a * b for a, b in zip(t, more, strict=True)) for base, *more in columns]


def test_clipping_is_exact_where_nothing_or_all_is_cut_off() -> None:
    network = Network.chain((1, 1, 3), [Clip(0.0, 1.0), Flatten()])
    form = np.array([[0.5, -3.0, 4.0], [0.2, 0.5, 0.5], [0.2, 0.5, 0.5]]).reshape(3, 1, 1, 1, 3)
    found = propagated(network, Forms(form, form))
    for side in (found.low, found.high):
        assert np.allclose(side[:, 0], [[0.5, 0, 1], [0.2, 0, 0], [0.2, 0, 0]], atol=1e-12)


def test_clipping_of_what_is_cut_off_in_part() -> None:
    network = Network.chain((1, 1, 3), [Clip(0.25, 0.75), Flatten()])
    form = np.array([[0.3, 0.7, 0.5], [0.2, 0.2, 1.0]]).reshape(2, 1, 1, 1, 3)
    found = propagated(network, Forms(form, form))
    t = np.linspace(-1, 1, 101)[:, None]
    outputs = network.values(at(form, t)[:, 0])
    assert (at(found.low, t)[:, 0] <= outputs).all() and (outputs <= at(found.high, t)[:, 0]).all()
    assert (found.least >= -0.51).all() and (found.most <= 1.51).all()  # no wider than it came


def test_the_chord_is_that_of_the_range() -> None:
    form = np.array([[0.25], [1.0]])  # from -0.75 to 1.25
    found = rectified(Forms(form, form))
    assert np.allclose(found.high[:, 0], [0.25 * 0.625 + 0.625 * 0.75, 0.625])
    assert np.allclose(found.low, form)  # itself leaves less between than 0 does
    other = rectified(Forms(-form, -form))
    assert not other.low.any()


def test_the_largest_of_a_window_follows_the_leader() -> None:
    network = Network.chain((1, 1, 2), [MaxPool((1, 2), (1, 1), NONE), Flatten()])
    form = np.array([[0.0, 3.0], [1.0, 0.5], [1.0, 0.5]]).reshape(3, 1, 1, 1, 2)
    found = propagated(network, Forms(form, form))
    for side in (found.low, found.high):
        assert np.allclose(side[:, 0, 0], [3.0, 0.5, 0.5], atol=1e-12)


def test_extent_and_difference_enclose() -> None:
    form = np.array([1.0, -2.0, 0.5])
    low, high = extent(form)
    assert low < -1.5 < 3.5 < high and high - low < 5.0 + 1e-13
    assert least_difference(form, form) <= 0 and least_difference(form, form) > -1e-13


def test_what_is_not_finite_bounds_nothing() -> None:
    network = every_operation()
    form = around(image(network.input_shape), np.random.default_rng(0), 0.1)
    form[0, 0, 0, 0, 0] = np.nan
    found = propagated(network, Forms(form, form))
    assert not (least_difference(found.low[:, 0, :1], found.high[:, 0, 1:]) > 0).any()
