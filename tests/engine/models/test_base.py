import torch

from engine.models.base import NO_CLASS
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
