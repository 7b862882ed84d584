"""Whole frontiers against their cells one by one."""

import math

import numpy as np
import pytest

from engine.certificates.frontiers import (
    Decision,
    cells,
    flips_table,
    most_words,
    required_by,
    required_of,
    staircase,
    words_table,
)
from engine.certificates.hybrid import lower, upper
from engine.certificates.kernels import Flip, Mask, Uniform

KERNEL = Uniform(1000, 0.9)


def majority(p_lower: float, p_upper: float | None = None) -> Decision:
    found = Decision.of(p_lower, 1 - p_lower if p_upper is None else p_upper, 0.5)
    assert found is not None
    return found


def test_a_decision_is_lost_where_it_does_not_hold_at_the_clean_input():
    assert Decision.of(0.5, 0.5, 0.5) is None
    assert Decision.of(0.3, 0.4, 0.5) is None
    assert Decision.of(0.04, 0.9, 0.05) is None
    assert Decision.of(0.3, 0.2, 0.5) == Decision((0.3, 0.8), 1.0)
    assert Decision.of(0.9, 0.1, 0.5) == Decision((0.9,), 0.5)
    assert Decision.of(0.3, 0.7, 0.05) == Decision((0.3,), 0.05)


def test_the_most_words_that_may_change():
    """Masks: 1 - beta^d < p - 1/2, so floor(ln 2 / ln(1 / beta)) words at best."""
    for beta, best in ((0.9, 6), (0.95, 13), (0.99, 68)):
        assert most_words(Mask(beta), majority(1 - 1e-9), 256) == best
    assert most_words(KERNEL, majority(0.5 + 1e-13), 256) == 0
    assert most_words(Uniform(20_000, 0.25), majority(0.9995), 256) == 0


def test_bounding_the_others_certifies_more_words():
    alone, both = majority(0.8), majority(0.8, 0.01)
    assert most_words(KERNEL, both, 64) > most_words(KERNEL, alone, 64)
    words = most_words(KERNEL, both, 64)
    atoms = KERNEL.atoms(words)
    assert lower(0.8, 0.0, atoms) > upper(0.01, 0.0, atoms)
    atoms = KERNEL.atoms(words + 1)
    assert lower(0.8, 0.0, atoms) < upper(0.01, 0.0, atoms)


def test_the_staircase_falls_and_ends_where_words_do():
    reach = staircase(KERNEL, majority(0.999), sigma=0.5, most=64)
    assert list(reach) == sorted(reach, reverse=True)
    assert len(reach) == most_words(KERNEL, majority(0.999), 64) + 1
    for words, strength in enumerate(reach):
        assert lower(0.999, 2 * strength, KERNEL.atoms(words)) >= 0.5
        assert lower(0.999, 2 * strength + 1e-6, KERNEL.atoms(words)) < 0.5


def test_the_unchanged_input_is_certified_by_the_decision_itself():
    assert staircase(KERNEL, majority(0.5 + 1e-14), sigma=0.5, most=4) == (0.0,)
    assert cells(Flip(0.1, 0.3), majority(0.5 + 1e-14), sigma=0.5, most=3) == ((0.0,),)


def test_cells_are_those_of_each_pair():
    kernel, decision = Flip(0.05, 0.4), majority(0.999)
    found = cells(kernel, decision, sigma=0.5, most=9)
    for additions in range(10):
        for deletions in range(10):
            atoms = kernel.atoms(additions, deletions)
            inside = additions < len(found) and deletions < len(found[0])
            strength = found[additions][deletions] if inside else None
            if strength is None:
                assert lower(0.999, 0.0, atoms) < 0.5
            else:
                assert lower(0.999, 2 * strength, atoms) >= 0.5
                assert lower(0.999, 2 * strength + 1e-6, atoms) < 0.5


def test_required_probabilities_alone_and_together():
    table = words_table(KERNEL, 8)
    asked = [(0, 0.5), (3, 0.0), (3, 1.0), (8, 2.0)]
    together = required_of(table, asked, 0.5)
    alone = [required_by(table, row, shift, 0.5) for row, shift in asked]
    assert together == pytest.approx(alone, abs=1e-14)
    assert required_by(words_table(Mask(0.5), 3), 2, 0.0, 0.5) is None
    assert math.isclose(together[0] or 0, 0.6914624612740131, abs_tol=1e-12)


def test_a_map_and_a_region_agree():
    """p_lower certifies exactly where it is at least p*."""
    kernel = Flip(0.05, 0.4)
    table = flips_table(kernel, 6)
    certified = majority(0.97).certified(table)
    needed = required_of(table, [(row, 0.0) for row in range(49)], 0.5)
    assert [p is not None and p <= 0.97 for p in needed] == certified.tolist()
    assert 2 < certified.sum() < 49


def test_trimming_only_weakens_and_by_nothing_one_could_see():
    for words in (6, 8, 40):
        full = Uniform(20_000, 0.9).atoms(words)
        trimmed = full.trimmed()
        assert len(trimmed.clean) < len(full.clean)
        for p in (0.6, 0.9995, 1 - 1e-6):
            assert lower(p, 0.7, trimmed) <= lower(p, 0.7, full) + 1e-15
            assert lower(p, 0.7, trimmed) == pytest.approx(lower(p, 0.7, full), abs=1e-12)


def test_tables_are_kept():
    assert words_table(KERNEL, 8) is words_table(Uniform(1000, 0.9), 8)
    assert np.isfinite(words_table(Uniform(2, 0.999), 40).log_ratio).all()
