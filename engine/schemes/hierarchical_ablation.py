"""Hierarchical smoothing with ablation: few pixels or nodes, each changed in any way."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engine.certificates.ablation import independent_deltas, most_entities, required
from engine.integer_law import total_variation
from engine.records import ProbabilityBounds
from engine.regions import Count, Perturbation
from engine.regions.base import whole
from engine.schemes.base import IMPOSSIBLE, Law, RegionKind
from engine.schemes.entities import MANNER, Selecting, write

if TYPE_CHECKING:
    import torch

    from engine.noise import NoiseSource


class HierarchicalAblation(Selecting):
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
    subject: ClassVar[str] = "input"
    law: ClassVar[Law] = "discrete"
    region_kind: ClassVar[RegionKind] = "count"
    attacker: ClassVar[str] = (
        "change at most r pixels, or the features of at most r nodes, in any way"
    )
    terms: ClassVar[dict[str, str]] = {"entities": "number of changed pixels or nodes"}
    limits: ClassVar[tuple[str, ...]] = (
        "It says nothing about changes of more pixels or nodes, however small.",
        "Edges of a graph are as given: it says nothing about added or deleted edges.",
    )

    def noisy(self, x: torch.Tensor, stream: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x with zeros in place of the selected entities."""
        write(out, x, 0.0, self.select(x, stream, start, out.shape[0]))

    def total_variation(self, elements: int) -> float:
        """Of the selection."""
        return total_variation(elements)

    def region(self, bounds: ProbabilityBounds) -> Count | None:
        """The largest certified number of entities; 0 where p_lower only names the class."""
        most = most_entities(self._deltas(), bounds.p_lower, bounds.p_upper)
        return (
            None
            if most < 0
            else Count(term="entities", most=most, unit="pixels or nodes", manner=MANNER)
        )

    def required_probability(self, perturbation: Perturbation) -> float:
        """1/2 + Delta."""
        needed = required(self._deltas(), whole(perturbation, "entities"))
        return IMPOSSIBLE if needed is None else needed

    def noise_in_words(self) -> str:
        """The law."""
        return f"ablation, {self.selection_in_words().replace('noised', 'ablated')}"

    def _deltas(self) -> tuple[float, ...]:
        return independent_deltas(self.p, centre=self.centre**2, p_centre=self.p_centre)
