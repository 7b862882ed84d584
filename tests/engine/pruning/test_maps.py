"""Bounds against sampled lights, and outcomes of detectors whose answers are known."""

from __future__ import annotations

import numpy as np
import torch

from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.pruning.maps import Mapper, answered, layers, preactivations, unstable
from engine.pruning.records import PruningSettings
from engine.training.aircraft import Part


def test_no_light_gives_a_relu_a_number_outside_its_bounds(small: KeypointCNN, drawn: Part) -> None:
    images = drawn[0][:3].numpy()
    bounds = preactivations(small, images, 0.25, 0.15)
    lights = np.random.default_rng(0).uniform(-1, 1, (60, 2)) * (0.25, 0.15)
    sizes = [(each[0].shape, each[1].shape) for each in bounds]
    assert sizes == [((3, n, s, s),) * 2 for n, s in ((4, 16), (6, 8), (5, 8))]
    crossed = [np.zeros(low.shape, dtype=bool) for low, _ in bounds]
    for c, b in lights:
        x = torch.from_numpy(np.clip((1 + c) * images.astype(np.float64) + b, 0, 1))
        with torch.no_grad():
            for place, name in enumerate(("conv1", "conv2", "conv3")):
                z = small.double().get_submodule(name)(x)
                low, high = bounds[place]
                assert (low <= z.numpy()).all() and (z.numpy() <= high).all()
                crossed[place] |= z.numpy() > 0
                x = torch.relu(z)
    small.float()
    assert unstable(bounds) == sum(int(((low < 0) & (high > 0)).sum()) for low, high in bounds) > 0


def fixed() -> KeypointCNN:
    """Its heatmaps are every fourth pixel of the image."""
    network = KeypointCNN(3, widths=(1, 1, 1)).eval()
    with torch.no_grad():
        for p in network.parameters():
            p.zero_()
        for layer in (network.conv1, network.conv2, network.conv3, network.output):
            layer.weight[:, :, 1, 1] = 1.0
    return network


def test_outcomes_of_known_detectors() -> None:
    """One bright pixel stays hottest under any light; of two alike but for clipping one wins."""
    image = np.zeros((1, 32, 32), dtype=np.float32)
    image[0, 16, 16], image[0, 0, 0] = 0.8, 0.1
    settings = PruningSettings(images=1, contrast=0.2, brightness=0.1, cells=64)
    mapper = Mapper(fixed(), image[None], settings)
    assert list(mapper.each()) == [1]
    counts = mapper.counts()
    assert (counts.certified, counts.violated, counts.open) == (1, 0, 0) and counts.images == 1
    assert answered(layers(fixed()), image.astype(np.float64)).reference == (4.0, 4.0) * 3
    image[0, 0, 0], image[0, 16, 16] = 0.99, 1.0  # a brighter light clips both to 1: a tie
    mapper = Mapper(fixed(), image[None], settings)
    assert list(mapper.each()) == [1] and mapper.counts().violated == 1
    mapper = Mapper(fixed(), image[None], settings.model_copy(update={"cells": 1}))
    assert list(mapper.each()) == [1] and mapper.counts().open == 1
