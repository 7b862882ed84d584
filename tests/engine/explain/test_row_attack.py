from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from engine.explain.row_attack import find_row_attack, leads
from tests.fakes import HalfSpace, identity

WEIGHTS = torch.tensor([3.0, 0.0, -4.0])
EFFECTS = (
    torch.tensor([0.0, -1.0]),
    torch.tensor([0.0, 2.0, -5.0, 1.0]),
    torch.tensor([0.5, 0.0, 0.1]),
)
"""What each value of each field adds to the score of class 0."""
ARITIES = (2, 4, 3)
ROW = (torch.tensor([0.1, 0.2, 0.3]), torch.tensor([0, 0, 0]))


class Additive(HalfSpace):
    """Class 0 by a sum over numbers and fields, known exactly; blind where asked."""

    def __init__(self, *, blind: bool = False, flat: bool = False) -> None:
        super().__init__(0.0)
        self.identity = identity(kind="table", input_shape=(3,))
        self.blind, self.flat = blind, flat

    @property
    def differentiable(self) -> bool:
        return not self.blind

    def scores(self, batch) -> torch.Tensor:
        numbers, codes = batch
        score = torch.zeros(len(codes)) if self.flat else numbers @ WEIGHTS
        for field, effect in enumerate(EFFECTS):
            score = score + effect[codes[:, field]]
        return torch.stack([score, -score], dim=1)


def found(classifier, top=0):
    return find_row_attack(classifier, ROW, arities=ARITIES, top=top, key=5)


def test_fields_come_by_what_they_do_to_the_lead():
    steps = [(step.field, step.code) for step in found(Additive()).steps]
    assert steps == [(1, 2), (0, 1), (2, 1)]


@pytest.mark.parametrize("words", [1, 2, 3])
def test_greedy_is_the_best_of_all_where_effects_add_up(words):
    steps = found(Additive()).steps[:words]
    codes = ROW[1].clone()
    for step in steps:
        codes[step.field] = step.code
    ours = leads(Additive(), (ROW[0][None], codes[None]), 0)[0]
    every = torch.tensor(list(itertools.product(*map(range, ARITIES))))
    near = every[(every != ROW[1]).sum(dim=1) == words]
    best = leads(Additive(), (ROW[0].expand(len(near), -1), near), 0).min()
    assert float(ours) == pytest.approx(float(best), abs=1e-5)


@pytest.mark.parametrize("blind", [False, True])
def test_numbers_move_down_the_slope_by_gradient_or_by_looking(blind):
    attack = found(Additive(blind=blind))
    np.testing.assert_allclose(attack.direction, [-0.6, 0.0, 0.8], atol=1e-5)
    assert ("gradient" in attack.how) != blind
    np.testing.assert_allclose(found(Additive(blind=blind), top=1).direction, [0.6, 0.0, -0.8],
                               atol=1e-5)  # fmt: skip


def test_without_a_slope_the_direction_is_random_and_of_length_one():
    attack = found(Additive(blind=True, flat=True))
    assert attack.how.endswith("in a random direction")
    assert np.linalg.norm(attack.direction) == pytest.approx(1.0, abs=1e-5)
    assert attack == found(Additive(blind=True, flat=True))


def test_many_values_are_tried_in_part(monkeypatch):
    monkeypatch.setattr("engine.explain.row_attack._MOST", 3)
    steps = found(Additive()).steps
    assert sorted(step.field for step in steps) == [0, 1, 2]
    assert all(step.code != int(ROW[1][step.field]) for step in steps)


def test_scores_that_are_no_numbers_are_no_lead():
    class Broken(Additive):
        def scores(self, batch):
            return super().scores(batch) * torch.nan

    assert torch.isinf(leads(Broken(), (ROW[0][None], ROW[1][None]), 0)).all()
