"""Exact maps of a detector under contrast and brightness, and the signs of its ReLUs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from torch import nn

from engine.core.outputs import Outputs, numbered_names
from engine.demos.data.aircraft import SIDE
from engine.exact.cells import CERTIFIED, VIOLATED, read
from engine.exact.light import Light
from engine.exact.linear_bounds import Forms, propagated
from engine.exact.network import Network
from engine.exact.operations import Floats, Relu
from engine.exact.question import question_of
from engine.exact.search import Problem, search
from engine.models.networks.plans import network_of
from engine.pruning.records import MapCounts, PruningSettings
from engine.training.aircraft import TOLERANCE

Interval = tuple[Floats, Floats]


def layers(network: nn.Module) -> Network:
    """The detector as a list of layers in float64."""
    state = {name: tensor.detach().numpy() for name, tensor in network.state_dict().items()}
    return network_of("keypoint_cnn", state, (state["conv1.weight"].shape[1], SIDE, SIDE))


def preactivations(
    network: nn.Module, images: npt.NDArray[np.floating], contrast: float, brightness: float
) -> list[Interval]:
    """Lower and upper bounds (N, channels, height, width) on what each ReLU is given.

    Args:
        network: the detector.
        images: (N, 1, 32, 32).
        contrast, brightness: half-widths of the box of lights, as one cell.
    """
    light = Light("linear", contrast, brightness)
    behind, box = (
        light.before(layers(network)),
        np.array([[[-contrast, contrast], [-brightness, brightness]]]),
    )
    each = [light.forms(image.astype(np.float64), box) for image in images]
    forms = Forms(
        np.concatenate([one.low for one in each], 1), np.concatenate([one.high for one in each], 1)
    )
    found = []
    for place, step in enumerate(behind.steps):
        if isinstance(step.operation, Relu):
            before = propagated(Network(behind.input_shape, behind.steps[:place]), forms)
            found.append((before.least, before.most))
    return found


def unstable(bounds: Sequence[Interval]) -> int:
    """ReLUs that may be given numbers of either sign."""
    return sum(int(((low < 0) & (high > 0)).sum()) for low, high in bounds)


class Mapper:
    """Maps images one after the other and counts what they come to.

    Args:
        network: the detector; its own answer without a change is what is to be kept.
        images: (N, 1, 32, 32).
        settings: box and budget.
    """

    def __init__(
        self, network: nn.Module, images: npt.NDArray[np.floating], settings: PruningSettings
    ) -> None:
        self._network, self._images, self._settings = network, images, settings
        self._exact = layers(network)
        self._outcomes: list[str] = []
        self._seconds = 0.0

    def each(self) -> Iterator[int]:
        """Map all, yielding the number done after each."""
        for image in self._images:
            began = time.process_time()
            self._outcomes.append(self._mapped(image.astype(np.float64)))
            self._seconds += time.process_time() - began
            yield len(self._outcomes)

    def _mapped(self, image: Floats) -> str:
        settings = self._settings
        light = Light("linear", settings.contrast, settings.brightness)
        kept = answered(self._exact, image)
        question = question_of(self._exact.output_shape, kept, 0)
        *_, text = search(Problem(self._exact, image, light, question), settings.cells)
        leaves = read(text)
        if VIOLATED in leaves.status:
            return "violated"
        return "certified" if leaves.area(CERTIFIED) == 1.0 else "open"

    def counts(self) -> MapCounts:
        """Of all that were mapped."""
        settings, count = self._settings, len(self._outcomes)
        box = (settings.contrast, settings.brightness)
        bounds = preactivations(self._network, self._images, *box)
        return MapCounts(
            certified=self._outcomes.count("certified"),
            violated=self._outcomes.count("violated"),
            open=self._outcomes.count("open"),
            seconds=self._seconds / count,
            unstable=unstable(bounds) / count,
        )


def answered(network: Network, image: Floats) -> Outputs:
    """The keypoints of an image, as a reference with the tolerance."""
    heat = network.values(image[None])[0]
    rows, columns = heat.shape[1:]
    places = [divmod(int(each.argmax()), columns) for each in heat]
    return Outputs(
        kind="keypoints",
        names=numbered_names("keypoints", len(heat)),
        unit="cells",
        grid=(rows, columns),
        tolerance=TOLERANCE,
        reference=tuple(float(at) for row, column in places for at in (column, row)),
    )
