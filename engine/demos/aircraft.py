"""A detector of keypoints on drawn aircraft: a heatmap of 8 by 8 cells for each of three."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.core.files import write_atomically
from engine.core.generators import result_of
from engine.demos.data.aircraft import KEYPOINTS, SIDE, TEST, TRAINED_FROM
from engine.demos.making import Recipe, cosine
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.architectures.keypoint_cnn import CELLS, KeypointCNN
from engine.procedures.certify import certify
from engine.regions import Perturbation
from engine.schemes import Gaussian
from engine.training.aircraft import SIGMA, TOLERANCE, batches, loss, part, right
from engine.training.making import described
from engine.training.writing import safetensors_bytes, threads, write_cards

NAME = "aircraft"
RECIPE = Recipe(examples=6000, epochs=24, batch=64, learning_rate=3e-3, weight_decay=1e-4)
CERTIFIED = 40
CELLS_AT: tuple[Perturbation, ...] = tuple({"radius": r} for r in (0.0, 0.05, 0.1, 0.15, 0.2, 0.25))
N0, N, ALPHA = 100, 10_000, 0.001


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
        facts["certified_accuracy"] = certified(path, network)
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


def certified(path: Path, network: nn.Module) -> dict[str, Any]:
    """Share of images that are right and whose answer is certified to stay within the tolerance."""
    classifier = load_model(ModelRequest(str(path)))
    settings = CertifySettings(
        scheme=Gaussian(sigma=SIGMA), n0=N0, n=N, alpha=ALPHA, bound="clopper-pearson"
    )
    radii, abstained = list[float | None](), 0
    for number, good in enumerate(right(network, part(range(CERTIFIED)))):
        given = fitted(classifier, load_input(f"{NAME}:{number}"))
        found = result_of(certify(classifier, given, settings, execution=Execution(device="cpu")))
        abstained += found.outcome == "abstained"
        radii.append(found.radius if good and found.predicted_class == 0 else None)
    held = [radius for radius in radii if radius is not None]
    return {
        "n0": N0,
        "n": N,
        "alpha": ALPHA,
        "bound": settings.bound,
        "inputs": CERTIFIED,
        "right": round(len(held) / CERTIFIED, 4),
        "abstained": round(abstained / CERTIFIED, 4),
        "acr": sum(held) / CERTIFIED,
        "terms": {"radius": str(Gaussian.terms["radius"])},
        "cells": [
            {"at": at, "share": round(sum(r > at["radius"] for r in held) / CERTIFIED, 4)}
            for at in CELLS_AT
        ],
    }
