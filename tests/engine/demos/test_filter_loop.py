from __future__ import annotations

import pytest
import torch

from engine.demos.filter_loop import (
    FilterRecipe,
    masked,
    noised,
    pairs_seed,
    tensors,
    train_filter,
)
from engine.demos.filter_task import LONGEST, VOCABULARY, make_pairs


def test_a_seed_decides_the_weights():
    recipe = FilterRecipe(epochs=1, pairs=64, batch=32)
    first, again = train_filter(recipe).state_dict(), train_filter(recipe).state_dict()
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not train_filter(recipe).training


def test_short_texts_are_filled_up_with_masks():
    pairs = make_pairs(16, seed=0)
    images, tokens, labels = tensors(pairs)
    assert images.min() >= 0 and images.max() <= 1 and len(labels) == 16
    for row, one in zip(tokens, pairs.tokens, strict=True):
        assert row[: len(one)].tolist() == one.tolist()
        assert (row[len(one) :] == len(VOCABULARY)).all() and len(row) == LONGEST


def test_noise_has_its_levels():
    generator = torch.Generator().manual_seed(0)
    noise = noised(torch.zeros(64, 3, 32, 32), 0.25, generator)
    assert float(noise.std()) == pytest.approx(0.25, rel=0.01)
    gone = masked(torch.zeros(20_000, 5, dtype=torch.int64), 0.8, generator) == len(VOCABULARY)
    assert float(gone.float().mean()) == pytest.approx(0.8, abs=0.01)


def test_epochs_and_tests_share_no_seed():
    seeds = {pairs_seed(seed, epoch) for seed in range(3) for epoch in range(50)}
    assert len(seeds) == 150 and max(seeds) < 1 << 32
