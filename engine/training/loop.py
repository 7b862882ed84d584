"""Gaussian noise augmentation: the training of Cohen, Rosenfeld & Kolter (ICML 2019)."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

Part = tuple[torch.Tensor, torch.Tensor]
"""Pixels (N, C, H, W) and labels (N,)."""


@dataclass(frozen=True)
class Recipe:
    """What decides the weights, beside the data and the network.

    Attributes:
        sigma: training noise, pixels in [0, 1].
        rotation: largest turn, in degrees; shift: largest move, in pixels; scale: largest
            relative change of size. Each picture is moved anew in every epoch.
        check_every: epochs between looks at the validation part.
    """

    sigma: float
    seed: int = 0
    epochs: int = 600
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    rotation: float = 3.0
    shift: float = 0.2
    scale: float = 0.03
    check_every: int = 10


@dataclass(frozen=True)
class Trained:
    """The network of the best epoch, and how it did there on noisy validation pictures."""

    network: nn.Module
    epoch: int
    validation_accuracy: float


def moved(pixels: torch.Tensor, recipe: Recipe, generator: torch.Generator) -> torch.Tensor:
    """The pictures turned, moved and scaled a little, each by its own amount."""

    def uniform(half_width: float) -> torch.Tensor:
        return (torch.rand(len(pixels), generator=generator) * 2 - 1) * half_width

    angle = uniform(math.radians(recipe.rotation))
    zoom = 1 + uniform(recipe.scale)
    cos, sin = zoom * angle.cos(), zoom * angle.sin()
    step = 2 * recipe.shift / pixels.shape[-1]  # grid coordinates span -1 to 1
    rows = (torch.stack([cos, -sin, uniform(step)], 1), torch.stack([sin, cos, uniform(step)], 1))
    grid = functional.affine_grid(torch.stack(rows, 1), list(pixels.shape), align_corners=False)
    return functional.grid_sample(pixels, grid, align_corners=False)


def noisy(pixels: torch.Tensor, sigma: float, generator: torch.Generator) -> torch.Tensor:
    """Pixels plus isotropic Gaussian noise."""
    return pixels + sigma * torch.randn(pixels.shape, generator=generator)


@torch.no_grad()
def noisy_accuracy(network: nn.Module, part: Part, sigma: float, *, draws: int, seed: int) -> float:
    """Share of right answers over ``draws`` noisy copies of every picture."""
    generator = torch.Generator().manual_seed(seed)
    pixels, labels = part
    right = 0
    for _ in range(draws):
        right += int((network(noisy(pixels, sigma, generator)).argmax(1) == labels).sum())
    return right / (draws * len(labels))


def train(network: nn.Module, training: Part, validation: Part, recipe: Recipe) -> Trained:
    """Train ``network`` in place of its random weights and keep the epoch best on validation.

    AdamW with a cosine schedule. The validation noise is the same at every look, so that epochs
    are compared on equal terms.
    """
    generator = torch.Generator().manual_seed(recipe.seed)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.epochs)
    best = Trained(network, 0, -1.0)
    for epoch in range(1, recipe.epochs + 1):
        for pixels, labels in _batches(training, recipe, generator):
            optimizer.zero_grad()
            torch.autograd.backward(functional.cross_entropy(network(pixels), labels))
            optimizer.step()
        schedule.step()
        if epoch % recipe.check_every == 0 or epoch == recipe.epochs:
            accuracy = noisy_accuracy(network, validation, recipe.sigma, draws=50, seed=recipe.seed)
            if accuracy >= best.validation_accuracy:
                best = Trained(copy.deepcopy(network), epoch, accuracy)
    return best


def _batches(part: Part, recipe: Recipe, generator: torch.Generator) -> Iterator[Part]:
    """One epoch in a new order, moved and noised."""
    pixels, labels = part
    for chosen in torch.split(torch.randperm(len(labels), generator=generator), recipe.batch):
        yield (
            noisy(moved(pixels[chosen], recipe, generator), recipe.sigma, generator),
            labels[chosen],
        )
