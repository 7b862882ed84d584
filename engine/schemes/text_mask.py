"""Words masked at random: certified against substitutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engine.certificates.kernels import Mask
from engine.core.total_variation import total_variation
from engine.schemes.tokens import mask
from engine.schemes.words import Text

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource


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

    def noisy(self, x: torch.Tensor, stream: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x (L,) with tokens masked, each by itself."""
        mask(x, stream, start, out, vocabulary=self.vocabulary, beta=self.beta)

    def total_variation(self, elements: int) -> float:
        """Of which tokens are masked."""
        return total_variation(elements)

    def noise_in_words(self) -> str:
        """The law, its level and the decision."""
        return f"each word masked with probability {self.beta:g}, {self.decision_in_words()}"
