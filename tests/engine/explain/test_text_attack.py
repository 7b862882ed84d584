from itertools import product

import pytest
import torch

from engine.explain.text_attack import find_words, with_texts
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


def test_greedy_steps_are_the_best_where_words_do_not_interact():
    found = find_words(Bag(), TEXT, size=SIZE, top=0, key=1)
    assert found.greedy
    assert found.steps == ((2, found.steps[0][1]), (1, 0), (0, 2))
    assert found.steps[0][1] in (0, 1, 2)


@pytest.mark.parametrize("words", [1, 2, 3])
def test_no_change_of_so_many_words_does_worse_to_a_sum(words):
    model = Bag()
    steps = find_words(model, TEXT, size=SIZE, top=0, key=1).steps[:words]
    changed = TEXT.clone()
    for position, token in steps:
        changed[position] = token
    texts = torch.tensor(list(product(range(SIZE), repeat=3)))
    near = texts[(texts != TEXT).sum(dim=1) <= words]
    assert model.scores(changed[None])[0, 0] == model.scores(near)[:, 0].min()


def test_the_other_class_is_attacked_the_other_way():
    steps = find_words(Bag(), TEXT, size=SIZE, top=1, key=1).steps
    assert steps[0] == (0, 4)


def test_every_word_has_a_substitute_that_is_another_word_of_the_alphabet():
    text = torch.arange(12) % SIZE
    worth = torch.rand(12, SIZE, generator=torch.Generator().manual_seed(3))
    for tries in (4096, 200, 5):
        found = find_words(Bag(worth), text, size=SIZE, top=0, key=7, tries=tries)
        assert found.greedy == (tries > 5)
        assert sorted(position for position, _ in found.steps) == list(range(12))
        assert all(0 <= token < SIZE and token != text[at] for at, token in found.steps)
        assert found == find_words(Bag(worth), text, size=SIZE, top=0, key=7, tries=tries)


def test_scores_that_are_not_finite_are_no_success():
    worth = WORTH.clone()
    worth[2, 0] = torch.nan
    assert find_words(Bag(worth), TEXT, size=SIZE, top=0, key=1).steps[0] != (2, 0)


def test_a_pair_keeps_its_image():
    image = torch.rand(3, 4, 4)
    batch = with_texts((image, TEXT), torch.stack([TEXT, TEXT]))
    assert batch[0].shape == (2, 3, 4, 4) and (batch[0][1] == image).all()
    pair = find_words(Bag(), (image, TEXT), size=SIZE, top=0, key=1)
    assert pair == find_words(Bag(), TEXT, size=SIZE, top=0, key=1)
