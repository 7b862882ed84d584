"""A small network trained in the moment, and the base classifier f that is read off it in cells."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from engine.playground.plane import CELLS, Plane
from engine.playground.scenes import HALF, Classes, Numbers, Points, scene

_WIDTH = 24
_RATE, _BETAS, _EPSILON = 0.02, (0.9, 0.99), 1e-8
_DECAY = 1e-3

Weights = list[Numbers]


def train(points: Points, *, sigma: float = 0.0, seed: int = 1, steps: int = 300) -> Plane:
    """f: a network of two hidden layers, trained by Adam under Gaussian noise, read off in cells.

    Noise of deviation ``sigma`` is added to the points anew in every step, as Cohen et al. (ICML
    2019) train base classifiers. What is certified is the table: the class at the middle of each
    cell of the plane, and beyond its edge the class of the nearest cell.

    Args:
        points: what to learn.
        sigma: deviation of the noise in training.
        seed: of the first weights and the noise; the same gives the same f.
        steps: of Adam, each over all points.
    """

    def noisy(rng: np.random.Generator) -> Numbers:
        return points.xy + rng.normal(0.0, sigma, points.xy.shape) if sigma else points.xy

    weights = fitted_weights(noisy, points.labels, points.count, ins=2, seed=seed, steps=steps)
    return Plane(_table(weights), HALF, points.names)


@functools.lru_cache(maxsize=16)
def trained(name: str, sigma: float) -> tuple[Points, Plane]:
    """A scene's first points and f on them: several pages show the same."""
    points = scene(name)
    return points, train(points, sigma=sigma)


def fitted_weights(
    inputs: Callable[[np.random.Generator], Numbers],
    labels: Classes,
    classes: int,
    *,
    ins: int,
    seed: int,
    steps: int,
) -> Weights:
    """Weights of a network of two hidden layers, by Adam on the mean cross-entropy.

    Args:
        inputs: makes the inputs of a step (N, ins), with noise of its own.
        labels: (N,) class indices.
        classes: how many there are.
        ins: numbers of an input.
        seed: of the first weights and of the noise.
        steps: of Adam, each over all inputs.
    """
    rng = np.random.default_rng(seed)
    weights = _first_weights(rng, ins, classes)
    first, second = ([np.zeros_like(one) for one in weights] for _ in range(2))
    target = np.eye(classes)[labels]
    for step in range(1, steps + 1):
        for place, slope in enumerate(_slopes(weights, inputs(rng), target)):
            first[place] += (1 - _BETAS[0]) * (slope - first[place])
            second[place] += (1 - _BETAS[1]) * (slope**2 - second[place])
            size = np.sqrt(second[place] / (1 - _BETAS[1] ** step)) + _EPSILON
            weights[place] -= _RATE * first[place] / (1 - _BETAS[0] ** step) / size
    return weights


def scores(weights: Weights, inputs: Numbers) -> Numbers:
    """The network's scores, (N, classes)."""
    return _layers(weights, inputs)[2]


def _first_weights(rng: np.random.Generator, ins: int, classes: int) -> Weights:
    sizes = (ins, _WIDTH, _WIDTH, classes)
    weights = []
    for fan, outs in zip(sizes, sizes[1:], strict=False):
        weights += [rng.normal(0.0, np.sqrt(2.0 / fan), (fan, outs)), np.zeros(outs)]
    weights[1] = rng.uniform(-1.0, 1.0, _WIDTH)
    return weights


def _layers(weights: Weights, xy: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    one = np.maximum(xy @ weights[0] + weights[1], 0.0)
    two = np.maximum(one @ weights[2] + weights[3], 0.0)
    return one, two, two @ weights[4] + weights[5]


def _slopes(weights: Weights, xy: Numbers, target: Numbers) -> Weights:
    """The gradient of the mean cross-entropy, with decay of the weights."""
    one, two, found = _layers(weights, xy)
    shares = np.exp(found - found.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    last = (shares - target) / len(xy)
    middle = (last @ weights[4].T) * (two > 0)
    front = (middle @ weights[2].T) * (one > 0)
    slopes = [xy.T @ front, front.sum(0), one.T @ middle, middle.sum(0), two.T @ last, last.sum(0)]
    return [
        slope + _DECAY * weight if weight.ndim > 1 else slope
        for slope, weight in zip(slopes, weights, strict=True)
    ]


def _table(weights: Weights) -> Classes:
    side = (np.arange(CELLS) + 0.5) * (2 * HALF / CELLS) - HALF
    x, y = np.meshgrid(side, side)
    found = scores(weights, np.column_stack((x.ravel(), y.ravel())))
    return np.asarray(found.argmax(axis=1).astype(np.int16).reshape(CELLS, CELLS))
