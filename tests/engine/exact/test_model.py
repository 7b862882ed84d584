"""Sizes that are refused with an estimate, and the answer that is to be kept."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.core.outputs import Outputs
from engine.exact.light import Light
from engine.exact.model import SmallModel
from engine.exact.network import Network
from engine.exact.operations import Convolution, Dense, Flatten
from engine.exact.question import Highest, Near
from tests.small_networks import ROUND, image, tiny

LIGHT = Light("linear", 0.25, 0.15)


def large(side: int, channels: int = 64) -> SmallModel:
    weight = np.zeros((channels, 3, 3, 3))
    layer = Convolution(weight, np.zeros(channels), (1, 1), ROUND)
    return SmallModel(Network.chain((3, side, side), [layer]))


def test_a_large_network_is_refused_with_cells_and_seconds() -> None:
    model = large(512)
    with pytest.raises(UserError, match=r"map of 10,000 cells would take about 18,119 s, .*"):
        model.check_size(LIGHT, 10_000)
    with pytest.raises(UserError, match=r"ask for at most 1,986 cells \(--cells\)"):
        model.check_size(LIGHT, 1987)
    model.check_size(LIGHT, 1986)


def test_a_wide_layer_is_refused() -> None:
    with pytest.raises(UserError, match="widest layer holds 108,000,000 numbers"):
        large(2000, 1).check_size(LIGHT, 1)


def test_the_answer_is_the_one_for_the_image_as_it_is() -> None:
    network, x = tiny(0), image((1, 1, 3))
    problem, top = SmallModel(network).problem(x, LIGHT)
    assert problem.question == Highest(top) and top == network.values(x[None])[0].argmax()
    names = ("a", "b", "c")
    numbers = Outputs(kind="numbers", names=names, tolerance=1, reference=(0.0, 1.0, 2.0))
    problem, top = SmallModel(network, numbers).problem(x, LIGHT)
    assert isinstance(problem.question, Near) and top == 0


def test_without_an_answer_there_is_nothing_to_keep() -> None:
    layer = Dense(np.full((2, 3), np.nan), np.zeros(2))
    model = SmallModel(Network.chain((1, 1, 3), [Flatten(), layer]))
    with pytest.raises(UserError, match="no finite numbers for the image as it is"):
        model.problem(image((1, 1, 3)), LIGHT)
    alone = SmallModel(Network.chain((1, 1, 3), [Flatten(), Dense(np.ones((1, 3)), np.zeros(1))]))
    with pytest.raises(UserError, match="outputs are no scores of classes"):
        alone.problem(image((1, 1, 3)), LIGHT)
