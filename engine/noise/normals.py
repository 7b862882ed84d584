"""Real numbers from the 63-bit integers of the generator, in float64: shares and normals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def shares(words: torch.Tensor) -> torch.Tensor:
    """(w + 1/2) / 2^63 for integers w in [0, 2^63), kept below 1: uniform in (0, 1), float64."""
    import torch  # deferred: the window lists schemes before torch loads

    return (words.to(torch.float64) + 0.5).mul_(2.0**-63).clamp_(max=1 - 2.0**-53)


def normals(words: torch.Tensor) -> torch.Tensor:
    """Phi^-1 of the :func:`shares`: standard normal, float64."""
    import torch  # deferred as above

    found: torch.Tensor = torch.special.ndtri(shares(words))
    return found
