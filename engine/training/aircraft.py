"""Drawn aircraft as training data: batches under light and noise, loss, accuracy, and the card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.core.files import write_atomically
from engine.demos.data.aircraft import KEYPOINTS, SIDE, TEST, TRAINED_FROM, aircraft, drawn
from engine.models.architectures.keypoint_cnn import CELLS
from engine.schemes import Gaussian
from engine.training.making import described
from engine.training.writing import safetensors_bytes

SIGMA, TOLERANCE = 0.1, 1
"""Of the noise, in pixels of [0, 1]; and cells that a keypoint may be off, across and down."""
GAIN, SHIFT = 0.25, 0.15
"""How far contrast and brightness are changed in training."""

Part = tuple[torch.Tensor, torch.Tensor]
"""Images (N, 1, 32, 32), and the cell of every keypoint (N, 3), counted row by row."""


def part(numbers: Sequence[int]) -> Part:
    """The aircraft of some numbers, with their cells."""
    made = [aircraft(number) for number in numbers]
    images = torch.from_numpy(np.stack([drawn(each) for each in made]))
    places = np.stack([each.places() for each in made]) * CELLS / SIDE
    columns, rows = np.clip(places.astype(np.int64), 0, CELLS - 1).transpose(2, 0, 1)
    return images, torch.from_numpy(rows * CELLS + columns)


def batches(data: Part, size: int, generator: torch.Generator) -> Iterator[Part]:
    """All images once, in random order, each under light and noise of its own."""
    images, cells = data
    for chosen in torch.randperm(len(images), generator=generator).split(size):
        yield changed(images[chosen], generator), cells[chosen]


def relit(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Images under another contrast and brightness, uniform in their ranges, clipped to [0, 1]."""
    one = (len(images), 1, 1, 1)
    gain = 1 + GAIN * (2 * torch.rand(one, generator=generator) - 1)
    shift = SHIFT * (2 * torch.rand(one, generator=generator) - 1)
    return (gain * images + shift).clamp(0, 1)


def changed(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Images under another light, then with Gaussian noise."""
    lit = relit(images, generator)
    return lit + SIGMA * torch.randn(images.shape, generator=generator)


def loss(heat: torch.Tensor, cells: torch.Tensor) -> torch.Tensor:
    """Cross-entropy over the cells of each heatmap (B, K, h, w)."""
    return nn.functional.cross_entropy(heat.flatten(2).transpose(1, 2), cells)


@torch.no_grad()
def right(network: nn.Module, data: Part) -> torch.Tensor:
    """(N,) whether all keypoints of an image are within the tolerance of the drawn ones."""
    images, cells = data
    return near(network(images).flatten(2).argmax(2), cells)


def near(found: torch.Tensor, cells: torch.Tensor) -> torch.Tensor:
    """(N,) whether all cells (N, K) are within the tolerance of others, across and down."""
    down = (found // CELLS - cells // CELLS).abs()
    across = (found % CELLS - cells % CELLS).abs()
    return (torch.maximum(down, across) <= TOLERANCE).all(1)


def write_detector(path: Path, network: nn.Module) -> Path:
    """A detector as a safetensors file that says what it answers with."""
    header = {
        "architecture": "keypoint_cnn",
        "outputs": "keypoints",
        "tolerance": str(TOLERANCE),
        "training_sigma": f"{SIGMA:g}",
    }
    write_atomically(path, safetensors_bytes(network.state_dict(), header), folders=True)
    return path


def detector_facts(
    path: Path,
    network: nn.Module,
    *,
    examples: int,
    remarks: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """What the card of a detector says, with its accuracy without noise.

    Args:
        path: of its file.
        network: the detector.
        examples: aircraft that it was trained on.
        remarks: what else is to be said.
        **more: facts of the one detector: name, title, command, recipe, seed.
    """
    return described(
        path,
        network,
        Gaussian(sigma=SIGMA),
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
            f"32 pixels in [0, 1]; training: {examples:,} aircraft from aircraft:{TRAINED_FROM} "
            f"on; test: aircraft:0 to aircraft:{TEST - 1}"
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
            **(remarks or {}),
        },
        device="1 thread",
        clean_accuracy=round(float(right(network, part(range(TEST))).float().mean()), 4),
        tested=f"{TEST} test images",
        **more,
    )
