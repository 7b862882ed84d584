"""The hybrid certificate: 40-digit vectors, all outcomes, linear programs, limits and speed."""

import json
import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.special import ndtr, ndtri

from engine.certificates.atoms import NOTHING_CHANGED, Atoms, AtomTable
from engine.certificates.hybrid import (
    largest_strengths,
    lower,
    lower_rows,
    required,
    required_rows,
    upper,
)
from engine.certificates.kernels import FieldUniform, Flip, Mask, Uniform
from engine.certificates.likelihood import LikelihoodRegions
from tests.yardstick import processor_seconds

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/hybrid.json").read_text())


def golden_atoms(kernel: str, numbers: list) -> Atoms:
    if kernel == "uniform":
        vocabulary, beta, changes = numbers
        return Uniform(vocabulary, beta).atoms(changes)
    if kernel == "mask":
        beta, changes = numbers
        return Mask(beta).atoms(changes)
    p_plus, p_minus, additions, deletions = numbers
    return Flip(p_plus, p_minus).atoms(additions, deletions)


def strength(p: float, atoms: Atoms, *, sigma: float = 0.5, tau: float = 0.5) -> float:
    return float(largest_strengths([p], AtomTable.of([atoms]), sigma=sigma, total=tau)[0])


def test_bounds_equal_forty_digits_in_both_directions_and_never_claim_more():
    for kernel, numbers, p_text, epsilon, sigma, low, high, high_of_5 in GOLDEN["point"]:
        atoms, p, a = golden_atoms(kernel, numbers), float(p_text), float(epsilon) / float(sigma)
        assert lower(p, a, atoms) == pytest.approx(float(low), abs=1e-12)
        assert lower(p, a, atoms) <= float(low)
        assert upper(1 - p, a, atoms) == pytest.approx(float(high), abs=1e-12)
        assert upper(0.05, a, atoms) == pytest.approx(float(high_of_5), abs=1e-12)
        assert upper(0.05, a, atoms) >= float(high_of_5)


def test_frontiers_equal_forty_digits_and_never_claim_more():
    for kernel, numbers, p, sigma, tau, reach in GOLDEN["frontier"]:
        atoms = golden_atoms(kernel, numbers)
        found = strength(float(p), atoms, sigma=float(sigma), tau=float(tau))
        if reach is None:
            assert math.isnan(found)
        else:
            assert found == pytest.approx(float(reach), abs=1e-9)
            assert found <= float(reach)


@pytest.mark.parametrize(
    ("table", "tau", "steps"),
    [
        (Uniform(20_000, 0.9), 0.5, [1.645, 1.565, 1.476, 1.374, 1.253, 1.095, 0.828]),
        (Uniform(20_000, 0.25), 0.5, [1.645]),
        (Uniform(20_000, 0.25), 4.6e-5, [3.601, 3.222, 2.799, 2.308, 1.704, 0.826]),
        (
            Mask(0.95),
            0.5,
            [1.645, 1.605, 1.563, 1.519, 1.472, 1.421, 1.367, 1.309, 1.244, 1.170, 1.084, 0.979,
             0.836, 0.577],
        ),
    ],
)  # fmt: skip
def test_published_staircases(table, tau: float, steps: list[float]):
    rows = AtomTable.of([table.atoms(words) for words in range(len(steps) + 1)])
    found = largest_strengths([0.9995], rows, sigma=0.5, total=tau)
    assert found[:-1] == pytest.approx(steps, abs=6e-4)
    assert math.isnan(found[-1])


@pytest.mark.parametrize(
    ("beta", "shares"), [(0.75, (0.749, 0.936, 0.9993)), (0.9, (0.599, 0.688, 0.840))]
)
def test_published_required_probabilities(beta: float, shares: tuple[float, ...]):
    for words, share in zip((1, 2, 4), shares, strict=True):
        assert required(0.0, Uniform(1000, beta).atoms(words)) == pytest.approx(share, abs=6e-4)


def test_no_changed_word_is_the_gaussian_radius():
    for p in (0.6, 0.99, 0.9995, 1 - 1e-9):
        assert strength(p, NOTHING_CHANGED, sigma=0.7) == pytest.approx(0.7 * ndtri(p), abs=1e-9)
        assert lower(p, 1.3, NOTHING_CHANGED) == pytest.approx(ndtr(ndtri(p) - 1.3), abs=1e-12)


