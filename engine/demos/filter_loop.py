"""Training the small safety filter under the noise that it is certified with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from engine.demos.filter_task import LONGEST, VOCABULARY, Pairs, make_pairs
from engine.models.pair_network import PairNetwork


@dataclass(frozen=True)
class FilterRecipe:
    """What decides the weights.

    Attributes:
        sigma: of the Gaussian noise on the image.
        beta: probability that a word is masked.
        seed: of pairs, first weights and noise.
        pairs: to train on, drawn anew in every epoch.
    """

    sigma: float = 0.25
    beta: float = 0.8
    seed: int = 0
    epochs: int = 12
    pairs: int = 8192
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4


def train_filter(recipe: FilterRecipe) -> PairNetwork:
    """AdamW with a learning rate that falls along a cosine; every epoch has pairs of its own."""
    torch.manual_seed(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)
    network = PairNetwork(len(VOCABULARY), 2)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.epochs)
    network.train()
    for epoch in range(recipe.epochs):
        pairs = make_pairs(recipe.pairs, pairs_seed(recipe.seed, epoch))
        images, tokens, labels = tensors(pairs)
        for chosen in torch.randperm(len(labels), generator=generator).split(recipe.batch):
            optimizer.zero_grad()
            scores = network(
                noised(images[chosen], recipe.sigma, generator),
                masked(tokens[chosen], recipe.beta, generator),
            )
            torch.autograd.backward(functional.cross_entropy(scores, labels[chosen]))
            optimizer.step()
        schedule.step()
    return network.eval()


def pairs_seed(seed: int, epoch: int) -> int:
    """Of the training pairs of an epoch; the shipped test pairs have the seed 2^32 + seed."""
    return seed * 1000 + epoch


def tensors(pairs: Pairs) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Images in [0, 1], tokens padded with masks to one length, labels."""
    images = torch.from_numpy(pairs.levels.astype(np.float32) / np.float32(255))
    tokens: npt.NDArray[np.int64] = np.full((len(pairs.tokens), LONGEST), len(VOCABULARY))
    for row, one in zip(tokens, pairs.tokens, strict=True):
        row[: len(one)] = one
    return images, torch.from_numpy(tokens), torch.from_numpy(pairs.labels)


def noised(images: torch.Tensor, sigma: float, generator: torch.Generator) -> torch.Tensor:
    """Images with Gaussian noise; certificates draw from the program's own."""
    return images + sigma * torch.randn(images.shape, generator=generator)


def masked(tokens: torch.Tensor, beta: float, generator: torch.Generator) -> torch.Tensor:
    """Each token masked with probability beta."""
    gone = torch.rand(tokens.shape, generator=generator) < beta
    return tokens.masked_fill(gone, len(VOCABULARY))
