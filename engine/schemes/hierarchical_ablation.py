"""Hierarchical smoothing with ablation: few pixels or nodes, each changed in any way."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engine.certificates.ablation import independent_deltas
from engine.core.total_variation import total_variation
from engine.schemes.subset_count import Counting
from engine.schemes.subset_selection import Selecting, write

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource


class HierarchicalAblation(Selecting, Counting):
    """Each entity is taken away with probability p, and the model may be told which.

    The lower level leaves nothing of a selected entity, so its certificate is the identity, and
    r changed entities cost Delta = 1 - p^r: certified if p_lower - Delta > p_upper + Delta.
    """

    key: ClassVar[str] = "hierarchical-ablation"
    title: ClassVar[str] = "Hierarchical smoothing, ablation"
    citation: ClassVar[str] = (
        "Scholten, Schuchardt, Bojchevski & Guennemann, Hierarchical Randomized Smoothing, "
        "NeurIPS 2023; Scholten et al., Randomized Message-Interception Smoothing, NeurIPS 2022"
    )

    def noisy(self, x: torch.Tensor, stream: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x with zeros in place of the selected entities."""
        write(out, x, 0.0, self.select(x, stream, start, out.shape[0]))

    def total_variation(self, elements: int) -> float:
        """Of the selection."""
        return total_variation(elements)

    def noise_in_words(self) -> str:
        """The law."""
        return f"ablation: {self.selection_in_words().replace('noised', 'taken away')}"

    def deltas(self) -> tuple[float, ...]:
        """Of the selection."""
        return independent_deltas(self.p, centre=self.centre**2, p_centre=self.p_centre)
