"""The operations compute what torch computes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from engine.exact.network import Network
from engine.exact.operations import AveragePool, Convolution, Dense, Flatten, MaxPool, Scale
from tests.small_networks import NONE, convolution, dense


def test_every_operation_is_that_of_torch() -> None:
    rng = np.random.default_rng(1)
    weight, bias = rng.normal(size=(5, 2, 3, 2)), rng.normal(size=5)
    last = rng.normal(size=(4, 5 * 2 * 3))
    x = rng.normal(size=(3, 2, 9, 8))
    network = Network.chain(
        (2, 9, 8),
        [
            Scale(np.array([2.0, -1.0]), np.array([0.5, 0.25])),
            Convolution(weight, bias, (2, 1), (1, 0, 1, 1)),
            MaxPool((3, 3), (2, 2), (1, 1, 1, 1)),
            AveragePool((2, 3), (1, 1), (0, 1, 0, 0)),
            Flatten(),
            Dense(last, np.zeros(4)),
        ],
    )
    t = torch.from_numpy(x) * torch.tensor([2.0, -1.0]).view(1, 2, 1, 1)
    t = t + torch.tensor([0.5, 0.25]).view(1, 2, 1, 1)
    t = functional.pad(t, (0, 1, 1, 1))
    t = functional.conv2d(t, torch.from_numpy(weight), torch.from_numpy(bias), stride=(2, 1))
    t = functional.max_pool2d(t, 3, 2, 1)
    t = functional.avg_pool2d(functional.pad(t, (1, 0)), (2, 3), 1)
    expected = t.flatten(1) @ torch.from_numpy(last).T
    assert np.allclose(network.values(x), expected.numpy(), atol=1e-12)


def test_operations_that_do_not_fit_are_refused() -> None:
    rng = np.random.default_rng(4)
    with pytest.raises(ValueError, match="linear layer of 64 numbers"):
        Network.chain((1, 8, 8), [dense(rng, 64, 10)])
    with pytest.raises(ValueError, match="2 channels is given 1"):
        Network.chain((1, 8, 8), [convolution(rng, 2, 4)])
    with pytest.raises(ValueError, match="do not fit into"):
        Network.chain((1, 4, 4), [AveragePool((5, 5), (1, 1), NONE)])
    with pytest.raises(ValueError, match="padded by a window"):
        Network.chain((1, 4, 4), [MaxPool((2, 2), (2, 2), (2, 2, 2, 2))])
