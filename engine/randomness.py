"""Which noise a run uses: its key, its mode, and what the mode costs the claim."""

from __future__ import annotations

import numpy as np
import torch

from engine.errors import UserError
from engine.evidence import NoiseRecord
from engine.exact_noise import GENERATOR as EXACT_GENERATOR
from engine.exact_noise import GRID, ExactNoiseStream, table_sha256
from engine.inputs.base import FittedInput, Pixels, pixels_sha256
from engine.noise import GENERATOR, NoiseSource, NoiseStream, Stream
from engine.records import ProbabilityBounds
from engine.settings import RunSettings

ON_GRID = 1e-4
"""Distance from the 8-bit grid, in grid steps, below which a pixel counts as on it."""


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
        if not self.total_variation:
            return bounds
        return bounds.model_copy(
            update={
                "p_lower": max(0.0, bounds.p_lower - self.total_variation),
                "p_upper": min(1.0, bounds.p_upper + self.total_variation),
            }
        )

    def record(self) -> NoiseRecord:
        """What the evidence says about the noise."""
        level = self.settings.scheme.noise_level()
        return NoiseRecord(
            generator=EXACT_GENERATOR if self.exact else GENERATOR,
            key=f"{self.key:016x}",
            key_material="seed, noise mode, model sha256, pixels sha256, scheme",
            selection_stream=int(Stream.SELECTION),
            estimation_stream=int(Stream.ESTIMATION),
            arithmetic="exact grid" if self.exact else "float",
            total_variation=self.total_variation,
            table_sha256=table_sha256(level) if self.exact and level else "",
        )


def on_grid(fitted: FittedInput) -> tuple[FittedInput, str]:
    """The input rounded to the 8-bit grid, and a remark if that changed it.

    What is certified is the rounded picture; its digest replaces the original's.
    """
    steps = np.rint(fitted.pixels.astype(np.float64) * GRID)
    moved = float(np.abs(fitted.pixels.astype(np.float64) * GRID - steps).max(initial=0.0))
    if moved < ON_GRID:
        return fitted, ""
    pixels: Pixels = (steps / GRID).astype(np.float32)
    words = "rounded to 8 bits per pixel"
    adaptation = "; ".join(filter(None, (fitted.identity.adaptation, words)))
    identity = fitted.identity.model_copy(
        update={"pixels_sha256": pixels_sha256(pixels), "adaptation": adaptation}
    )
    remark = (
        f"Exact noise needs an input on the 8-bit grid: it was {words} "
        f"(largest change {moved / GRID:.4f}), and the rounded picture is what is certified."
    )
    return FittedInput(identity, pixels), remark
