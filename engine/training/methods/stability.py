"""Stability training: what the network says of an image without noise, it says with noise too."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engine.training.methods.base import Loss, Method, weight_field

if TYPE_CHECKING:
    import torch

    from engine.training.step import Step


class Stability(Method):
    """L = -log p(x)_y - lambda sum_k p(x)_k log p(x + e)_k, with p = softmax f.

    The gradient goes through both factors of the second term.
    """

    key: ClassVar[str] = "stability"
    title: ClassVar[str] = "Stability training"
    citation: ClassVar[str] = (
        "Li, Chen, Wang & Carin, Certified Adversarial Robustness with Additive Noise, NeurIPS "
        "2019, section 4.2; lambda 2 as in Jeong & Shin, NeurIPS 2020"
    )
    idea: ClassVar[str] = (
        "minimise the cross-entropy without noise, and that between the scores without and with it"
    )

    weight: float = weight_field(2.0, "weight of the stability term")

    def loss(self, step: Step, x: torch.Tensor, labels: torch.Tensor) -> Loss:
        """Both terms; the first on images without noise."""
        from torch.nn import functional

        noisy, clean = step.scores(step.noisy(x)), step.scores(step.clean(x))
        between = -(clean.softmax(1) * noisy.log_softmax(1)).sum(1).mean()
        value = functional.cross_entropy(clean, labels) + self.weight * between
        return Loss(value, noisy)
