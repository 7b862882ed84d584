from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.encrypted.comparison import NOT_COUNTED, by_scores
from engine.encrypted.parameters import choose
from engine.encrypted.quadratic import (
    LARGEST,
    Quadratic,
    rounding_deviation,
    slot_deviation,
    with_one,
)
from engine.encrypted.terms import Offer
from tests.encrypted import layers, samples, small


def by_hand(x, parts):
    (weight, bias), *more = parts
    inner = x @ weight.T + bias
    return inner if not more else inner**2 @ more[0][0].T + more[0][1]


@pytest.mark.parametrize("hidden", [0, 3])
def test_scores_are_those_of_the_layers(hidden):
    x = samples(50)
    expected = by_hand(x, layers(hidden))
    np.testing.assert_allclose(small(hidden).scores(x), expected, rtol=1e-12)


@pytest.mark.parametrize("hidden", [0, 3])
def test_no_input_within_the_limit_has_a_larger_score(hidden):
    model, rng = small(hidden), np.random.default_rng(3)
    x = rng.normal(size=(20_000, 5))
    x *= model.limit / np.linalg.norm(x, axis=1, keepdims=True)
    inner = x @ model.first
    scores = inner if not hidden else inner**2 @ model.second
    bound = model.reach(model.last) * model.power
    assert 0.9 * bound < np.abs(scores).max() <= bound * (1 + 1e-12)
    scaled = model.for_scores()
    found = x @ scaled.first if not hidden else (x @ scaled.first) ** 2 @ scaled.second
    assert np.abs(found).max() <= LARGEST and (found.argmax(1) == scores.argmax(1)).all()
    pairs = model.for_comparisons()
    signs = x @ pairs.first if not hidden else (x @ pairs.first) ** 2 @ pairs.second
    assert np.abs(signs).max() <= 1 + 1e-12
    assert (np.sign(signs[:, 0]) == np.sign(scores[:, 0] - scores[:, 1])).all()


@pytest.mark.parametrize("hidden", [0, 24])
def test_noise_and_rounding_stay_within_the_stated_error(hidden):
    rng = np.random.default_rng(5)
    sizes = [(hidden, 64), (10, hidden)] if hidden else [(10, 64)]
    model = Quadratic.of_layers([(rng.normal(size=s) / 4, rng.normal(size=s[0])) for s in sizes])
    parameters, scaled = choose("scores", hidden=hidden > 0), model.for_scores()
    error = scaled.error(parameters)
    x = (rng.uniform(0, 1, 64) + 0.25 * rng.normal(size=(2000, 64))).astype(np.float32)
    coded = with_one(x.astype(np.float64))
    coded += slot_deviation(parameters) * rng.normal(size=coded.shape)
    weights = scaled.rounded(parameters.scale)
    inner = coded @ weights.first
    found = inner if not hidden else inner**2 @ weights.second
    single = x @ scaled.first[:-1].astype(np.float32) + scaled.first[-1].astype(np.float32)
    if hidden:
        single = single**2 @ scaled.second.astype(np.float32)
    pairs = [(a, b) for a in range(10) for b in range(a)]
    worst = max(
        np.abs((found[:, a] - found[:, b]) - (single[:, a] - single[:, b])).max() for a, b in pairs
    )
    assert 0 < worst < error < 1e-2


def test_rounded_weights_are_multiples_of_the_scale_and_never_zero():
    model = small(3)
    assert (model.first == 0).any()  # the unit that is 1 has them
    found = model.rounded(20)
    for before, after in ((model.first, found.first), (model.second, found.second)):
        assert (after != 0).all() and (after * 2**20 == np.round(after * 2**20)).all()
        assert np.abs(before - after).max() <= 2.0**-20


def test_what_cannot_be_compared_is_refused():
    same = [(np.ones((2, 4)), np.zeros(2))]
    with pytest.raises(UserError, match="equal scores"):
        Quadratic.of_layers(same).for_comparisons()
    with pytest.raises(UserError, match="no finite number"):
        Quadratic.of_layers([(np.full((2, 4), np.inf), np.zeros(2))])
    with pytest.raises(UserError, match="4,096 inputs"):
        Quadratic.of_layers([(np.ones((2, 5000)), np.zeros(2))])


def test_models_of_much_noise_take_larger_inputs():
    plain, noisy = small(3), Quadratic.of_layers(layers(3), sigma=1.0)
    assert Quadratic.of_layers(layers(3), sigma=0.5).limit == plain.limit == 5**0.5
    # The square of a noisy image of d values, 1 among them, is about d (1 + sigma^2) at most.
    assert noisy.limit == (2.5 * 5) ** 0.5 == noisy.for_scores().rounded(30).limit


