"""The small safety filter over a drawn thing and what to do to it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch

from engine.demos.data.filter import (
    CLASSES,
    ELECTRIC,
    LONGEST,
    VESSELS,
    VOCABULARY,
    Pairs,
    load_pairs,
    make_pairs,
)
from engine.demos.letters import noisy_words
from engine.demos.making import Demo, Recipe, cosine, fit
from engine.models.kinds import PAIR_ARCHITECTURE
from engine.models.token_classifier import PairNetwork
from engine.training.loop import Batch

SHIPPED_PAIRS = 160
TEST_SEED = 1 << 32
RECIPE = Recipe(examples=8192, epochs=12, batch=128, weight_decay=1e-4)
SCHEME = {"key": "hybrid-mask", "sigma": 0.25, "beta": 0.8, "vocabulary": len(VOCABULARY)}
_INDEX = {word: token for token, word in enumerate(VOCABULARY)}


def pairs_seed(seed: int, epoch: int) -> int:
    """Of the training pairs of an epoch; the shipped test pairs have the seed 2^32."""
    return seed * 1000 + epoch


def tensors(pairs: Pairs) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Images in [0, 1], tokens padded with masks to one length, labels."""
    images = torch.from_numpy(pairs.levels.astype(np.float32) / np.float32(255))
    tokens: npt.NDArray[np.int64] = np.full((len(pairs.texts), LONGEST), len(VOCABULARY))
    for row, text in zip(tokens, pairs.texts, strict=True):
        words = [_INDEX[word] for word in text.split()]
        row[: len(words)] = words
    return images, torch.from_numpy(tokens), torch.from_numpy(pairs.labels)


def train(recipe: Recipe) -> torch.nn.Module:
    """Every epoch has pairs of its own."""
    sigma, beta = 0.25, 0.8

    def epoch(number: int, generator: torch.Generator) -> Iterator[Batch]:
        pairs = make_pairs(recipe.examples, pairs_seed(recipe.seed, number))
        images, tokens, labels = tensors(pairs)
        for chosen in torch.randperm(len(labels), generator=generator).split(recipe.batch):
            noise = torch.randn(images[chosen].shape, generator=generator)
            words = noisy_words(tokens[chosen], "mask", beta, len(VOCABULARY), generator)
            yield (images[chosen] + sigma * noise, words), labels[chosen]

    return fit(
        lambda: PairNetwork(len(VOCABULARY), len(CLASSES)),
        recipe,
        lambda generator: (epoch(number, generator) for number in range(recipe.epochs)),
        cosine(recipe),
    )


def held_out() -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
    """The shipped pairs."""
    *inputs, labels = tensors(load_pairs())
    return tuple(inputs), labels


FILTER = Demo(
    name="filter",
    title="a toy safety filter over a drawn thing and an instruction",
    architecture=PAIR_ARCHITECTURE,
    classes=CLASSES,
    scheme=SCHEME,
    recipe=RECIPE,
    train=train,
    header=lambda recipe: {
        "classes": json.dumps(CLASSES),
        "words": json.dumps(VOCABULARY),
        "training_scheme": json.dumps(SCHEME),
    },
    held_out=held_out,
    specs=[f"filter:{index}" for index in range(40)],
    cells=[{"words": float(w), "epsilon": e} for w in (0, 1, 2, 3) for e in (0.0, 0.1, 0.25)],
    data=(
        f"drawn here: vessels ({', '.join(VESSELS)}) and electric things ({', '.join(ELECTRIC)}), "
        "with words that mean water or current; unsafe is water on an electric thing and current "
        "on a vessel, both kinds as often with both, so that neither the image nor the text "
        f"alone tells the answer; {RECIPE.examples:,} training pairs per epoch from seed "
        f"{RECIPE.seed}, {SHIPPED_PAIRS} test pairs from seed 2^32, shipped as filter:0 to "
        f"filter:{SHIPPED_PAIRS - 1}"
    ),
    limits=(
        f"a made-up rule over eight drawings and {len(VOCABULARY)} words: it shows the joint "
        "certificate, and filters nothing real; texts are strings of words, not sentences, and "
        "other words are refused"
    ),
)
