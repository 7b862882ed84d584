"""A detector of keypoints on drawn aircraft: a heatmap of 8 by 8 cells for each of three."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.demos.data.aircraft import KEYPOINTS, TRAINED_FROM
from engine.demos.making import Recipe, certified_outputs, cosine
from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.schemes import Gaussian
from engine.training.aircraft import (
    SIGMA,
    batches,
    detector_facts,
    loss,
    part,
    right,
    write_detector,
)
from engine.training.writing import threads, write_cards

NAME = "aircraft"
RECIPE = Recipe(examples=6000, epochs=24, batch=64, learning_rate=3e-3, weight_decay=1e-4)
CERTIFIED = 40
RADII = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25)


def train(recipe: Recipe) -> nn.Module:
    """Cross-entropy over the cells, under noise, changed contrast and changed brightness."""
    torch.manual_seed(recipe.seed)
    network = KeypointCNN(len(KEYPOINTS))
    data = part(range(TRAINED_FROM, TRAINED_FROM + recipe.examples))
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = cosine(recipe)(optimizer)
    generator = torch.Generator().manual_seed(recipe.seed)
    for _ in range(recipe.epochs):
        for images, cells in batches(data, recipe.batch, generator):
            optimizer.zero_grad()
            loss(network(images), cells).backward()
            optimizer.step()
        schedule.step()
    return network.eval()


def make(out: Path) -> Path:
    """Train, write the weights, then measure the written file and write both cards."""
    with threads(1):
        network = train(RECIPE)
        path = write_detector(out / f"{NAME}.safetensors", network)
        facts = detector_facts(
            path,
            network,
            name=f"keypoint-cnn, sigma {SIGMA:.2f}",
            title="keypoints of drawn aircraft, trained with noise",
            examples=RECIPE.examples,
            command=f"python -m engine.demos {NAME}",
            recipe=asdict(RECIPE),
            seed=RECIPE.seed,
        )
        with_certified(path, network, facts)
    return path


def with_certified(path: Path, network: nn.Module, facts: dict[str, Any]) -> None:
    """Write both cards of a detector, with what is certified of its answers."""
    write_cards(path, facts)  # the names of the keypoints are on it
    good = right(network, part(range(CERTIFIED))).tolist()
    specs = [f"{NAME}:{number}" for number in range(CERTIFIED)]
    scheme = Gaussian(sigma=SIGMA)
    facts["certified_accuracy"] = certified_outputs(path, scheme, specs, RADII, good)
    write_cards(path, facts)
