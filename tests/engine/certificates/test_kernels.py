"""Kernels against every outcome, listed one by one."""

import math
from collections import defaultdict
from fractions import Fraction
from itertools import combinations, product

import pytest

from engine.certificates.atoms import NOTHING_CHANGED, Atoms
from engine.certificates.hybrid import lower
from engine.certificates.kernels import FieldUniform, Flip, Mask, Uniform


def listed(clean: tuple, changed: tuple, law) -> dict[float, tuple[float, float]]:
    """Masses by ratio over all outcomes; law(symbol) gives the probability of each outcome."""
    found: dict[float, list[float]] = defaultdict(lambda: [0.0, 0.0])
    shown = (sorted({*law(s), *law(t)}, key=str) for s, t in zip(clean, changed, strict=True))
    for outcome in product(*shown):
        p = math.prod(law(s).get(o, 0.0) for s, o in zip(clean, outcome, strict=True))
        q = math.prod(law(s).get(o, 0.0) for s, o in zip(changed, outcome, strict=True))
        if p or q:
            ratio = q / p if p else math.inf
            key = next((k for k in found if math.isclose(k, ratio, rel_tol=1e-9)), ratio)
            found[key][0] += p
            found[key][1] += q
    return {ratio: (p, q) for ratio, (p, q) in found.items()}


