"""Images moved a little before every step, so that a small data set goes further."""

from __future__ import annotations

import math

import torch
from torch.nn import functional

from engine.training.data import Augmentation

ROTATION, SHIFT, SCALE = 3.0, 0.2, 0.03
"""Largest turn in degrees, move in pixels and relative change of size of a digit."""
WIDE = 35.0
"""Largest turn in degrees of a digit whose smoothed model is to hold up to turns of 30."""
PADDING = 4
"""Largest move of a colour image, in pixels."""


def moved(pixels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The images turned, moved and scaled a little, each by its own amount."""

    def uniform(half_width: float) -> torch.Tensor:
        return (torch.rand(len(pixels), generator=generator) * 2 - 1) * half_width

    angle = uniform(math.radians(ROTATION))
    zoom = 1 + uniform(SCALE)
    cos, sin = zoom * angle.cos(), zoom * angle.sin()
    step = 2 * SHIFT / pixels.shape[-1]  # grid coordinates span -1 to 1
    rows = (torch.stack([cos, -sin, uniform(step)], 1), torch.stack([sin, cos, uniform(step)], 1))
    grid = functional.affine_grid(torch.stack(rows, 1), list(pixels.shape), align_corners=False)
    return functional.grid_sample(pixels, grid, align_corners=False)


def turned(pixels: torch.Tensor, degrees: torch.Tensor) -> torch.Tensor:
    """The images turned about their middle, bilinear, black outside the inscribed disc.

    Args:
        pixels: (N, C, S, S).
        degrees: (N,) each image's own turn.
    """
    angle = torch.deg2rad(degrees)
    cos, sin, none = angle.cos(), angle.sin(), torch.zeros_like(angle)
    rows = (torch.stack([cos, -sin, none], 1), torch.stack([sin, cos, none], 1))
    grid = functional.affine_grid(torch.stack(rows, 1), list(pixels.shape), align_corners=False)
    found = functional.grid_sample(pixels, grid, align_corners=False)
    side = pixels.shape[-1]
    middle = torch.arange(side, device=pixels.device) - (side - 1) / 2
    disc = middle[:, None].square() + middle.square() <= (side / 2) ** 2
    return found * disc


def turned_widely(pixels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The images moved a little, then each turned by up to WIDE degrees either way."""
    return turned_after(moved, pixels, generator)


def turned_after(
    first: Augmentation, pixels: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
    """The images moved in some other way, then each turned by up to WIDE degrees either way."""
    nudged = first(pixels, generator)
    shares = torch.rand(len(pixels), generator=generator, device=pixels.device)
    return turned(nudged, (shares * 2 - 1) * WIDE)


def cropped(pixels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The images padded with black, cropped anywhere, and every second one mirrored."""
    count, _, height, width = pixels.shape
    device = pixels.device
    padded = functional.pad(pixels, (PADDING,) * 4)
    most = 2 * PADDING + 1
    top, left = (
        torch.randint(most, (count, 1), generator=generator, device=device) for _ in range(2)
    )
    mirror = torch.rand(count, 1, generator=generator, device=device) < 0.5
    columns = torch.arange(width, device=device).expand(count, -1)
    columns = left + torch.where(mirror, columns.flip(1), columns)
    rows = top + torch.arange(height, device=device)
    image = torch.arange(count, device=device)[:, None, None]
    found = padded.permute(0, 2, 3, 1)[image, rows[:, :, None], columns[:, None, :]]
    return found.permute(0, 3, 1, 2)
