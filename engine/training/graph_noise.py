"""The noise that graph models are trained with: one draw of the whole graph per step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import torch

from engine.core.records import Encoding

Name = Literal["clean", "sparse", "hierarchical-sparse", "ablation"]
NAMES: tuple[Name, ...] = ("clean", "sparse", "hierarchical-sparse", "ablation")


@dataclass(frozen=True)
class GraphNoise:
    """A noise law on the rows of a binary matrix.

    Attributes:
        name: ``clean``: none; ``sparse``: every bit flips; ``hierarchical-sparse``: the bits of
            chosen rows flip; ``ablation``: chosen rows are taken away.
        p: probability that a row is chosen.
        p_plus, p_minus: probability that a 0 becomes a 1, and a 1 a 0.
    """

    name: Name
    p: float = 1.0
    p_plus: float = 0.0
    p_minus: float = 0.0

    @property
    def encoding(self) -> Encoding:
        """``indicator`` where the network is told which rows were chosen."""
        return "indicator" if self.name in ("hierarchical-sparse", "ablation") else "plain"

    def scheme(self) -> dict[str, Any] | None:
        """The scheme with this noise law, as a model's header names it."""
        terms: dict[str, tuple[str, ...]] = {
            "sparse": ("p_plus", "p_minus"),
            "hierarchical-sparse": ("p", "p_plus", "p_minus"),
            "ablation": ("p",),
        }
        if self.name == "clean":
            return None
        return {"key": self.name, **{term: getattr(self, term) for term in terms[self.name]}}

    def draw(self, x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """A noisy sample (N, D) of ``x`` (N, D); (N, D + 1) where rows are chosen.

        torch's generator serves for training; certificates draw from the program's own.
        """
        if self.name == "clean":
            return x
        chosen = torch.rand(len(x), 1, generator=generator, device=x.device) < self.p
        if self.name == "ablation":
            return torch.cat([torch.where(chosen, 0.0, x), chosen.float()], 1)
        chance = torch.where(x > 0, self.p_minus, self.p_plus)
        flips = torch.rand(x.shape, generator=generator, device=x.device) < chance
        if self.name == "sparse":
            return torch.where(flips, 1 - x, x)
        return torch.cat([torch.where(flips & chosen, 1 - x, x), chosen.float()], 1)
