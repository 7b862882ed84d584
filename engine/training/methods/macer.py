"""MACER: maximise the certified radius of the soft smoothed classifier itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from engine.training.methods.base import Loss, Method, draws_field, weight_field
from engine.training.methods.soft import each, log_soft, soft

if TYPE_CHECKING:
    import torch

    from engine.training.step import Step


class Macer(Method):
    """L = -log F(x)_y + lambda sigma / 2 (gamma - xi) where 0 < xi <= gamma and F is right.

    F = 1/m sum_i softmax f(x + e_i); xi = Phi^-1(G_y) - Phi^-1(max_{c != y} G_c), where G is F with
    the scores multiplied by beta. sigma xi / 2 is the radius of Theorem 1 for G, so the second term
    is a hinge on it; images whose xi is not finite count 0 in it.
    """

    key: ClassVar[str] = "macer"
    title: ClassVar[str] = "MACER"
    citation: ClassVar[str] = (
        "Zhai et al., MACER: Attack-free and Scalable Robust Training via Maximizing Certified "
        "Radius, ICLR 2020, Algorithm 1; m (k there), lambda, beta and gamma as for CIFAR-10 at "
        "sigma 0.25"
    )
    idea: ClassVar[str] = (
        "minimise the cross-entropy of averaged scores, and what their certified radius lacks"
    )
    noise: ClassVar[Literal["any", "added", "gaussian"]] = "gaussian"

    weight: float = weight_field(12.0, "weight of the radius")
    beta: float = Field(
        default=16.0,
        gt=0,
        le=1000,
        title="beta",
        description="factor of the scores in the radius",
        json_schema_extra={"advanced": True},
    )
    gamma: float = Field(
        default=8.0,
        gt=0,
        le=100,
        title="gamma",
        description="largest margin that is still widened",
        json_schema_extra={"advanced": True},
    )
    m: int = draws_field(16)

    def loss(self, step: Step, x: torch.Tensor, labels: torch.Tensor) -> Loss:
        """Both terms."""
        from torch.nn import functional

        scores = step.scores(step.noisy(each(x, self.m)))
        right = functional.nll_loss(log_soft(scores, self.m), labels)
        lacking = self._lacking(soft(scores * self.beta, self.m), labels)
        value = right + self.weight * step.sigma / 2 * lacking / len(labels)
        return Loss(value, scores)

    def _lacking(self, averaged: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The sum of gamma - xi over the images that have a margin to be widened.

        Who is left out is decided first: the gradient of Phi^-1 at 0 and 1 is infinite.
        """
        import torch

        (best, other), (top, _) = (found.unbind(1) for found in averaged.topk(2, dim=1))
        with torch.no_grad():
            margin = torch.special.ndtri(best) - torch.special.ndtri(other)
            counted = (top == labels) & margin.isfinite() & (margin.abs() <= self.gamma)
        best, other = best[counted], other[counted]
        margins = torch.special.ndtri(best) - torch.special.ndtri(other)
        lacking: torch.Tensor = (self.gamma - margins).sum()
        return lacking
