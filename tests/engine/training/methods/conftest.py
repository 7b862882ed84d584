"""A linear classifier of tiny images, its noise, and its losses worked out in NumPy.

Losses are written down again from the papers' formulas, in float64; gradients are central
differences of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from engine.schemes import Gaussian
from engine.training.step import Step

SIGMA, CLASSES = 0.3, 3
Loss = Callable[[np.ndarray, np.ndarray], float]


class Linear(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(4, CLASSES)
        rng = np.random.default_rng(3)
        with torch.no_grad():
            self.head.weight.copy_(torch.tensor(rng.normal(size=(CLASSES, 4))))
            self.head.bias.copy_(torch.tensor(rng.normal(size=CLASSES) / 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(x.flatten(1))


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


@dataclass
class Bench:
    """Five images in three classes, and what the next draws of the noise will be."""

    network: Linear
    x: torch.Tensor
    labels: torch.Tensor

    def step(self, epoch: int = 1) -> Step:
        return Step(self.network, Gaussian(sigma=SIGMA), torch.Generator().manual_seed(5), epoch)

    @property
    def images(self) -> np.ndarray:
        return self.x.flatten(1).double().numpy()

    @property
    def classes(self) -> np.ndarray:
        return self.labels.numpy()

    @property
    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        head = self.network.head
        return head.weight.detach().double().numpy(), head.bias.detach().double().numpy()

    def noise(self, m: int) -> np.ndarray:
        """(m, B, 4): what the first m draws add."""
        drawn = torch.randn(m * len(self.x), 1, 2, 2, generator=torch.Generator().manual_seed(5))
        return (SIGMA * drawn.double().numpy()).reshape(m, len(self.x), 4)

    def attacked(self, m: int, steps: int, length: float, within: float = np.inf) -> np.ndarray:
        """Images that -log F(x)_y rises along, by its gradient in closed form.

        d/dx -log F_y = -1/(m F_y) sum_i p_iy (W_y - sum_k p_ik W_k).
        """
        (w, b), noise, x, y = self.weights, self.noise(m), self.images, self.classes
        found, rows = x.copy(), np.arange(len(x))
        for _ in range(steps):
            p = _softmax((found + noise) @ w.T + b)
            pull = p[:, rows, y][..., None] * (w[y] - p @ w)
            gradient = -pull.sum(0) / p[:, rows, y].sum(0)[:, None]
            gradient /= np.linalg.norm(gradient, axis=1, keepdims=True)
            change = np.clip(found + length * gradient, 0, 1) - x
            size = np.linalg.norm(change, axis=1, keepdims=True)
            found = x + change * np.minimum(1, within / np.maximum(size, 1e-30))
        return found

    def check(self, method, expected: Loss, *, epoch: int = 1) -> None:
        """Value and gradient of a method's loss against those of a formula of W and b."""
        self.network.zero_grad()
        loss = method.loss(self.step(epoch), self.x, self.labels)
        w, b = self.weights
        assert loss.value.item() == pytest.approx(expected(w, b), rel=2e-5)
        loss.value.backward()
        head = self.network.head
        for place, found in ((0, head.weight.grad), (1, head.bias.grad)):
            numbers = np.zeros(found.shape)
            for index in np.ndindex(*found.shape):
                ends = []
                for sign in (1, -1):
                    moved = [w.copy(), b.copy()]
                    moved[place][index] += sign * 1e-5
                    ends.append(expected(*moved))
                numbers[index] = (ends[0] - ends[1]) / 2e-5
            np.testing.assert_allclose(found.double().numpy(), numbers, rtol=2e-3, atol=2e-5)


@pytest.fixture
def bench() -> Bench:
    x = torch.rand(5, 1, 2, 2, generator=torch.Generator().manual_seed(1))
    return Bench(Linear(), x, torch.tensor([0, 1, 2, 1, 0]))


@pytest.fixture
def softmax() -> Callable[[np.ndarray], np.ndarray]:
    return _softmax