def test_masking_has_a_closed_form():
    for words, p, a in [(1, 0.9, 0.4), (3, 0.99, 1.0), (5, 0.9995, 2.0)]:
        v = 0.9**words
        exact = v * ndtr(ndtri((p - 1 + v) / v) - a)
        assert lower(p, a, Mask(0.9).atoms(words)) == pytest.approx(exact, abs=1e-12)
        reach = 0.5 * (ndtri((p - 1 + v) / v) - ndtri(0.5 / v))
        assert strength(p, Mask(0.9).atoms(words)) == pytest.approx(reach, abs=1e-9)


def test_no_strength_is_the_discrete_certificate():
    """Against the other program's randomised test at atoms, over regions of constant ratio."""
    for atoms in (Uniform(4, 0.6).atoms(3), Flip(0.1, 0.4).atoms(2, 2)):
        discrete = LikelihoodRegions.of(atoms.clean, atoms.changed)
        for p in (0.01, 0.3, 0.6, 0.9, 0.999):
            assert upper(p, 0.0, atoms) == pytest.approx(discrete.upper(p), abs=1e-11)
            assert lower(p, 1e-9, atoms) == pytest.approx(1 - discrete.upper(1 - p), abs=1e-8)


def test_a_test_that_is_not_randomised_would_claim_more():
    """Inside an atom only a fraction of it is taken: 0.5 of the 0.9 shared with masks."""
    assert lower(0.6, 0.0, Mask(0.9).atoms(1)) == pytest.approx(0.5, abs=1e-12)


kernels = st.one_of(
    st.builds(Uniform, st.sampled_from([2, 3, 50, 50_000]), st.floats(0.01, 0.99)),
    st.builds(Mask, st.floats(0.01, 0.999)),
)
probabilities = st.one_of(st.floats(1e-6, 1 - 1e-9), st.floats(0.9, 1.0))


@settings(max_examples=60, deadline=None)
@given(kernels, probabilities, st.floats(0, 12), st.integers(0, 12), st.floats(0, 3))
def test_more_of_either_change_keeps_less(kernel, p, a, words, further):
    found = lower(p, a, kernel.atoms(words))
    assert 0.0 <= found <= p
    assert lower(p, a + further, kernel.atoms(words)) <= found + 1e-12
    assert lower(p, a, kernel.atoms(words + 1)) <= found + 1e-12


@settings(max_examples=40, deadline=None)
@given(kernels, st.floats(1e-5, 0.99), st.floats(0, 6), st.integers(0, 8))
def test_the_required_probability_suffices_and_less_does_not(kernel, tau, a, words):
    atoms = kernel.atoms(words)
    needed = required(a, atoms, tau=tau)
    if needed < 1 - 1e-6:
        assert lower(needed + 1e-9, a, atoms) >= tau - 1e-9
        assert lower(needed - 1e-6, a, atoms) < tau


@settings(max_examples=40, deadline=None)
@given(kernels, st.floats(0.5, 1 - 1e-7), st.floats(1e-4, 0.9), st.integers(0, 8))
def test_the_frontier_is_where_the_bound_meets_the_threshold(kernel, p, tau, words):
    atoms = kernel.atoms(words)
    reach = strength(p, atoms, sigma=2.0, tau=tau)
    if math.isnan(reach):
        assert lower(p, 0.0, atoms) < tau
    else:
        assert reach == 0.0 or lower(p, reach / 2.0, atoms) >= tau
        assert lower(p, reach / 2.0 + 1e-4, atoms) < tau + 1e-6


def test_the_top_class_against_every_other_one():
    """Two bounds that do not sum to one; for the Gaussian alone half the sum of both quantiles."""
    table = AtomTable.of([NOTHING_CHANGED, Mask(0.95).atoms(1), Mask(0.5).atoms(1)])
    found = largest_strengths([0.9, 1 - 0.02], table, sigma=0.5, total=1.0)
    assert found[0] == pytest.approx(0.25 * (ndtri(0.9) - ndtri(0.02)), abs=1e-9)
    assert (
        lower(0.9, 2 * found[1], Mask(0.95).atoms(1))
        >= upper(0.02, 2 * found[1], Mask(0.95).atoms(1)) - 1e-12
    )
    assert 0 < found[1] < found[0]
    assert math.isnan(found[2])
    one_sided = largest_strengths([0.9, 0.9], table, sigma=0.5, total=1.0)
    assert one_sided[:2] == pytest.approx(
        largest_strengths([0.9], table, sigma=0.5, total=0.5)[:2], abs=1e-9
    )


def test_nothing_is_certified_below_one_half():
    assert math.isnan(strength(0.4, NOTHING_CHANGED))
    assert lower(0.0, 0.3, NOTHING_CHANGED) == 0.0
    assert lower(0.05, 0.3, Mask(0.9).atoms(1)) == 0.0


