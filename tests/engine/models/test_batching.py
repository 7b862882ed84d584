from __future__ import annotations

import pytest
import torch

from engine.models.batching import checked_scores, in_chunks


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
