"""Gaussian noise on an image, words masked at random."""

from __future__ import annotations

from typing import ClassVar

from engine.certificates.kernels import Mask
from engine.noise.law import Beside
from engine.noise.tokens import Masking
from engine.schemes.hybrid import HYBRID, Hybrid


class HybridMask(Hybrid):
    """x + sigma z, and each token masked with probability beta.

    With v = beta^d the worst case is v Phi(Phi^-1((p - 1 + v) / v) - epsilon / sigma).
    """

    key: ClassVar[str] = "hybrid-mask"
    kernel_name: ClassVar[str] = "mask"
    title: ClassVar[str] = "Image and word masking"
    citation: ClassVar[str] = HYBRID

    def kernel(self) -> Mask:
        """The noise on the words."""
        return Mask(self.beta)

    def noise(self) -> Beside:
        """Gaussian on the image, tokens masked, each by itself."""
        return Beside(self.gaussian(), Masking(self.beta, self.vocabulary))
