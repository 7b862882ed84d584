import numpy as np
import pytest
import torch

from engine.explain.graph_attack import find_flips
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from tests.fakes import HalfSpace, identity


class Linear(HalfSpace):
    """Class 0's lead is twice a weighted sum of the features."""

    def __init__(self, weights: torch.Tensor, encoding: str = "plain") -> None:
        super().__init__(0.0)
        self.identity = identity(encoding=encoding, kind="graph")
        self.weights = weights

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        lead = (batch[..., : self.weights.shape[1]] * self.weights).sum(dim=(1, 2))
        return torch.stack([lead, -lead], dim=1)


X = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
WEIGHTS = torch.tensor([[-3.0, 2.0, 1.0], [0.5, -1.0, -4.0]])


@pytest.mark.parametrize("encoding", ["plain", "indicator"])
def test_flips_that_lower_the_lead_are_found_in_order_and_no_others(encoding):
    found = find_flips(Linear(WEIGHTS, encoding), X, top=0)
    flips = list(zip(found.rows, found.columns, found.adds, strict=True))
    assert flips == [(0, 0, True), (0, 1, False), (1, 1, True), (1, 0, False)]
    np.testing.assert_allclose(found.gains, [6, 4, 2, 1], rtol=1e-5)


def test_it_attacks_the_class_it_is_told():
    found = find_flips(Linear(WEIGHTS), X, top=1)
    assert set(zip(found.rows.tolist(), found.columns.tolist(), strict=True)) == {(0, 2), (1, 2)}


def test_nothing_to_attack():
    assert find_flips(Linear(WEIGHTS), X, top=None) is None
    assert find_flips(Linear(torch.zeros(2, 3)), X, top=0) is None
    assert find_flips(Linear(torch.full((2, 3), torch.nan)), X, top=0) is None


@pytest.mark.parametrize("demo", ["karate-sparse", "karate-ablation"])
def test_the_best_flip_lowers_the_lead_of_a_real_network(demo):
    model = load_model(ModelRequest(f"demo:{demo}"))
    given = fitted(model, load_input("karate:12"))
    bound = model.bound_to(given)
    bound.prepare(torch.device("cpu"), "fp32")
    x = torch.from_numpy(given.arrays[0])
    found = find_flips(bound, x, top=0)
    changed = x.clone()
    changed[found.rows[0], found.columns[0]] = 1 - changed[found.rows[0], found.columns[0]]
    told = torch.zeros((2, len(x), int(demo == "karate-ablation")))
    scores = bound.scores(torch.cat([torch.stack([x, changed]), told], dim=2))
    lead = scores[:, 0] - scores[:, 1]
    assert lead[1] < lead[0]
