from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.encrypted.parameters import (
    COMPARING,
    MOST_BITS,
    Parameters,
    budget,
    choose,
    comparisons,
    estimate,
)


def test_the_table_is_that_of_the_standard():
    # Homomorphic Encryption Standard (November 2018), table 1, ternary secret, 128 bits, classical.
    assert MOST_BITS == {1024: 27, 2048: 54, 4096: 109, 8192: 218, 16384: 438, 32768: 881}


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("answer", ["scores", "bits"])
def test_whatever_is_chosen_is_secure_and_its_numbers_fit(answer, hidden):
    chosen = choose(answer, hidden=hidden)
    chosen.check()
    assert budget(chosen, answer, hidden=hidden, largest=8.0) >= 1


def test_parameters_that_are_not_secure_are_refused_with_the_limit():
    one_more = Parameters(ring=8192, primes=(53, 53, 53, 60), scale=30)
    with pytest.raises(UserError, match=r"219 bits .* a ring of 8,192: .* allows 218"):
        one_more.check()
    with pytest.raises(UserError, match="A ring of 65,536 is none of the Homomorphic"):
        Parameters(ring=65536, primes=(60, 60), scale=30).check()


def test_a_scale_that_is_too_large_leaves_less_than_nothing():
    tight = Parameters(ring=8192, primes=(53, 53, 52, 60), scale=40)
    assert budget(tight, "scores", hidden=True, largest=8.0) == 158 - 200 - 4


def test_comparisons_take_the_levels_that_a_model_leaves():
    assert comparisons(1) == 3 and comparisons(3) == 2
    levels = len(COMPARING.primes) - 2
    assert 1 + 4 * (comparisons(1) + 1) <= levels and 3 + 4 * (comparisons(3) + 1) <= levels


def test_an_estimate_grows_with_votes_and_weights():
    common = {"features": 65, "classes": 10, "largest": 8.0}
    few = estimate(choose("scores", hidden=True), "scores", hidden=24, votes=4096, **common)
    many = estimate(choose("scores", hidden=True), "scores", hidden=48, votes=40960, **common)
    assert many.batches == few.batches + 9 and few.sent == many.sent == 65 * 16 * 8192 * 3
    assert many.seconds > 2 * few.seconds and many.memory > few.memory
    assert "Depth 3, 4 bits of noise budget left; 16 batches, 409 MB to send" in few.in_words()
