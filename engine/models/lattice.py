"""A classifier that breaks certificates from floating-point noise (Voracek & Hein, ICLR 2023).

fl(x + e) lies on a lattice of floating-point numbers that depends on x, and a classifier may read
x from it: 1 + e is a whole multiple of 2^-24 for every float32 e, 0.46 + e often is not. So noisy
copies of two near images can be told apart though their laws, in exact arithmetic, overlap, and
what CERTIFY says of such a classifier under float noise is false. Integer noise on the 8-bit grid
(``engine.noise.discrete_gaussian``) shows it nothing but the sum.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

from engine.core.files import sha256_file
from engine.core.records import ModelIdentity
from engine.models.base import Classifier, only_fp32
from engine.models.request import ModelRequest


class LatticeAttack(Classifier):
    """Class 1 iff all watched pixels are whole multiples of 2^exponent, else class 0.

    Args:
        pixels: (row, column) of each watched pixel.
        exponent: of the lattice; -24 is that of float32 numbers in [0.5, 1).
        identity: two classes, images of one channel.
    """

    def __init__(
        self, pixels: tuple[tuple[int, int], ...], exponent: int, identity: ModelIdentity
    ) -> None:
        self.identity = identity
        self._pixels = pixels
        self._scale = 2.0**-exponent

    def prepare(self, device: torch.device, precision: str) -> None:
        """It works on any device, on float32 alone."""
        only_fp32(precision, "the lattice attack, which reads the bits of float32 numbers")

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """1 for the class and 0 for the other, (B, 2)."""
        watched = torch.stack([batch[:, 0, row, column] for row, column in self._pixels], dim=1)
        steps = watched * self._scale  # a power of two: exact
        lit = (steps == steps.round()).all(dim=1)
        return torch.stack([~lit, lit], dim=1).float()


def load_lattice(card: Path, request: ModelRequest) -> LatticeAttack:
    """The shipped attack; its card is the whole model."""
    facts = json.loads(card.read_text(encoding="utf-8"))
    identity = ModelIdentity(
        name=facts["name"],
        source=request.spec,
        format="card",
        sha256=sha256_file(card),
        architecture=facts["architecture"],
        class_names=tuple(facts["classes"]),
        input_shape=tuple(facts["input_shape"]),
        notes=tuple(facts["notes"]),
    )
    pixels = tuple((int(row), int(column)) for row, column in facts["pixels"])
    return LatticeAttack(pixels, int(facts["exponent"]), identity)
