"""A classifier of digits that never saw noise, and a diffusion model that makes it certify.

The digits have 16 by 16 pixels: with 8 by 8 a network that never saw noise still certifies most.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from engine.core.files import write_atomically
from engine.core.resources import assets
from engine.demos.making import Recipe
from engine.models.architectures import by_name
from engine.models.architectures.digits_unet import DigitsUNet
from engine.models.demo import DENOISERS
from engine.models.diffusion_schedule import Schedule
from engine.schemes import Gaussian
from engine.training.data import Augmentation, Part
from engine.training.digits import large_digits
from engine.training.making import described
from engine.training.measure import accuracy, certified_accuracy
from engine.training.writing import safetensors_bytes, threads, write_cards

CLEAN, NAME = "digits-clean", "digits-denoiser"

SCHEDULE = Schedule(steps=1000, betas="squaredcos_cap_v2")
CLASSIFIER = Recipe(examples=1197, epochs=10, batch=128, weight_decay=1e-4)
DENOISER = Recipe(examples=1197, epochs=400, batch=64, weight_decay=1e-4)
_KEPT = 0.995
"""Of the mean weights, at each step; the mean is what is shipped."""
SIGMA, RADIUS, CERTIFIED, VOTES, ALPHA = 0.25, 0.25, 100, (100, 1000), 0.001
"""What is measured for the cards: noise, radius, how many held-out digits, n0 and n, alpha."""


def make_classifier(out: Path) -> Path:
    """Train the classifier, write it, and measure it under noise without the denoiser."""
    path, data = out / f"{CLEAN}.safetensors", large_digits()
    with threads(1):
        network = train_classifier()
        header = {"architecture": "digits_resnet8"}
        write_atomically(path, safetensors_bytes(network.state_dict(), header), folders=True)
        facts = _card(
            path,
            network,
            CLASSIFIER,
            name="digits-resnet8, no noise",
            title="Handwritten digits, trained without noise",
            remarks={"Under noise without a denoiser": _measured(path)},
            clean_accuracy=accuracy(network, data.test),
            tested=f"{len(data.test[1])} test digits",
        )
    write_cards(path, facts)
    return path


def make_denoiser(out: Path) -> Path:
    """Train the denoiser, write it, and measure the shipped classifier behind it."""
    path = out.parent / DENOISERS / f"{NAME}.safetensors"
    with threads(1):
        network = train_denoiser()
        schedule = json.dumps(SCHEDULE.model_dump(mode="json"), sort_keys=True)
        header = {"architecture": "digits_unet", "schedule": schedule}
        write_atomically(path, safetensors_bytes(network.state_dict(), header), folders=True)
        before = _measured(assets() / "models" / f"{CLEAN}.safetensors", str(path))
        facts = _card(
            path,
            network,
            DENOISER,
            noise="Gaussian, of every step of its schedule",
            name=NAME,
            title="A diffusion model of handwritten digits",
            remarks={
                "Diffusion": f"{SCHEDULE.steps:,} steps of a cosine schedule, predicts the noise",
                f"Before demo:{CLEAN}": before,
            },
        )
    write_cards(path, facts)
    return path


def _card(
    path: Path, network: nn.Module, recipe: Recipe, noise: str = "none", **facts: Any
) -> dict[str, Any]:
    data = large_digits()
    split = {**data.facts["split"], "use": "no part but train was used in training"}
    found = described(
        path,
        network,
        None,
        architecture="digits_unet" if path.stem == NAME else "digits_resnet8",
        input_shape=[*data.shape],
        encoding="plain",
        normalization="none",
        training_sigma=None,
        training_scheme=None,
        classes=list(data.class_names),
        **{**data.facts, "split": split},
        command=f"python -m engine.demos {path.stem}",
        recipe=asdict(recipe),
        device="1 thread",
        seed=recipe.seed,
        **facts,
    )
    return {**found, "noise": noise}


def _measured(path: Path, denoiser: str = "") -> str:
    """How many held-out digits the classifier certifies under noise, in words."""
    (n0, n), cell = VOTES, {"radius": RADIUS}
    found: Mapping[str, Any] = certified_accuracy(
        path,
        large_digits().specs[:CERTIFIED],
        Gaussian(sigma=SIGMA),
        [cell],
        n0=n0,
        n=n,
        alpha=ALPHA,
        denoiser=denoiser,
    )
    count = round(found["cells"][0]["share"] * CERTIFIED)
    return (
        f"Gaussian noise of sigma {SIGMA:g}: {count} of {CERTIFIED} held-out digits right and "
        f"certified at an l2 radius of {RADIUS:g} (n0 = {n0:,}, n = {n:,}, alpha = {ALPHA:g}, "
        f"{found['bound']} bound)"
    )


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
