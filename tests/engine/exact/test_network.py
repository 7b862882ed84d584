"""The float64 network computes what torch computes."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from engine.exact.network import Network
from engine.exact.operations import Flatten
from tests.small_networks import convolution, dense, every_operation, image


def test_heatmaps_come_with_their_channels_first() -> None:
    rng = np.random.default_rng(2)
    conv = convolution(rng, 1, 3, stride=2)
    network = Network.chain((1, 6, 6), [conv])
    weight = conv._weight.reshape(3, 3, 1, 3).transpose(3, 2, 0, 1)
    x = rng.normal(size=(2, 1, 6, 6))
    expected = functional.conv2d(
        torch.from_numpy(x), torch.from_numpy(weight), torch.from_numpy(conv.offset), 2, 1
    )
    assert network.output_shape == (3, 3, 3)
    assert np.allclose(network.values(x), expected.numpy())


def test_its_size_is_counted() -> None:
    rng = np.random.default_rng(3)
    network = Network.chain((1, 8, 8), [convolution(rng, 1, 4, 2), Flatten(), dense(rng, 64, 10)])
    assert network.work == 16 * 36 + 640
    assert network.widest == 16 * 9


def test_nan_stays_nan() -> None:
    network, x = every_operation(), image((1, 2, 8, 8))
    x[0, 0, 0, 0] = np.nan
    assert np.isnan(network.values(x)).any()