def same(atoms: Atoms, outcomes: dict[float, tuple[float, float]]):
    merged: dict[float, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for log_ratio, p, q in zip(atoms.log_ratio, atoms.clean, atoms.changed, strict=True):
        ratio = math.exp(log_ratio)
        key = next((k for k in merged if math.isclose(k, ratio, rel_tol=1e-9)), ratio)
        merged[key][0] += p
        merged[key][1] += q
    common = {r: v for r, v in outcomes.items() if 0 < r < math.inf}
    if any(p or q for p, q in merged.values()):
        assert sorted(merged) == pytest.approx(sorted(common), rel=1e-9)
        for ratio, (p, q) in merged.items():
            other = next(v for r, v in common.items() if math.isclose(r, ratio, rel_tol=1e-9))
            assert (p, q) == pytest.approx(other, rel=1e-12)
    else:
        assert not common
    assert atoms.clean_only == pytest.approx(outcomes.get(0.0, (0, 0))[0], abs=1e-14)
    assert atoms.changed_only == pytest.approx(outcomes.get(math.inf, (0, 0))[1], abs=1e-14)


def substitution(kernel: Uniform):
    others = kernel.replaced / (kernel.vocabulary - 1)

    def law(symbol):
        return {o: 1 - kernel.replaced if o == symbol else others for o in range(kernel.vocabulary)}

    return law


@pytest.mark.parametrize("vocabulary", [2, 3, 5])
@pytest.mark.parametrize("changes", [0, 1, 2, 3])
@pytest.mark.parametrize("include_self", [False, True])
def test_uniform(vocabulary: int, changes: int, include_self: bool):
    kernel = Uniform(vocabulary, 0.3, include_self)
    found = kernel.atoms(changes)
    assert len(found.clean) == 2 * changes + 1
    if vocabulary == 2 and changes:  # no third symbol: every other atom is empty
        kept = found.clean > 0
        found = Atoms(*(part[kept] for part in (found.log_ratio, found.clean, found.changed)))
    same(found, listed((0,) * changes, (1,) * changes, substitution(kernel)))


def test_including_itself_is_less_noise():
    """Mixing up the two conventions would certify wrongly."""
    assert Uniform(4, 0.8, include_self=True).replaced == pytest.approx(0.6)
    with_self = Uniform(4, 0.8, include_self=True).atoms(2)
    without = Uniform(4, 0.6).atoms(2)
    assert with_self.clean == pytest.approx(without.clean, rel=1e-14)


@pytest.mark.parametrize("changes", [0, 1, 3])
def test_mask(changes: int):
    outcomes = listed((0,) * changes, (1,) * changes, lambda s: {s: 0.4, "mask": 0.6})
    same(Mask(0.6).atoms(changes), outcomes)


@pytest.mark.parametrize(("p_plus", "p_minus"), [(0.01, 0.6), (0.2, 0.2), (0.0, 0.3), (0.3, 0.0)])
@pytest.mark.parametrize(("additions", "deletions"), [(0, 0), (1, 0), (0, 1), (2, 2), (3, 1)])
def test_flip(p_plus: float, p_minus: float, additions: int, deletions: int):
    def law(bit):
        return {0: 1 - p_plus, 1: p_plus} if bit == 0 else {0: p_minus, 1: 1 - p_minus}

    clean = (0,) * additions + (1,) * deletions
    changed = (1,) * additions + (0,) * deletions
    same(Flip(p_plus, p_minus).atoms(additions, deletions), listed(clean, changed, law))


def test_bits_that_never_flip_show_every_change():
    still = Flip(0.0, 0.0).atoms(1, 1)
    assert (still.clean_only, still.changed_only) == (1.0, 1.0)
    assert lower(0.99, 0.0, still) == 0.0
    assert lower(0.99, 0.0, Flip(0.0, 0.0).atoms(0, 0)) == pytest.approx(0.99, abs=1e-12)


def test_equal_flips_are_two_symbols():
    flip, uniform = Flip(0.2, 0.2).atoms(2, 1), Uniform(2, 0.2).atoms(3)
    assert lower(0.99, 0.7, flip) == pytest.approx(lower(0.99, 0.7, uniform), abs=1e-12)


def test_masses_keep_their_digits():
    """Against exact fractions after 256 changes."""
    beta, vocabulary, changes = 0.9, 1000, 256
    found = Uniform(vocabulary, beta).atoms(changes).clean
    other = Fraction(beta) / (vocabulary - 1)
    kept, third = 1 - Fraction(beta), (vocabulary - 2) * other
    for shown in (-20, 0, 3):
        terms = (
            Fraction(math.comb(changes, i) * math.comb(changes - i, i - shown))
            * kept ** (i - shown)
            * third ** (changes - 2 * i + shown)
            * other**i
            for i in range(max(0, shown), changes + 1)
            if changes - 2 * i + shown >= 0 and i - shown >= 0
        )
        exact = sum(terms, Fraction(0))
        assert found[changes + shown] == pytest.approx(float(exact), rel=1e-14)


@pytest.mark.parametrize(("p", "a"), [(0.9, 0.0), (0.99, 0.0), (0.99, 0.3), (0.9995, 1.0)])
@pytest.mark.parametrize("changes", [1, 2, 3])
def test_the_fields_with_most_values_are_the_worst(p: float, a: float, changes: int):
    """The lemma against every subset of fields."""
    arities = (2, 3, 3, 7, 40)
    bound = lower(p, a, FieldUniform(arities, 0.3).atoms(changes))
    subsets = [
        lower(p, a, FieldUniform(s, 0.3).atoms(changes)) for s in combinations(arities, changes)
    ]
    assert bound == pytest.approx(min(subsets), abs=1e-12)


def test_equal_fields_are_tokens():
    fields, tokens = FieldUniform((6, 6, 6), 0.4).atoms(2), Uniform(6, 0.4).atoms(2)
    assert fields.clean == pytest.approx(tokens.clean)


def test_the_lemma_has_a_condition():
    with pytest.raises(ValueError, match="beta 0.6 with a field of 2 values"):
        FieldUniform((2, 9), 0.6)
    with pytest.raises(ValueError, match="3 changes of 2 fields"):
        FieldUniform((2, 9), 0.3).atoms(3)


def test_many_sizes_are_taken_for_fewer_larger_ones():
    """3^9 atoms would be 19,683: fewer, and never a better bound."""
    arities = tuple(range(2, 11))
    found = FieldUniform(arities, 0.3).atoms(9)
    assert len(found.clean) <= 1000
    exact = NOTHING_CHANGED
    for arity in arities:
        exact = exact.times(Uniform(arity, 0.3).atoms(1))
    for p, a in ((0.9, 0.0), (0.9995, 0.5), (1 - 1e-6, 0.0)):
        assert lower(p, a, found) <= lower(p, a, exact) + 1e-12
        assert lower(p, a, found) == pytest.approx(lower(p, a, exact), abs=0.1)
    assert len(FieldUniform(tuple(range(2, 200)), 0.3).atoms(198).clean) <= 1000
