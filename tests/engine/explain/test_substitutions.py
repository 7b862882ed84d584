from itertools import product

import numpy as np
import pytest
import torch

from engine.core.batches import parts
from engine.explain.substitutions import (
    Substitutions,
    find_direction,
    find_steps,
    leads,
    with_codes,
)
from engine.regions.region import Budget
from tests.fakes import HalfSpace, identity

SIZE, TEXT = 5, torch.tensor([1, 2, 3])
WORTH = torch.tensor([[3.0, 1.0, 0.0, 2.0, 5.0], [0.0, 4.0, 4.5, 1.0, 2.0], [1.0, 1.0, 1.0, 6, 2]])


class Bag(HalfSpace):
    """Class 0's score is a sum over places of what each word is worth there."""

    def __init__(self, worth: torch.Tensor = WORTH) -> None:
        super().__init__(0.0)
        self.identity = identity(kind="text")
        self.worth = worth
        self.largest = 0

    def scores(self, batch) -> torch.Tensor:
        tokens = batch[-1] if isinstance(batch, tuple) else batch
        self.largest = max(self.largest, len(tokens))
        score = self.worth[torch.arange(tokens.shape[1]), tokens].sum(dim=1)
        return torch.stack([score, torch.full_like(score, 8.0)], dim=1)


def found(model, x=TEXT, *, top=0, tries=4096):
    return find_steps(model, x, [SIZE] * len(parts(x)[-1]), top=top, key=7, tries=tries)


def test_greedy_steps_are_the_best_where_words_do_not_interact():
    steps, greedy = found(Bag())
    assert greedy
    assert steps == ((2, steps[0][1]), (1, 0), (0, 2))
    assert steps[0][1] in (0, 1, 2)


@pytest.mark.parametrize("words", [1, 2, 3])
def test_no_change_of_so_many_words_does_worse_to_a_sum(words):
    model = Bag()
    steps = found(model)[0][:words]
    changed = TEXT.clone()
    for position, token in steps:
        changed[position] = token
    texts = torch.tensor(list(product(range(SIZE), repeat=3)))
    near = texts[(texts != TEXT).sum(dim=1) <= words]
    assert model.scores(changed[None])[0, 0] == model.scores(near)[:, 0].min()


def test_the_other_class_is_attacked_the_other_way():
    steps, _ = found(Bag(), top=1)
    assert steps[0] == (0, 4)


def test_every_word_has_a_substitute_that_is_another_word_of_the_alphabet():
    text = torch.arange(12) % SIZE
    worth = torch.rand(12, SIZE, generator=torch.Generator().manual_seed(3))
    for tries in (4096, 200, 5):
        steps, greedy = found(Bag(worth), text, tries=tries)
        assert greedy == (tries > 5)
        assert sorted(position for position, _ in steps) == list(range(12))
        assert all(0 <= token < SIZE and token != text[at] for at, token in steps)
        assert (steps, greedy) == found(Bag(worth), text, tries=tries)


def test_scores_that_are_not_finite_are_no_success():
    worth = WORTH.clone()
    worth[2, 0] = torch.nan
    assert found(Bag(worth))[0][0] != (2, 0)


def test_a_pair_keeps_its_image():
    image = torch.rand(3, 4, 4)
    batch = with_codes((image, TEXT), torch.stack([TEXT, TEXT]))
    assert batch[0].shape == (2, 3, 4, 4) and (batch[0][1] == image).all()
    assert found(Bag(), (image, TEXT)) == found(Bag())


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


def fields(classifier, top=0, tries=4096):
    return find_steps(classifier, ROW, ARITIES, top=top, key=5, tries=tries)[0]


def direction(classifier, top=0):
    found, how = find_direction(classifier, ROW, top, 5)
    return found / found.norm(), how


def test_fields_come_by_what_they_do_to_the_lead():
    assert fields(Additive()) == ((1, 2), (0, 1), (2, 1))


@pytest.mark.parametrize("words", [1, 2, 3])
def test_greedy_is_the_best_of_all_where_effects_add_up(words):
    codes = ROW[1].clone()
    for field, code in fields(Additive())[:words]:
        codes[field] = code
    ours = leads(Additive(), (ROW[0][None], codes[None]), 0)[0]
    every = torch.tensor(list(product(*map(range, ARITIES))))
    near = every[(every != ROW[1]).sum(dim=1) == words]
    best = leads(Additive(), (ROW[0].expand(len(near), -1), near), 0).min()
    assert float(ours) == pytest.approx(float(best), abs=1e-5)


@pytest.mark.parametrize("blind", [False, True])
def test_numbers_move_down_the_slope_by_gradient_or_by_looking(blind):
    found, how = direction(Additive(blind=blind))
    np.testing.assert_allclose(found, [-0.6, 0.0, 0.8], atol=1e-5)
    assert ("gradient" in how) != blind
    other, _ = direction(Additive(blind=blind), top=1)
    np.testing.assert_allclose(other, [0.6, 0.0, -0.8], atol=1e-5)


def test_without_a_slope_the_direction_is_random():
    found, how = direction(Additive(blind=True, flat=True))
    assert how == "in a random direction"
    assert torch.equal(found, direction(Additive(blind=True, flat=True))[0])


def test_many_values_are_tried_in_part():
    steps = fields(Additive(), tries=9)
    assert sorted(field for field, _ in steps) == [0, 1, 2]
    assert all(code != int(ROW[1][field]) for field, code in steps)


def test_a_field_of_one_value_is_left_as_it_is():
    steps, greedy = find_steps(Additive(), ROW, (2, 1, 3), top=0, key=5, tries=4096)
    assert greedy and [field for field, _ in steps] == [0, 2]
    assert find_steps(Additive(), ROW, (1, 1, 1), top=0, key=5, tries=4096) == ((), True)


def test_scores_that_are_no_numbers_are_no_lead():
    class Broken(Additive):
        def scores(self, batch):
            return super().scores(batch) * torch.nan

    assert torch.isinf(leads(Broken(), (ROW[0][None], ROW[1][None]), 0)).all()


ARRAYS = (np.array([1.0, 0.0], dtype=np.float32), np.array([1, 0]))
CHANGE = Substitutions(ARRAYS, ((1, 1), (0, 0)), np.array([-0.6, 0.8]))


def test_a_change_has_the_size_that_is_asked_for():
    numbers, codes = CHANGE.change(Budget(things=1, strength=0.499, norm="l2"))
    assert np.linalg.norm(numbers - ARRAYS[0]) == pytest.approx(0.499)
    assert codes.tolist() == [1, 1]  # the field that hurts most
    assert CHANGE.change(Budget(things=2))[1].tolist() == [0, 1]
    (alone,) = Substitutions(ARRAYS[1:], CHANGE.steps).change(Budget(things=1))
    assert alone.tolist() == [1, 1] and ARRAYS[1].tolist() == [1, 0]


def test_additions_and_deletions_are_taken_from_their_own_places():
    for additions, deletions, wanted in ((1, 1, [0, 1]), (1, 0, [1, 1]), (0, 1, [0, 0])):
        numbers, codes = CHANGE.change(Budget(additions=additions, deletions=deletions))
        assert codes.tolist() == wanted and (numbers == ARRAYS[0]).all()
    assert CHANGE.change(Budget(things=1, additions=1, deletions=1)) is None
