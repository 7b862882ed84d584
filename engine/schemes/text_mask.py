"""Words masked at random: certified against substitutions."""

from __future__ import annotations

from typing import ClassVar

from engine.certificates.kernels import Mask
from engine.noise.tokens import Masking
from engine.schemes.words import Text


class TextMask(Text):
    """Each token is masked with probability beta, by itself.

    d changed tokens are all masked with probability beta^d, and only otherwise does the model see
    a difference: what has p keeps p - (1 - beta^d).
    """

    key: ClassVar[str] = "text-mask"
    kernel_name: ClassVar[str] = "mask"
    title: ClassVar[str] = "Word masking"
    citation: ClassVar[str] = (
        "Levine & Feizi, Robustness Certificates for Sparse Adversarial Attacks by Randomized "
        "Ablation, AAAI 2020; arXiv:2605.12876"
    )

    def kernel(self) -> Mask:
        """The noise on the words."""
        return Mask(self.beta)

    def noise(self) -> Masking:
        """Each token masked by itself."""
        return Masking(self.beta, self.vocabulary)
