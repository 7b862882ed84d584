"""Small networks that tests hand over in memory, and everything about one that may change."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Linear(nn.Module):
    """One layer on digits of 8 x 8."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.scale = 1.0
        self.head = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.scale * x.flatten(1))


class Convolutional(nn.Module):
    """A convolution, batch statistics, dropout."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Conv2d(1, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(4 * 36, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.drop(self.norm(self.first(x)).relu()).flatten(1))


def state_of(module: nn.Module) -> list[Any]:
    """Values, gradients, places, modes, hooks: what must be the same before and after."""
    found: list[Any] = []
    for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
        grad = None if tensor.grad is None else tensor.grad.tolist()
        facts = (name, id(tensor), tensor.data_ptr(), tensor.dtype, tensor.device, tensor.stride())
        found.append((*facts, tensor.requires_grad, tensor.tolist(), grad, tensor._version))
    for name, layer in module.named_modules():
        hooks = (list(layer._forward_hooks), list(layer._forward_pre_hooks))
        found.append((name, id(layer), layer.training, hooks, sorted(vars(layer))))
    return found
