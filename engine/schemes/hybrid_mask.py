"""Gaussian noise on an image, words masked at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engine.certificates.kernels import Mask
from engine.core.total_variation import total_variation
from engine.schemes.hybrid import HYBRID, Hybrid
from engine.schemes.tokens import mask

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource


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

    def noisy(
        self,
        x: tuple[torch.Tensor, torch.Tensor],
        stream: NoiseSource,
        start: int,
        out: tuple[torch.Tensor, torch.Tensor],
    ) -> None:
        """The image + sigma z, the text with tokens masked, each by itself."""
        self.gaussian(x[0], stream, start, out[0])
        mask(x[1], stream, start, out[1], vocabulary=self.vocabulary, beta=self.beta)

    def words_variation(self, elements: int) -> float:
        """Of which tokens are masked."""
        return total_variation(elements)

    def noise_in_words(self) -> str:
        """The law, its levels and the decision."""
        return (
            f"{self.levels_in_words()}; each word masked with probability {self.beta:g}; "
            f"{self.decision_in_words()}"
        )
