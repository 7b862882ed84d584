import torch

from bench.ensemble import cost
from tests.fakes import HalfSpace


def test_a_share_of_every_round_is_measured():
    found = cost([HalfSpace(0.0), HalfSpace(0.1)], torch.rand(500, 1, 8, 8), "votes", 3)
    assert len(found) == 3 and all(share > 0 for share in found)