def test_certainty_survives_but_for_what_only_the_change_can_show():
    assert lower(1.0, 2.0, NOTHING_CHANGED) == pytest.approx(1.0, abs=1e-12)
    assert lower(1.0, 2.0, Mask(0.9).atoms(1)) == pytest.approx(0.9, abs=1e-12)


def test_mixed_tables_take_fields_of_their_own_sizes():
    kernel = FieldUniform((40, 7, 2, 2), 0.25)
    rows = AtomTable.of([kernel.atoms(fields) for fields in range(3)])
    reach = largest_strengths([0.999], rows, sigma=0.5, total=0.01)
    assert reach[0] > reach[1] > reach[2] > 0


def outcome_laws(vocabulary: int, beta: float, words: int) -> tuple[np.ndarray, np.ndarray]:
    """Both laws over all vocabulary^words outcomes, all words changed from 0 to 1."""
    other = beta / (vocabulary - 1)
    clean, changed = [], []
    for outcome in product(range(vocabulary), repeat=words):
        clean.append(math.prod(1 - beta if o == 0 else other for o in outcome))
        changed.append(math.prod(1 - beta if o == 1 else other for o in outcome))
    return np.array(clean), np.array(changed)


def binned(edges: np.ndarray, shift: float) -> np.ndarray:
    return np.diff(ndtr(np.concatenate(([-np.inf], edges, [np.inf])) - shift))


@pytest.mark.parametrize(("p", "a"), [(0.9, 0.5), (0.99, 1.0), (0.6, 0.3)])
def test_no_classifier_of_a_linear_program_goes_below(p: float, a: float):
    """HiGHS over every outcome of two words times 400 bins: at least our bound, and close to it."""
    clean, changed = outcome_laws(3, 0.5, 2)
    edges = np.linspace(-6, 6 + a, 399)
    first = np.outer(clean, binned(edges, 0.0)).ravel()
    second = np.outer(changed, binned(edges, a)).ravel()
    best = linprog(second, A_ub=[-first], b_ub=[-p], bounds=(0, 1), method="highs")
    bound = lower(p, a, Uniform(3, 0.5).atoms(2))
    assert bound <= best.fun <= bound + 1e-4


def test_no_random_classifier_goes_below_over_all_outcomes():
    """Classifiers on 3 symbols, 2 words and 60 bins: random ones, and cuts of the ratio."""
    generator = np.random.default_rng(5)
    clean, changed = outcome_laws(3, 0.4, 2)
    atoms = Uniform(3, 0.4).atoms(2)
    edges = np.linspace(-4, 5, 59)
    for a in (0.0, 0.3, 1.0):
        first, second = np.outer(clean, binned(edges, 0.0)), np.outer(changed, binned(edges, a))
        ratio = second / first
        tests = [generator.random(ratio.shape) < generator.random() for _ in range(20)]
        tests += [ratio <= cut for cut in np.quantile(ratio, np.linspace(0.05, 1, 20))]
        tests += [generator.random(ratio.shape) for _ in range(5)]
        for test in tests:
            p, q = float((first * test).sum()), float((second * test).sum())
            assert lower(p, a, atoms) <= q + 1e-12
            assert upper(p, a, atoms) >= q - 1e-12


def test_rows_are_the_same_as_one_by_one():
    words, shifts = [0, 3, 1, 5], [0.0, 0.4, 2.0, 1e-9]
    kernel = Uniform(300, 0.8)
    table = AtomTable.of([kernel.atoms(w) for w in words])
    found = lower_rows(np.full(4, 0.99), np.array(shifts), table)
    alone = [lower(0.99, a, kernel.atoms(w)) for w, a in zip(words, shifts, strict=True)]
    assert found == pytest.approx(alone, abs=1e-14)


def test_one_root_a_frontier_and_a_map_are_fast():
    """Measured 0.2, 2 and 5 ms on one core; the limits are what live plots need."""
    kernel = Uniform(20_000, 0.9)
    atoms, table = kernel.atoms(8), AtomTable.of([kernel.atoms(words) for words in range(9)])
    assert processor_seconds(lambda: lower(0.99, 0.5, atoms), times=15) < 0.001
    live = lambda: largest_strengths([0.9995], table, sigma=0.5, total=0.5)  # noqa: E731
    assert processor_seconds(live, times=9) < 0.05
    columns = AtomTable.of([kernel.atoms(words) for words in range(16)])
    cells = columns.take(np.repeat(np.arange(16), 60))
    shifts = np.tile(np.linspace(0, 4, 60), 16)
    assert processor_seconds(lambda: required_rows(shifts, cells)) < 0.5
