"""The soft smoothed classifier of a few noisy samples, and how its input is attacked.

F(x) = 1/m sum_i softmax f(x + e_i) estimates the expected scores under noise; unlike the votes it
has a gradient (H. Salman et al., NeurIPS 2019, section 2.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from engine.training.step import Step

_LEAST = 1e-20
"""Below it a probability is not told from 0 by its logarithm."""
_FLAT = 1e-8
"""Added to the norm of a gradient: where it vanishes there is no direction to take."""


def soft(scores: torch.Tensor, draws: int) -> torch.Tensor:
    """F of every image, (B, K), from scores (draws B, K) whose rows of one image are B apart."""
    return scores.softmax(1).view(draws, -1, scores.shape[1]).mean(0)


def log_soft(scores: torch.Tensor, draws: int) -> torch.Tensor:
    """log F of every image, (B, K)."""
    return soft(scores, draws).clamp(min=_LEAST).log()


def each(x: torch.Tensor, draws: int) -> torch.Tensor:
    """Every image or class ``draws`` times: the whole batch over and over."""
    return x.repeat(draws, *[1] * (x.ndim - 1))


def warmed(epoch: int, warmup: int) -> float:
    """The share of its strength that a method has in an epoch, counted from 1."""
    return min(1.0, epoch / warmup) if warmup else 1.0


def ascend(
    step: Step,
    x: torch.Tensor,
    labels: torch.Tensor,
    noises: torch.Tensor,
    *,
    steps: int,
    length: float,
    within: float | None = None,
) -> torch.Tensor:
    """Images that the soft classifier takes for their classes less and less.

    Each step goes ``length`` along the normalised gradient of -log F(x)_y, whose noise is the same
    in every step, then back into [0, 1] and into the l2 ball around ``x``. The network is in eval
    mode meanwhile, and its weights get no gradient.

    Args:
        noises: (m B, C, H, W), added to the m copies of the images.
        within: radius of the ball; None for none.
    """
    import torch
    from torch.nn import functional

    draws, found = len(noises) // len(x), x.detach()
    with step.frozen():
        for _ in range(steps):
            found.requires_grad_()
            scores = step.scores(each(found, draws) + noises)
            loss = functional.nll_loss(log_soft(scores, draws), labels, reduction="sum")
            (gradient,) = torch.autograd.grad(loss, [found])
            norms = gradient.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
            moved = (found.detach() + length * gradient / (norms + _FLAT)).clamp(0, 1)
            if within is not None:
                moved = x + (moved - x).renorm(2, 0, within)
            found = moved.detach()
    return found
