"""SmoothMix: mix each image with one that the smoothed classifier is over-confident about."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from engine.training.methods.base import (
    Loss,
    Method,
    draws_field,
    steps_field,
    warmup_field,
    weight_field,
)
from engine.training.methods.soft import ascend, each, soft, warmed

if TYPE_CHECKING:
    import torch

    from engine.training.step import Step


class SmoothMix(Method):
    """L = 1/m sum_i [-log p_i(y) + eta 1{F is right} KL(y' || softmax f(x' + e_i))].

    F = 1/m sum_i p_i with p_i = softmax f(x + e_i). x' = (1 - l) x + l a, where a comes from T
    steps of length alpha along the normalised gradient of -log F(x)_y, in no ball but in [0, 1];
    y' = (1 - l) F(x) + l / K; l is uniform on [0, 1/2]. The noise is the same throughout.
    """

    key: ClassVar[str] = "smoothmix"
    title: ClassVar[str] = "SmoothMix"
    citation: ClassVar[str] = (
        "Jeong et al., SmoothMix: Training Confidence-calibrated Smoothed Classifiers for "
        "Certified Robustness, NeurIPS 2021, Algorithm 1; m 2, T 4, eta 5 and a warm-up of 10 "
        "epochs as for CIFAR-10, alpha 0.5 at sigma 0.25, 1 at 0.50, 2 at 1.00"
    )
    idea: ClassVar[str] = (
        "minimise the cross-entropy of noisy samples, and certainty between an image and its attack"
    )
    noise: ClassVar[Literal["any", "added", "gaussian"]] = "added"

    eta: float = weight_field(5.0, "weight of the mixed images", "eta")
    step_length: float = Field(
        default=0.5,
        gt=0,
        le=100,
        title="step length",
        description="l2 length of a step of the attack, alpha in the paper",
        json_schema_extra={"unit": "pixels in [0,1]", "step": 0.25},
    )
    steps: int = steps_field(4)
    m: int = draws_field(2)
    warmup: int = warmup_field()

    def loss(self, step: Step, x: torch.Tensor, labels: torch.Tensor) -> Loss:
        """Both terms; the gradient goes through the mixed classes too."""
        from torch.nn import functional

        m, noises = self.m, step.noises(x, self.m)
        attacked = ascend(step, x, labels, noises, steps=self.steps, length=self.step_length)
        scores = step.scores(each(x, m) + noises)
        average = soft(scores, m)
        mixed, classes = self._mixed(step, x, attacked, average)
        logs = step.scores(each(mixed, m) + noises).log_softmax(1)
        from_it = functional.kl_div(logs, each(classes, m), reduction="none").sum(1)
        right = each(average.argmax(1) == labels, m)
        weight = self.eta * warmed(step.epoch, self.warmup)
        value = (
            functional.cross_entropy(scores, each(labels, m)) + weight * (right * from_it).mean()
        )
        return Loss(value, scores)

    @staticmethod
    def _mixed(
        step: Step, x: torch.Tensor, attacked: torch.Tensor, average: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """x' and y', each image by its own share."""
        share = step.uniform(len(x))[:, None] / 2
        classes = (1 - share) * average + share / average.shape[1]
        share = share[:, :, None, None]
        return (1 - share) * x + share * attacked, classes
