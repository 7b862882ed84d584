"""Gaussian blur that composes exactly: a blur by s after one by t is the blur by s + t.

In the cosine basis (DCT-II) of an image that is mirrored at its borders, a blur of squared radius s
multiplies the part of frequency (w, v) by exp(-s (w^2 + v^2) / 2), w = pi k / height,
v = pi l / width. Such factors multiply, so squared radii add up for every image and every s, small
ones included; a truncated kernel of pixels does that only roughly. Where s is above about 2 squared
pixels it is what a sampled Gaussian kernel with mirrored borders does.
"""

from __future__ import annotations

import functools
import math

import torch

_NUMBERS = 1 << 20
"""Worked out at a time, in float64."""


def blurred(images: torch.Tensor, squared_radii: torch.Tensor) -> torch.Tensor:
    """Each image blurred by its own squared radius.

    Args:
        images: (B, C, H, W), or (1, C, H, W) for one image under many blurs.
        squared_radii: (B,) float64, in squared pixels, >= 0.

    Returns:
        (B, C, H, W) in the type of ``images``; worked out in float64.
    """
    height, width = images.shape[-2:]
    rows, columns = (_basis(side, images.device) for side in (height, width))
    out = images.new_empty((len(squared_radii), *images.shape[1:]))
    step = max(1, _NUMBERS // images[0].numel())
    one = rows @ images[:1].to(torch.float64) @ columns.T if len(images) == 1 else None
    for first in range(0, len(out), step):
        part = slice(first, first + step)
        found = one if one is not None else rows @ images[part].to(torch.float64) @ columns.T
        halves = squared_radii[part, None] / 2
        down, along = (torch.exp(-halves * _squares(n, out.device)) for n in (height, width))
        found = found * down[:, None, :, None] * along[:, None, None, :]
        out[part] = rows.T @ found @ columns
    return out


@functools.lru_cache(maxsize=16)
def _basis(side: int, device: torch.device) -> torch.Tensor:
    """(side, side) orthonormal cosines: frequency by place."""
    places = torch.arange(side, dtype=torch.float64) + 0.5
    waves = torch.cos(torch.arange(side)[:, None] * places * (math.pi / side))
    waves[0] *= math.sqrt(0.5)
    return (waves * math.sqrt(2.0 / side)).to(device)


@functools.lru_cache(maxsize=16)
def _squares(side: int, device: torch.device) -> torch.Tensor:
    """(side,) squared frequencies."""
    return ((torch.arange(side, dtype=torch.float64) * (math.pi / side)) ** 2).to(device)
