from __future__ import annotations

import pytest
import torch

from engine.models.base import NO_CLASS, checked_scores, in_chunks
from tests.fakes import HalfSpace


class Given(HalfSpace):
    def __init__(self, scores: torch.Tensor) -> None:
        super().__init__(0.0)
        self.given = scores

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        return self.given


def test_a_sample_without_a_finite_winner_names_no_class():
    nan, inf = float("nan"), float("inf")
    scores = torch.tensor([[1.0, 2.0], [nan, 1.0], [inf, 0.0], [-inf, 0.0], [3.0, 3.0]])
    found = Given(scores).classify(torch.zeros(5, 1, 8, 8))
    assert found.tolist() == [1, NO_CLASS, NO_CLASS, 1, 0]


@pytest.mark.parametrize("rows", [1, 4, 5, 11])
@pytest.mark.parametrize("fixed", [None, 1, 4])
def test_chunks_give_what_the_whole_gives(rows, fixed):
    def run(batch: torch.Tensor) -> torch.Tensor:
        assert fixed is None or len(batch) == fixed
        return batch.flatten(1).cumsum(dim=1)

    batch = torch.rand(rows, 1, 2, 2)
    assert torch.equal(in_chunks(run, batch, fixed), batch.flatten(1).cumsum(dim=1))


def test_scores_are_checked():
    assert checked_scores(torch.zeros(2, 10), 2) == 10
    with pytest.raises(ValueError, match="returns a tuple instead of one tensor"):
        checked_scores((torch.zeros(2, 2),), 2)
    with pytest.raises(ValueError, match="returns 2 x 3 x 4 for 2 images"):
        checked_scores(torch.zeros(2, 3, 4), 2)
    with pytest.raises(ValueError, match="returns 1 x 5 for 2 images"):
        checked_scores(torch.zeros(1, 5), 2)
