from __future__ import annotations

import pytest
from scipy.stats import binomtest

from engine.core.records import Votes
from engine.playground.predictions import predict_both


def test_both_are_the_binomial_tests_of_the_lecture():
    found = predict_both(Votes(counts=(300, 455, 245)), 0.001)
    assert (found.top, found.second, found.n) == (1, 0, 1000)
    assert found.p_one == pytest.approx(binomtest(455, 1000, 0.5, alternative="greater").pvalue)
    assert found.p_two == pytest.approx(binomtest(455, 755, 0.5).pvalue)
    assert found.second_answers and not found.first_answers


def test_nothing_is_said_of_no_votes():
    found = predict_both(Votes(counts=(0, 0)), 0.001)
    assert not found.first_answers and not found.second_answers
    with pytest.raises(ValueError, match="two classes"):
        predict_both(Votes(counts=(5,)), 0.001)
