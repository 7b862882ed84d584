"""The shipped diffusion model of the digits: a small U-Net that knows how noisy its image is."""

from __future__ import annotations

import math

import torch
from torch import nn

SIDES = (16, 16)
_WIDTHS = (24, 48)
_TIMES, _GROUPS = 32, 8
_LONGEST = 1000.0


class Block(nn.Module):
    """Two convolutions around a shift that depends on the time step, added to what came in."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(_GROUPS, before), nn.Conv2d(before, after, 3, 1, 1)
        self.time = nn.Linear(2 * _TIMES, after)
        self.norm2, self.conv2 = nn.GroupNorm(_GROUPS, after), nn.Conv2d(after, after, 3, 1, 1)
        self.skip = nn.Conv2d(before, after, 1) if before != after else nn.Identity()

    def forward(self, x: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        """Features (B, after, h, w) of features (B, before, h, w) and an embedding (B, D)."""
        found = self.conv1(nn.functional.silu(self.norm1(x)))
        found = found + self.time(time)[:, :, None, None]
        found = self.conv2(nn.functional.silu(self.norm2(found)))
        whole: torch.Tensor = self.skip(x) + found
        return whole


class DigitsUNet(nn.Module):
    """Predicts the noise in an image of 16 by 16 pixels at a step of a diffusion schedule.

    It works on blocks of 2 by 2 pixels, and has no batch statistics: the prediction for an image
    does not depend on its neighbours.

    Args:
        channels: of the image.
    """

    def __init__(self, channels: int = 1) -> None:
        super().__init__()
        wide, deep = _WIDTHS
        self.embed = nn.Sequential(
            nn.Linear(_TIMES, 2 * _TIMES), nn.SiLU(), nn.Linear(2 * _TIMES, 2 * _TIMES), nn.SiLU()
        )
        self.conv1 = nn.Conv2d(4 * channels, wide, 3, padding=1)
        self.down = Block(wide, wide)
        self.shrink = nn.Conv2d(wide, deep, 3, stride=2, padding=1)
        self.middle1, self.middle2 = Block(deep, deep), Block(deep, deep)
        self.grow = nn.ConvTranspose2d(deep, wide, 2, stride=2)
        self.up = Block(2 * wide, wide)
        self.norm = nn.GroupNorm(_GROUPS, wide)
        self.output = nn.Conv2d(wide, 4 * channels, 3, padding=1)

    def forward(self, x: torch.Tensor, step: torch.Tensor) -> torch.Tensor:
        """The noise (B, C, 16, 16) that is taken to be in images (B, C, 16, 16) at steps (B,)."""
        time = self.embed(_waves(step).to(x.dtype))
        whole = self.down(self.conv1(nn.functional.pixel_unshuffle(x, 2)), time)
        found = self.middle2(self.middle1(self.shrink(whole), time), time)
        found = self.up(torch.cat([self.grow(found), whole], 1), time)
        found = self.output(nn.functional.silu(self.norm(found)))
        return nn.functional.pixel_shuffle(found, 2)


def _waves(step: torch.Tensor) -> torch.Tensor:
    """Sines and cosines (B, D) of a step at frequencies from 1 down to 1 / 1000."""
    rates = torch.exp(torch.linspace(0.0, -math.log(_LONGEST), _TIMES // 2, device=step.device))
    angles = step.float()[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1)
