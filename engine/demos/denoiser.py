"""A classifier of digits that never saw noise, and a diffusion model that makes it certify."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional

from engine.demos.making import Recipe
from engine.models.architectures import by_name
from engine.models.architectures.digits_unet import DigitsUNet
from engine.models.diffusion_schedule import Schedule
from engine.training.data import Augmentation, Part
from engine.training.digits import large_digits

SCHEDULE = Schedule(steps=1000, betas="squaredcos_cap_v2")
CLASSIFIER = Recipe(examples=1197, epochs=10, batch=128, weight_decay=1e-4)
DENOISER = Recipe(examples=1197, epochs=400, batch=64, weight_decay=1e-4)
_KEPT = 0.995
"""Of the mean weights, at each step; the mean is what is shipped."""


def train_classifier(recipe: Recipe = CLASSIFIER) -> nn.Module:
    """A residual network of digits without any noise."""
    data = large_digits()
    torch.manual_seed(recipe.seed)
    network = by_name("digits_resnet8", {}).build(len(data.class_names))
    optimizer, schedule = _descent(network, recipe)
    network.train()
    for images, labels in _rounds(data.train, data.augment, recipe, schedule):
        optimizer.zero_grad()
        torch.autograd.backward(functional.cross_entropy(network(images), labels))
        optimizer.step()
    return network.eval()


def train_denoiser(recipe: Recipe = DENOISER) -> nn.Module:
    """A diffusion model of the digits: predicts the noise at any step of the schedule.

    J. Ho, A. Jain and P. Abbeel, Denoising Diffusion Probabilistic Models, NeurIPS 2020: the mean
    squared error of the predicted noise at steps drawn evenly, and the mean of the weights.
    """
    data, kept = large_digits(), torch.from_numpy(SCHEDULE.kept().copy()).float()
    torch.manual_seed(recipe.seed)
    network = DigitsUNet()
    mean = copy.deepcopy(network)
    optimizer, schedule = _descent(network, recipe)
    for images, _ in _rounds(data.train, data.augment, recipe, schedule):
        steps = torch.randint(SCHEDULE.steps, (len(images),))
        noise, part = torch.randn_like(images), kept[steps][:, None, None, None]
        noised = part.sqrt() * (2 * images - 1) + (1 - part).sqrt() * noise
        optimizer.zero_grad()
        torch.autograd.backward(functional.mse_loss(network(noised, steps), noise))
        optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(mean.parameters(), network.parameters(), strict=True):
                slow.lerp_(fast, 1 - _KEPT)
    return mean.eval()


def _descent(
    network: nn.Module, recipe: Recipe
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    return optimizer, torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.epochs)


def _rounds(
    part: Part,
    augment: Augmentation,
    recipe: Recipe,
    schedule: torch.optim.lr_scheduler.LRScheduler,
) -> Iterator[Part]:
    """Every epoch in a new order and moved; the learning rate falls after each."""
    generator = torch.Generator().manual_seed(recipe.seed)
    pixels, labels = part
    for _ in range(recipe.epochs):
        for chosen in torch.randperm(len(labels), generator=generator).split(recipe.batch):
            yield augment(pixels[chosen], generator), labels[chosen]
        schedule.step()
