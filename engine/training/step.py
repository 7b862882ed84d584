"""One step of a training, as a method sees it: the network, the noise, and the epoch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from engine.core.errors import UserError
from engine.models.input_layout import clean
from engine.schemes import Scheme
from engine.training.image_noise import encoding_of, noisy


@dataclass
class Step:
    """What a loss may ask.

    Attributes:
        network: in train mode, unless :meth:`frozen`.
        generator: what all noise is drawn from, on the device of the images.
        epoch: the one at hand, from 1 on.
        bf16: products in bfloat16.
    """

    network: nn.Module
    scheme: Scheme
    generator: torch.Generator
    epoch: int = 1
    bf16: bool = False

    @property
    def sigma(self) -> float:
        """The strength of the noise.

        Raises:
            UserError: it has none, or several.
        """
        level = self.scheme.noise().level
        if level is None:
            raise UserError(f"The noise of {self.scheme.key} has no single strength.")
        return level

    def scores(self, inputs: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) of what the network takes, in float32."""
        with torch.autocast(inputs.device.type, torch.bfloat16, enabled=self.bf16):
            found: torch.Tensor = self.network(inputs).float()
        return found

    def noisy(self, x: torch.Tensor) -> torch.Tensor:
        """Every image by its own draw, as the network takes it."""
        return noisy(x, self.scheme, self.generator)

    def clean(self, x: torch.Tensor) -> torch.Tensor:
        """Every image without noise, as the network takes it."""
        encoding = encoding_of(self.scheme)
        return torch.stack([clean(image, encoding) for image in x])

    def noises(self, x: torch.Tensor, draws: int) -> torch.Tensor:
        """What is added to ``draws`` copies of the images, the whole batch over and over."""
        return self.noisy(torch.zeros_like(x).repeat(draws, 1, 1, 1))

    def uniform(self, number: int) -> torch.Tensor:
        """Numbers in [0, 1)."""
        return torch.rand(number, generator=self.generator, device=self.generator.device)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The network in eval mode, with weights that get no gradient."""
        learned = [weight for weight in self.network.parameters() if weight.requires_grad]
        training = self.network.training
        self.network.eval()
        for weight in learned:
            weight.requires_grad = False
        try:
            yield
        finally:
            for weight in learned:
                weight.requires_grad = True
            self.network.train(training)
