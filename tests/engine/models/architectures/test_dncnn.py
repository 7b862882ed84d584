from __future__ import annotations

import torch
from torch.nn import functional

from engine.models.architectures.dncnn import DnCNN, sizes


def test_the_noise_is_taken_off() -> None:
    torch.manual_seed(0)
    network, x = DnCNN(depth=3, width=5, channels=2).eval(), torch.rand(2, 2, 6, 6)
    with torch.no_grad():
        found = functional.conv2d(x, network.dncnn[0].weight, network.dncnn[0].bias, padding=1)
        found = functional.conv2d(found.relu(), network.dncnn[2].weight, padding=1)
        norm = network.dncnn[3]
        found = (found - norm.running_mean[:, None, None]) / (norm.running_var + 1e-4).sqrt()[
            :, None, None
        ]
        found = functional.conv2d(found.relu(), network.dncnn[5].weight, padding=1)
        torch.testing.assert_close(network(x), x - found)


def test_sizes_are_read_off_the_tensors() -> None:
    shapes = {key: tuple(t.shape) for key, t in DnCNN(17, 64, 3).state_dict().items()}
    assert sizes(shapes) == (17, 64, 3)
    assert sizes({"conv1.weight": (8, 1, 3, 3)}) is None
