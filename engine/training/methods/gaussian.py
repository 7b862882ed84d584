"""Noise augmentation: the cross-entropy of a noisy sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engine.training.methods.base import Loss, Method

if TYPE_CHECKING:
    import torch

    from engine.training.step import Step


class GaussianTraining(Method):
    """L = -log softmax f(x + e)_y, with one draw of the scheme's noise per image and step.

    The same for every scheme (Levine & Feizi, AAAI 2020, for ablation; Scholten et al., NeurIPS
    2023, for hierarchical noise).
    """

    key: ClassVar[str] = "gaussian"
    title: ClassVar[str] = "Noise augmentation"
    citation: ClassVar[str] = (
        "Cohen, Rosenfeld & Kolter, Certified Adversarial Robustness via Randomized Smoothing, "
        "ICML 2019, section 3.3"
    )
    idea: ClassVar[str] = "minimise the cross-entropy of one noisy sample of every image"

    def loss(self, step: Step, x: torch.Tensor, labels: torch.Tensor) -> Loss:
        """The cross-entropy."""
        from torch.nn import functional

        scores = step.scores(step.noisy(x))
        return Loss(functional.cross_entropy(scores, labels), scores)
