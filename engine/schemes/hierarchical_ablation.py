"""Hierarchical smoothing with ablation: few pixels or nodes, each changed in any way."""

from __future__ import annotations

from typing import ClassVar

from engine.certificates.ablation import independent_deltas
from engine.noise.selection import TakenAway
from engine.schemes.subset_count import Counting
from engine.schemes.subset_selection import Selecting


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

    def noise(self) -> TakenAway:
        """Zeros in the selected entities."""
        return TakenAway(self.choice(), self.thing)

    def deltas(self) -> tuple[float, ...]:
        """Of the selection."""
        return independent_deltas(
            self.p, centre=self.centre**2, p_centre=self.p_centre, least=self.least_share
        )
