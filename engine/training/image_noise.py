"""The noise that image models are trained with: one draw of a law per image and step.

torch's generators serve for training, many images at a time; certificates draw from the
program's own.
"""

from __future__ import annotations

import torch

from engine.core.errors import UserError
from engine.core.records import Encoding
from engine.schemes import Scheme
from engine.training.noises import NOISES


class TorchNoise:
    """A noise source over one of torch's generators: every call draws on, whatever the index.

    Args:
        generator: on the device of the images.
    """

    def __init__(self, generator: torch.Generator) -> None:
        self._generator = generator

    def gaussian_(self, out: torch.Tensor, x: torch.Tensor, *, sigma: float, start: int) -> None:
        """Fill ``out`` with x + sigma z."""
        out.normal_(generator=self._generator).mul_(sigma).add_(x)

    def uniform63(self, samples: int, elements: int, *, start: int, lane: int) -> torch.Tensor:
        """Integers uniform in [0, 2^63), (samples, elements)."""
        return self.integers(samples, elements, 2**63 - 1, start=start, lane=lane)

    def bernoulli(
        self, samples: int, elements: int, p: float | torch.Tensor, *, start: int, lane: int
    ) -> torch.Tensor:
        """True with probability ``p``, (samples, elements) bool."""
        return self._uniform(samples, elements) < p

    def integers(
        self, samples: int, elements: int, high: int, *, start: int, lane: int
    ) -> torch.Tensor:
        """Integers uniform in [0, high), (samples, elements)."""
        shape, device = (samples, elements), self._generator.device
        return torch.randint(high, shape, generator=self._generator, device=device)

    def subset(self, samples: int, elements: int, k: int, *, start: int, lane: int) -> torch.Tensor:
        """k of ``elements``, every k-subset alike, (samples, elements) bool."""
        keys = self._uniform(samples, elements)
        chosen = torch.zeros(keys.shape, dtype=torch.bool, device=keys.device)
        return chosen.scatter_(1, keys.topk(k, dim=1).indices, True)

    def _uniform(self, samples: int, elements: int) -> torch.Tensor:
        shape, device = (samples, elements), self._generator.device
        return torch.rand(shape, generator=self._generator, device=device)


def encoding_of(scheme: Scheme) -> Encoding:
    """How the network is shown the noised image: as tells it most.

    Raises:
        UserError: no model is trained for that scheme here.
    """
    if type(scheme) not in NOISES:
        known = ", ".join(known.key for known in NOISES)
        raise UserError(f"No model is trained for {scheme.key} here; there are {known}.")
    return [*scheme.layouts((1, 1, 1))][-1]


def channels_of(scheme: Scheme, image: int) -> int:
    """Channels of the network for images with that many."""
    return scheme.layouts((image, 1, 1))[encoding_of(scheme)][0]


def noisy(pixels: torch.Tensor, scheme: Scheme, generator: torch.Generator) -> torch.Tensor:
    """Noised images (N, C', H, W) of ``pixels`` (N, C, H, W), each by its own draw.

    Raises:
        UserError: no model is trained for that scheme here.
    """
    shape = scheme.layouts(tuple(pixels.shape[1:]))[encoding_of(scheme)]
    out = pixels.new_empty((len(pixels), *shape))
    scheme.noise().draw_each(pixels, TorchNoise(generator), out)
    return out
