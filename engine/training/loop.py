"""Noise augmentation: train on noised images (Cohen, Rosenfeld & Kolter, ICML 2019).

The same for every scheme: one draw of its noise per image and step (Levine & Feizi, AAAI 2020,
for ablation; Scholten et al., NeurIPS 2023, for hierarchical noise).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn
from torch.nn import functional

from engine.schemes import Scheme
from engine.system.progress import Seen
from engine.training.data import Augmentation, DataSet, Part, floats
from engine.training.image_noise import noisy

Batch = tuple[tuple[torch.Tensor, ...], torch.Tensor]
"""What a network takes, and the classes."""
_LOOK = 1024
"""Images per batch where nothing is learned."""


@dataclass(frozen=True)
class Recipe:
    """What decides the weights, beside the data and the network.

    Attributes:
        scheme: whose noise the network sees.
        check_every: epochs between looks at the validation part.
        draws: noisy samples of every validation image at a look.
        precision: of the products in training; the weights are float32 in either. Networks of
            images run in bf16 twice as fast on processors that have it.
    """

    scheme: Scheme
    seed: int = 0
    epochs: int = 600
    batch: int = 128
    optimizer: Literal["adamw", "sgd"] = "adamw"
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    check_every: int = 10
    draws: int = 50
    precision: Literal["fp32", "bf16"] = "fp32"


@dataclass(frozen=True)
class Trained:
    """The network of the best epoch, and how it did there on noisy validation images."""

    network: nn.Module
    epoch: int
    validation_accuracy: float


@torch.no_grad()
def noisy_accuracy(
    network: nn.Module, part: Part, scheme: Scheme, *, draws: int, seed: int
) -> float:
    """Share of right answers over ``draws`` noisy samples of every image."""
    network.eval()
    pixels, labels = part
    generator = torch.Generator(pixels.device).manual_seed(seed)
    right = 0
    for _ in range(draws):
        for some, answers in zip(pixels.split(_LOOK), labels.split(_LOOK), strict=True):
            scores = network(noisy(floats(some), scheme, generator))
            right += int((scores.argmax(1) == answers).sum())
    return right / (draws * len(labels))


def descend(
    network: nn.Module,
    rounds: Iterable[Iterable[Batch]],
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler | None = None,
    *,
    bf16: bool = False,
) -> None:
    """A step down the cross-entropy for every batch, and of the schedule for every round.

    Args:
        network: trained in place.
        rounds: of batches, each what the network takes and the classes, of any shape.
        optimizer: of its weights.
        schedule: of the learning rate.
        bf16: products in bfloat16.
    """
    network.train()
    for batches in rounds:
        for inputs, labels in batches:
            optimizer.zero_grad()
            with torch.autocast(labels.device.type, torch.bfloat16, enabled=bf16):
                scores = network(*inputs).float()
            loss = functional.cross_entropy(scores.flatten(0, -2), labels.flatten())
            torch.autograd.backward(loss)
            optimizer.step()
        if schedule is not None:
            schedule.step()


def train(
    network: nn.Module,
    data: DataSet,
    recipe: Recipe,
    seen: Seen = lambda epoch, epochs: None,
) -> Trained:
    """Train ``network`` in place of its random weights and keep the epoch best on validation.

    A cosine schedule over all epochs. The validation noise is the same at every look, so that
    epochs are compared on equal terms. ``seen`` is told of every epoch that has ended.
    """
    generator = torch.Generator(data.train[0].device).manual_seed(recipe.seed)
    bf16 = recipe.precision == "bf16"
    if bf16:
        network.to(memory_format=torch.channels_last)
    optimizer = _optimizer(network, recipe)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.epochs)
    best = Trained(network, 0, -1.0)
    for epoch in range(1, recipe.epochs + 1):
        batches = _batches(data.train, data.augment, recipe, generator)
        descend(network, [batches], optimizer, schedule, bf16=bf16)
        if epoch % recipe.check_every == 0 or epoch == recipe.epochs:
            accuracy = noisy_accuracy(
                network, data.validation, recipe.scheme, draws=recipe.draws, seed=recipe.seed
            )
            if accuracy >= best.validation_accuracy:
                best = Trained(copy.deepcopy(network), epoch, accuracy)
        seen(epoch, recipe.epochs)
    return best


def _optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    weights, rate, decay = network.parameters(), recipe.learning_rate, recipe.weight_decay
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(weights, lr=rate, momentum=0.9, weight_decay=decay)
    return torch.optim.AdamW(weights, lr=rate, weight_decay=decay)


def _batches(
    part: Part, augment: Augmentation, recipe: Recipe, generator: torch.Generator
) -> Iterator[Batch]:
    """One epoch in a new order, moved and noised."""
    pixels, labels = part
    order = torch.randperm(len(labels), generator=generator, device=pixels.device)
    for chosen in torch.split(order, recipe.batch):
        moved = augment(floats(pixels[chosen]), generator)
        yield (noisy(moved, recipe.scheme, generator),), labels[chosen]
