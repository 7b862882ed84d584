"""Words replaced by random others: certified against substitutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engine.certificates.kernels import Uniform
from engine.core.total_variation import total_variation
from engine.schemes.tokens import substitute
from engine.schemes.words import Text

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource


class TextUniform(Text):
    """Each token is kept with probability 1 - beta, else one of the V - 1 others, each alike.

    d changed tokens give 2d + 1 likelihood ratios; the worst case is the Neyman-Pearson test over
    them, with a fraction of the critical one.
    """

    key: ClassVar[str] = "text-uniform"
    kernel_name: ClassVar[str] = "uniform"
    title: ClassVar[str] = "Word substitution"
    citation: ClassVar[str] = (
        "Lee, Yuan, Chang & Jaakkola, Tight Certificates of Adversarial Robustness for Randomly "
        "Smoothed Classifiers, NeurIPS 2019; arXiv:2605.12876"
    )

    def kernel(self) -> Uniform:
        """The noise on the words."""
        return Uniform(self.vocabulary, self.beta)

    def noisy(self, x: torch.Tensor, stream: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x (L,) with tokens replaced, each by itself."""
        substitute(x, stream, start, out, arities=(self.vocabulary,), beta=self.beta)

    def total_variation(self, elements: int) -> float:
        """Of which tokens are replaced, and by what."""
        return total_variation(elements) + total_variation(elements, self.vocabulary - 1)

    def noise_in_words(self) -> str:
        """The law, its level and the decision."""
        return (
            f"each word replaced with probability {self.beta:g} by another of {self.vocabulary:,}, "
            f"{self.decision_in_words()}"
        )
