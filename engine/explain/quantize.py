"""A change of a certified size that is made of steps of 1/255, for claims about 8-bit images."""

from __future__ import annotations

from typing import Literal

import torch

from engine.evidence.settings import RunSettings
from engine.noise.discrete_gaussian_law import GRID


def speaks_of_steps(settings: RunSettings) -> bool:
    """Whether the claim is about changes by steps of 1/255 alone."""
    return settings.law.grid_input


def in_steps(
    change: torch.Tensor, *, norm: Literal["l1", "l2", "linf"], radius: float
) -> torch.Tensor:
    """``change`` in whole steps of 1/255, as near to it as a norm of ``radius`` allows.

    Every number is cut towards zero; then those that lost most get a step back, as many as the
    norm has room for. So thousands of small changes do not all vanish.
    """
    steps = change.to(torch.float64).flatten() * GRID
    cut = steps.trunc()
    if norm != "linf":
        lost = (steps - cut).abs()
        order = torch.argsort(lost, descending=True, stable=True)
        size = cut.abs()[order]
        costs, used = (torch.ones_like(size), size) if norm == "l1" else (2 * size + 1, size**2)
        room = (radius * GRID) ** (1 if norm == "l1" else 2) - float(used.sum())
        back = order[(costs.cumsum(0) <= room) & (lost[order] > 0)]
        cut[back] += steps.sign()[back]
    return (cut / GRID).to(change.dtype).view(change.shape)
