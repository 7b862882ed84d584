"""Small random networks for these tests."""

from __future__ import annotations

import numpy as np

from engine.exact.network import Network, Step
from engine.exact.operations import (
    Add,
    AveragePool,
    Clip,
    Convolution,
    Dense,
    Flatten,
    Floats,
    MaxPool,
    Relu,
    Scale,
)

NONE = (0, 0, 0, 0)
ROUND = (1, 1, 1, 1)


def convolution(rng: np.random.Generator, given: int, out: int, stride: int = 1) -> Convolution:
    weight = rng.normal(size=(out, given, 3, 3)) / 3
    return Convolution(weight, rng.normal(size=out) / 4, (stride, stride), ROUND)


def dense(rng: np.random.Generator, given: int, out: int) -> Dense:
    return Dense(rng.normal(size=(out, given)) / np.sqrt(given), rng.normal(size=out) / 4)


def every_operation(seed: int = 0) -> Network:
    """Of 2 x 8 x 8 pixels to 4 scores: each operation that there is, and a residual connection."""
    rng = np.random.default_rng(seed)
    steps = (
        Step(Clip(0.0, 1.0), (0,)),
        Step(Scale(np.array([-2.0, 3.0]), np.array([0.5, -1.0])), (1,)),
        Step(convolution(rng, 2, 4), (2,)),
        Step(Relu(), (3,)),
        Step(convolution(rng, 4, 4), (4,)),
        Step(Add(), (4, 5)),
        Step(Relu(), (6,)),
        Step(MaxPool((3, 3), (2, 2), ROUND), (7,)),
        Step(AveragePool((2, 2), (2, 2), NONE), (8,)),
        Step(Flatten(), (9,)),
        Step(dense(rng, 16, 8), (10,)),
        Step(Relu(), (11,)),
        Step(dense(rng, 8, 4), (12,)),
    )
    return Network((2, 8, 8), steps)


def tiny(seed: int) -> Network:
    """Of 1 x 1 x 3 pixels to 3 scores, by three neurons and three."""
    rng = np.random.default_rng(seed)
    layers = [Flatten(), dense(rng, 3, 3), Relu(), dense(rng, 3, 3), Relu(), dense(rng, 3, 3)]
    return Network.chain((1, 1, 3), layers)


def image(shape: tuple[int, ...], seed: int = 0) -> Floats:
    return np.random.default_rng(seed).uniform(0.05, 0.95, shape)