@pytest.mark.parametrize("size", [1e-16, 1e-12, 1e-11, 1e-10, 1e-8, 1.0, 1e3])
def test_layers_of_very_different_sizes_leave_no_wrong_vote(size):
    """Weights far below the scale are rounded up to it, those behind them far above it."""
    rng = np.random.default_rng(1)
    hidden = (rng.normal(size=(6, 16)) * size, rng.normal(size=6) * size)
    model = Quadratic.of_layers([hidden, (rng.normal(size=(2, 6)), np.zeros(2))], sigma=0.25)
    x = rng.uniform(size=(4000, 16)) + 0.25 * rng.normal(size=(4000, 16))
    offer, clear = Offer.of(model, "scores"), model.scores(x).argmax(1)
    found = by_scores(offer.model.scores(x), offer.terms.error)
    assert ((found == clear) | (found == NOT_COUNTED)).all()


@pytest.mark.parametrize("size", [1e-14, 1e6, 1e7])
def test_comparisons_that_rounding_may_turn_are_not_offered(size):
    (weight, bias), (last, _) = layers(3)
    model = Quadratic.of_layers([(weight * size, bias * size), (last, np.zeros(len(last)))])
    with pytest.raises(UserError, match="of such different sizes"):
        Offer.of(model, "bits")


@pytest.mark.parametrize("hidden", [0, 24])
def test_rounding_in_the_clear_counts_where_scores_have_much_in_common(hidden):
    """Single precision rounds both scores, however little they differ."""
    rng = np.random.default_rng(6)
    sizes = [(hidden, 64), (4, hidden)] if hidden else [(4, 64)]
    parts = [(rng.normal(size=s), rng.normal(size=s[0])) for s in sizes]
    weight, bias = parts[-1]
    common = 100 * rng.normal(size=weight.shape[1])
    parts[-1] = weight.astype(np.float32) / 100 + common.astype(np.float32), bias
    parts = [(w.astype(np.float32).astype(float), b.astype(np.float32)) for w, b in parts]
    model = Quadratic.of_layers(parts)
    x = (rng.uniform(0, 1, 64) + 0.25 * rng.normal(size=(4000, 64))).astype(np.float32)
    single = x
    for number, (w, b) in enumerate(parts):
        single = single**2 if number else single
        single = single @ w.T.astype(np.float32) + b.astype(np.float32)
    scaled = model.for_scores()
    exact, by = scaled.scores(x.astype(np.float64)), (scaled.last / model.last)[0, 0]
    moved = [
        np.abs(exact[:, a] - exact[:, b] - by * (1.0 * single[:, a] - single[:, b])).max()
        for a, b in combinations(range(4), 2)
    ]
    counted = scaled.error(choose("scores", hidden=hidden > 0))
    assert max(moved) < counted
    # What rounding would be of the difference alone, as if it were one score.
    alone = scaled.scaled(scaled.differences, np.abs(scaled.differences), 1.0)
    assert hidden == 0 or alone._single(alone.sizes_behind) < 0.1 * counted
    pairs = model.for_comparisons()
    exact = pairs.scores(x.astype(np.float64))
    for column, (a, b) in enumerate(combinations(range(4), 2)):
        by = (pairs.last[:, column] / model.differences[:, column])[0]
        moved = np.abs(exact[:, column] - by * (1.0 * single[:, a] - single[:, b])).max()
        assert moved < pairs.comparison_error(choose("bits", hidden=hidden > 0))


def test_a_bias_is_rounded_as_what_it_is_summed_from():
    """(x - m) / s in single precision: large m cancel in the bias, not in what is rounded."""
    layer = [(np.ones((2, 4)) * [[1], [2]], np.array([0.5, 0.25]))]
    plain = Quadratic.of_layers(layer).for_scores()
    moved = Quadratic.of_layers(layer, shifts=np.array([1e3, 1e3])).for_scores()
    parameters = choose("scores", hidden=False)
    assert moved.error(parameters) > 50 * plain.error(parameters)


def test_rounded_ciphertexts_deviate_more_than_fresh_ones():
    """Of a ciphertext (c0, c1) both are rounded, and c1 is multiplied by a ternary key."""
    parameters, rng = choose("bits", hidden=True), np.random.default_rng(7)
    ring = 256
    small_ring = parameters.model_copy(update={"ring": ring})
    slots = []
    for _ in range(200):
        key = rng.integers(-1, 2, ring)
        both = rng.uniform(-0.5, 0.5, (2, ring))
        product = np.convolve(both[1], key)
        noise = both[0] + product[:ring]
        noise[: ring - 1] -= product[ring:]  # x^N = -1
        roots = np.exp(1j * np.pi * (2 * np.arange(ring // 2) + 1) / ring)
        slots.append((noise * roots[:, None] ** np.arange(ring)).sum(axis=1).real)
    found = np.std(slots) / 2.0**parameters.scale
    stated = rounding_deviation(small_ring)
    # Stated are twice both parts of a slot, and its real part is read.
    assert stated == pytest.approx(8**0.5 * found, rel=0.1)
    assert rounding_deviation(parameters) > 10 * slot_deviation(parameters)
