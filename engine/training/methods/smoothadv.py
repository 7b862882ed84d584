"""SmoothAdv: adversarial training of the soft smoothed classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from engine.training.methods.base import Loss, Method, draws_field, steps_field, warmup_field
from engine.training.methods.soft import ascend, each, warmed

if TYPE_CHECKING:
    import torch

    from engine.training.step import Step


class SmoothAdv(Method):
    """L = -1/m sum_i log softmax f(x' + e_i)_y, where x' attacks F = 1/m sum_i softmax f(. + e_i).

    x' comes from T steps of length 2 epsilon / T along the normalised gradient of -log F(x)_y,
    within the l2 ball of radius epsilon, under the same noise that the loss is taken with.
    """

    key: ClassVar[str] = "smoothadv"
    title: ClassVar[str] = "SmoothAdv"
    citation: ClassVar[str] = (
        "Salman et al., Provably Robust Deep Learning via Adversarially Trained Smoothed "
        "Classifiers, NeurIPS 2019, SmoothAdv-PGD, section 3.1; epsilon 255/255, m 2, T 2 and a "
        "warm-up of 10 epochs are among its settings for CIFAR-10"
    )
    idea: ClassVar[str] = "minimise the cross-entropy of noisy samples of an attacked image"
    noise: ClassVar[Literal["any", "added", "gaussian"]] = "added"

    epsilon: float = Field(
        default=1.0,
        gt=0,
        le=100,
        title="epsilon",
        description="l2 norm of the attack",
        json_schema_extra={"unit": "pixels in [0,1]", "step": 0.25},
    )
    steps: int = steps_field(2)
    m: int = draws_field(2)
    warmup: int = warmup_field()

    def loss(self, step: Step, x: torch.Tensor, labels: torch.Tensor) -> Loss:
        """The cross-entropy of the attacked images."""
        from torch.nn import functional

        noises = step.noises(x, self.m)
        epsilon = warmed(step.epoch, self.warmup) * self.epsilon
        length = 2 * epsilon / self.steps
        attacked = ascend(step, x, labels, noises, steps=self.steps, length=length, within=epsilon)
        scores = step.scores(each(attacked, self.m) + noises)
        return Loss(functional.cross_entropy(scores, each(labels, self.m)), scores)
