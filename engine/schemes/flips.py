"""Flips of features: the noise that the sparse schemes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.schemes.subset_selection import IMAGE

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

FLIPS, CATEGORIES = 2, 3
"""Lanes of the draws: which features change, and to what."""


def flip(
    x: torch.Tensor,
    stream: NoiseSource,
    start: int,
    out: torch.Tensor,
    *,
    p_plus: float,
    p_minus: float,
    categories: int = 2,
) -> None:
    """Fill ``out`` (B, *x.shape) with ``x``, each feature flipped by itself.

    Features are whole numbers below ``categories``; in an image, which lies in [0, 1], they are
    divided by ``categories - 1``. Other values count as the nearest of these.

    Args:
        x: the input.
        stream: the noise.
        start: index of the first sample.
        out: overwritten.
        p_plus: probability that a 0 becomes something else, each category alike.
        p_minus: probability that another category becomes something else, each alike.
        categories: K.
    """
    import torch  # deferred: the window lists schemes before torch loads

    top = categories - 1
    scale = top if x.ndim == IMAGE else 1
    old = (x * scale).round().clamp(0, top).to(torch.int64).flatten()
    plus, minus = (torch.tensor(p, dtype=torch.float64, device=x.device) for p in (p_plus, p_minus))
    chances = torch.where(old > 0, minus, plus)
    samples, elements = out.shape[0], old.numel()
    flipped = stream.bernoulli(samples, elements, chances, start=start, lane=FLIPS)
    if categories == 2:
        new = flipped ^ (old > 0)
    else:
        shift = 1 + stream.integers(samples, elements, top, start=start, lane=CATEGORIES)
        new = (old + flipped * shift) % categories
    out.copy_(new.view(samples, *x.shape))
    if scale > 1:
        out.div_(scale)
