"""The noise that image models are trained with: one draw per image and step.

torch's generators serve for training, many images at a time; certificates draw from the
program's own. The laws are the schemes' (``tests`` compare them).
"""

from __future__ import annotations

import torch

from engine.core.errors import UserError
from engine.core.records import Encoding
from engine.schemes import Gaussian, Scheme
from engine.schemes.ablation import Ablation
from engine.schemes.hierarchical_ablation import HierarchicalAblation
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian

_ENCODINGS: dict[type[Scheme], Encoding] = {
    Gaussian: "plain",
    Ablation: "complement",
    HierarchicalGaussian: "indicator",
    HierarchicalAblation: "indicator",
}
SCHEMES = tuple(_ENCODINGS)
"""The schemes that models are trained for here."""


def encoding_of(scheme: Scheme) -> Encoding:
    """How the network is shown the noised image.

    Raises:
        UserError: no model is trained for that scheme here.
    """
    if type(scheme) not in _ENCODINGS:
        known = ", ".join(known.key for known in SCHEMES)
        raise UserError(f"No model is trained for {scheme.key} here; there are {known}.")
    if getattr(scheme, "centre", 0):
        raise UserError("Models are trained here with one p for all pixels; leave --centre out.")
    return _ENCODINGS[type(scheme)]


def channels_of(scheme: Scheme, image: int) -> int:
    """Channels of the network for images with that many."""
    more = {"plain": 0, "indicator": 1, "complement": image}
    return image + more[encoding_of(scheme)]


def noisy(pixels: torch.Tensor, scheme: Scheme, generator: torch.Generator) -> torch.Tensor:
    """Noised images (N, C', H, W) of ``pixels`` (N, C, H, W), each by its own draw.

    Raises:
        UserError: no model is trained for that scheme here.
    """
    if isinstance(scheme, Gaussian):
        return _gaussian(pixels, scheme.sigma, generator)
    if isinstance(scheme, Ablation):
        kept = ~_ablated(pixels, scheme, generator)
        return torch.cat([kept * pixels, kept * (1 - pixels)], 1)
    if isinstance(scheme, HierarchicalGaussian):
        chosen = _chosen(pixels, scheme.p, generator)
        noised = torch.where(chosen, _gaussian(pixels, scheme.sigma, generator), pixels)
        return torch.cat([noised, chosen.to(pixels.dtype)], 1)
    if isinstance(scheme, HierarchicalAblation):
        chosen = _chosen(pixels, scheme.p, generator)
        return torch.cat([~chosen * pixels, chosen.to(pixels.dtype)], 1)
    encoding_of(scheme)
    return pixels


def _gaussian(pixels: torch.Tensor, sigma: float, generator: torch.Generator) -> torch.Tensor:
    return pixels + sigma * torch.randn(pixels.shape, generator=generator, device=pixels.device)


def _chosen(pixels: torch.Tensor, p: float, generator: torch.Generator) -> torch.Tensor:
    """Every pixel by itself with probability p, (N, 1, H, W)."""
    shape = (len(pixels), 1, *pixels.shape[2:])
    return torch.rand(shape, generator=generator, device=pixels.device) < p


def _ablated(pixels: torch.Tensor, scheme: Ablation, generator: torch.Generator) -> torch.Tensor:
    """What is taken away: each pixel by itself, or all but exactly ``keep``."""
    if scheme.p:
        return _chosen(pixels, scheme.p, generator)
    count = pixels.shape[2] * pixels.shape[3]
    keys = torch.rand(len(pixels), count, generator=generator, device=pixels.device)
    kept = torch.zeros(keys.shape, dtype=torch.bool, device=pixels.device)
    kept.scatter_(1, keys.topk(scheme.keep, dim=1).indices, True)
    return ~kept.view(len(pixels), 1, *pixels.shape[2:])
