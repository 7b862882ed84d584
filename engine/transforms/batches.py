"""Many images, each under a parameter of its own: the maps of ``warps`` in torch."""

from __future__ import annotations

import numpy as np
import torch

from engine.transforms.warps import Offsets, Warp, disc, offsets

_NUMBERS = 1 << 20
"""Worked out at a time, in float64."""


def warped_each(images: torch.Tensor, warp: Warp, parameters: torch.Tensor) -> torch.Tensor:
    """Every image under its own parameter, 0 outside of the inscribed disc.

    Places are worked out in float64 by the very code of ``warps``; values too, so that a number
    differs from that of :func:`engine.transforms.warps.warped` by less than 1e-12 of the largest
    before it is rounded to the type of ``images``.

    Args:
        images: (B, C, H, W), or (1, C, H, W) for one image under many parameters.
        warp: the family.
        parameters: (B,), in the warp's unit.

    Returns:
        (B, C, H, W), in the type and on the device of ``images``.
    """
    height, width = images.shape[-2:]
    at = offsets(height, width)
    inside = torch.tensor(disc(height, width), device=images.device)
    out = images.new_zeros((len(parameters), *images.shape[1:]))
    frame = torch.nn.functional.pad(images.to(torch.float64), (1, 1, 1, 1))
    step = max(1, _NUMBERS // (images.shape[1] * max(1, len(at.down))))
    numbers = parameters.detach().to("cpu", torch.float64).numpy()
    for first in range(0, len(out), step):
        part = slice(first, first + step)
        source = warp.sources(at, np.atleast_1d(numbers[part]))
        shown = _values(frame if len(images) == 1 else frame[part], source)
        out[part, :, inside] = shown.to(out.dtype)
    return out


def _values(frame: torch.Tensor, source: Offsets) -> torch.Tensor:
    """(B, C, P) bilinear values of framed images (B or 1, C, H + 2, W + 2) at offsets (B, P)."""
    tall, wide = frame.shape[-2:]
    down, right = (
        (torch.from_numpy(part).to(frame.device) + (side - 1) / 2).clamp_(0, side - 1)
        for part, side in ((source.down, tall), (source.right, wide))
    )
    row, column = down.long().clamp_(max=tall - 2), right.long().clamp_(max=wide - 2)
    below, beside = (down - row)[:, None], (right - column)[:, None]
    flat = frame.flatten(2).expand(len(down), -1, -1)
    first = (row * wide + column)[:, None].expand(-1, frame.shape[1], -1)

    def corner(by: int) -> torch.Tensor:
        return flat.gather(2, first + by)

    upper = corner(0) * (1 - beside) + corner(1) * beside
    lower = corner(wide) * (1 - beside) + corner(wide + 1) * beside
    return upper * (1 - below) + lower * below
