"""Tuning between cuts, with or without the Wasserstein loss."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from engine.pruning.channels import HIDDEN, activations
from engine.pruning.scores import usn_of
from engine.training.aircraft import Part, changed, loss, relit

BATCH, RATE, DECAY = 64, 3e-3, 1e-4
CONCENTRATION = 0.02
"""Weight of the Wasserstein loss."""


def concentration(scores: torch.Tensor) -> torch.Tensor:
    r"""The Wasserstein-1 distance of a layer's scores to a clean cut between two values.

    The worse half of the sorted scores is to be 0, the better half its own mean, which is held
    fixed: W1 = mean |s_(k) - t_k|, since on a line sorted points go to sorted points. Our reading
    of the abstract of arXiv:2510.00083: a loss by which scores come to lie in two heaps.
    """
    ordered, middle = scores.sort().values, len(scores) // 2
    aim = torch.zeros_like(ordered)
    aim[middle:] = ordered[middle:].mean().detach()
    return (ordered - aim).abs().mean()


def wasserstein(
    network: nn.Module, images: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
    """The loss over all hidden layers, of USN scores on a batch with one light for each image.

    With one light the mean of (A - a)^2 is bias2 + variance still.
    """
    clean, lit = activations(network, images), activations(network, relit(images, generator))
    total = torch.zeros(())
    for name in HIDDEN:
        distance = (lit[name] - clean[name]).square().mean((0, 2, 3))
        scores = usn_of(clean[name].var((0, 2, 3), correction=0), distance)
        total = total + concentration(scores)
    return total


def tuned(
    network: nn.Module, data: Part, steps: int, generator: torch.Generator, *, concentrate: bool
) -> Iterator[int]:
    """Tune a network where it is, yielding the steps done after each.

    AdamW with a rate that falls to 0 along a cosine, on images under random light and noise, as in
    the training of the shipped detector.

    Args:
        network: to tune.
        data: images and cells; a batch is drawn with replacement.
        steps: of one batch each.
        generator: of batches, light and noise.
        concentrate: adds the Wasserstein loss.
    """
    images, cells = data
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    network.train()
    for step in range(1, steps + 1):
        chosen = torch.randint(len(images), (BATCH,), generator=generator)
        total = loss(network(changed(images[chosen], generator)), cells[chosen])
        if concentrate:
            total = total + CONCENTRATION * wasserstein(network, images[chosen], generator)
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        schedule.step()
        yield step
    network.eval()
