"""A detector of keypoints on drawn aircraft: a heatmap of 8 by 8 cells for each of three."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.core.files import write_atomically
from engine.demos.data.aircraft import KEYPOINTS, SIDE, TEST, TRAINED_FROM
from engine.demos.making import Recipe, certified_outputs, cosine
from engine.models.architectures.keypoint_cnn import CELLS, KeypointCNN
from engine.schemes import Gaussian
from engine.training.aircraft import SIGMA, TOLERANCE, batches, loss, part, right
from engine.training.making import described
from engine.training.writing import safetensors_bytes, threads, write_cards

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
    path = out / f"{NAME}.safetensors"
    with threads(1):
        network = train(RECIPE)
        header = {
            "architecture": "keypoint_cnn",
            "outputs": "keypoints",
            "tolerance": str(TOLERANCE),
            "training_sigma": f"{SIGMA:g}",
        }
        write_atomically(path, safetensors_bytes(network.state_dict(), header), folders=True)
        facts = card(path, network)
        write_cards(path, facts)  # the names of the keypoints are on it
        good = right(network, part(range(CERTIFIED))).tolist()
        specs = [f"{NAME}:{number}" for number in range(CERTIFIED)]
        facts["certified_accuracy"] = certified_outputs(
            path, Gaussian(sigma=SIGMA), specs, RADII, good
        )
        write_cards(path, facts)
    return path


def card(path: Path, network: nn.Module) -> dict[str, Any]:
    """How the model was made, and its accuracy without noise."""
    return described(
        path,
        network,
        Gaussian(sigma=SIGMA),
        name=f"keypoint-cnn, sigma {SIGMA:.2f}",
        title="keypoints of drawn aircraft, trained with noise",
        architecture="keypoint_cnn",
        input_shape=[1, SIDE, SIDE],
        encoding="plain",
        normalization="none",
        training_sigma=SIGMA,
        training_scheme=None,
        outputs="keypoints",
        classes=list(KEYPOINTS),
        data=(
            "drawn by engine/demos/data/aircraft.py from the SHA-512 of a number, images of 32 by "
            f"32 pixels in [0, 1]; training: {RECIPE.examples:,} aircraft from "
            f"aircraft:{TRAINED_FROM} on; test: aircraft:0 to aircraft:{TEST - 1}"
        ),
        limits="it knows only aircraft drawn like these, one in the image, seen from above",
        remarks={
            "Answers": (
                f"a heatmap of {CELLS} by {CELLS} cells for each of {', '.join(KEYPOINTS)}; its "
                "hottest cell is the answer"
            ),
            "Right": (
                f"every keypoint within {TOLERANCE} cell, across and down, of the one that was "
                "drawn; a certificate is about the model's own answer without noise"
            ),
        },
        command=f"python -m engine.demos {NAME}",
        recipe=asdict(RECIPE),
        device="1 thread",
        seed=RECIPE.seed,
        clean_accuracy=round(float(right(network, part(range(TEST))).float().mean()), 4),
        tested=f"{TEST} test images",
    )
