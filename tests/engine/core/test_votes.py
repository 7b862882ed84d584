import numpy as np
import pytest
import torch
from pydantic import ValidationError

from engine.core.scores import MOST, ScoreSums
from engine.core.votes import Votes


def test_ties_go_to_the_lowest_index():
    assert Votes(counts=(3, 5, 5)).top == 1
    assert Votes(counts=(0, 0)).top == 0


def test_failures_belong_to_n_and_are_a_class_of_their_own():
    votes = Votes(counts=(5, 1), failures=3)
    assert votes.n == 9
    assert votes.largest_other(0) == 3
    assert Votes(counts=(5,), failures=2).largest_other(0) == 2


def test_ranked():
    assert Votes(counts=(2, 7, 2)).ranked() == [1, 0, 2]


def test_from_numpy_and_torch():
    expected = Votes(counts=(1, 2))
    assert Votes.from_sequence(np.array([1, 2])) == expected
    assert Votes.from_sequence(torch.tensor([1, 2])) == expected


def test_frozen_and_closed():
    with pytest.raises(ValidationError):
        Votes(counts=(1,), surprise=1)
    with pytest.raises(ValidationError):
        Votes(counts=(1,)).counts = (2,)


def test_scores_are_written_only_where_there_are_some():
    assert "scores" not in Votes(counts=(1,)).model_dump()
    kept = Votes(counts=(1,), scores=ScoreSums(total=5, squares=25))
    assert Votes.model_validate_json(kept.model_dump_json()) == kept
    assert Votes(counts=(3, 1)).supposed(0).scores == ScoreSums(total=3 * MOST, squares=3 * MOST**2)
