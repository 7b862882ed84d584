"""Which noise a run uses: its key, its mode, and what the mode costs the claim."""

from __future__ import annotations

import torch

from engine.errors import UserError
from engine.evidence import NoiseRecord
from engine.exact_noise import ExactNoiseStream
from engine.grid import GENERATOR as EXACT_GENERATOR
from engine.grid import on_grid, table_sha256, weakened
from engine.noise import GENERATOR, NoiseSource, NoiseStream, Stream
from engine.records import ProbabilityBounds
from engine.settings import RunSettings
from engine.streams import KEY_MATERIAL

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
        self.exact = settings.noise == "exact"
        slack = settings.scheme.total_variation(elements) if self.exact else 0.0
        if slack is None:
            raise UserError(
                f"The scheme '{settings.scheme.key}' has no exact noise; choose --noise float."
            )
        self.total_variation = slack

    def source(self, stream: Stream) -> NoiseSource:
        """The noise of one stream."""
        kind = ExactNoiseStream if self.exact else NoiseStream
        return kind(self.key, int(stream), self.device)

    def weakened(self, bounds: ProbabilityBounds) -> ProbabilityBounds:
        """Bounds on the exact law's probabilities, from bounds on the drawn law's."""
        return weakened(bounds, self.total_variation)

    def record(self) -> NoiseRecord:
        """What the evidence says about the noise."""
        level = self.settings.scheme.noise_level()
        return NoiseRecord(
            generator=EXACT_GENERATOR if self.exact else GENERATOR,
            key=f"{self.key:016x}",
            key_material=KEY_MATERIAL,
            selection_stream=int(Stream.SELECTION),
            estimation_stream=int(Stream.ESTIMATION),
            arithmetic="exact grid" if self.exact else "float",
            total_variation=self.total_variation,
            table_sha256=table_sha256(level) if self.exact and level else "",
        )
