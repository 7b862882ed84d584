"""Words replaced by random others: certified against substitutions."""

from __future__ import annotations

from typing import ClassVar

from engine.certificates.kernels import Uniform
from engine.noise.tokens import Substitution
from engine.schemes.words import Text


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

    def noise(self) -> Substitution:
        """Each token replaced by itself."""
        return Substitution(self.beta, (self.vocabulary,))
