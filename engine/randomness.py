"""Which noise a run uses: its key, its mode, and what the mode costs the claim."""

from __future__ import annotations

import torch

from engine.evidence import NoiseRecord
from engine.exact_noise import ExactNoiseStream
from engine.grid import on_grid, weakened
from engine.noise import NoiseSource, NoiseStream, Stream
from engine.noise_facts import distance, noise_record
from engine.records import ProbabilityBounds
from engine.settings import RunSettings

__all__ = ["Randomness", "on_grid"]


class Randomness:
    """The noise of one run.

    Args:
        settings: of the run.
        key: 64-bit key.
        elements: numbers in one input.
        device: where noise is drawn.

    Raises:
        UserError: exact noise was asked of a scheme that has none.
    """

    def __init__(
        self, settings: RunSettings, *, key: int, elements: int, device: torch.device
    ) -> None:
        self.settings = settings
        self.key = key
        self.device = device
        self.elements = elements
        self.exact = settings.noise == "exact"
        self.total_variation = distance(settings, elements)

    def source(self, stream: Stream) -> NoiseSource:
        """The noise of one stream."""
        kind = ExactNoiseStream if self.exact else NoiseStream
        return kind(self.key, int(stream), self.device)

    def weakened(self, bounds: ProbabilityBounds) -> ProbabilityBounds:
        """Bounds on the exact law's probabilities, from bounds on the drawn law's."""
        return weakened(bounds, self.total_variation)

    def record(self) -> NoiseRecord:
        """What the evidence says about the noise."""
        return noise_record(self.settings, key=self.key, elements=self.elements)
