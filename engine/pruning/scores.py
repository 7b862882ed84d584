r"""Scores of channels: the lowest go.

Let A(x, t, p) be what a channel answers to image x under light t at place p, and a(x, p) what it
answers without. Over lights, images and places

    bias2 = E (E_t A - a)^2,    variance = E Var_t A,    signal = Var a,

and bias2 + variance = E (A - a)^2: how far the channel is from one that is unbiased and smooth
under light. *USN* is the logarithm of signal / (bias2 + variance), and has no scale; the unscaled
one is -(bias2 + variance). Both are our reading of the abstract of arXiv:2510.00083, whose formulas
are not public.

The *relaxation gap* score is the logarithm of the standard deviation of a over the mean of
-L U / (U - L), the largest distance between a ReLU and its chord over an interval [L, U] about 0,
with L and U from linear bounds over half of the box of lights. *Magnitude* is the l1 norm of a
filter (Li et al., Pruning Filters for Efficient ConvNets, ICLR 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import nn

from engine.pruning.channels import HIDDEN, activations, kernel, widths
from engine.pruning.maps import preactivations
from engine.pruning.records import MethodKey
from engine.training.aircraft import Part, relit

Scores = dict[str, torch.Tensor]
"""A score for each channel, by layer."""

IMAGES, LIGHTS, BOUNDED = 128, 8, 16
"""Training images that are looked at, lights for each, and images of the relaxation gap."""
_LEAST, _NEAR = 1e-12, 1e-6
"""What a signal and a distance are raised by: a channel that is always 0 has the lowest score."""


@dataclass(frozen=True)
class Sample:
    """Training images that channels are scored on, and their lights.

    Attributes:
        clean: (N, 1, 32, 32).
        lit: (T, N, 1, 32, 32) the same under T lights each.
        generator: of the random score.
        box: C and B, how far contrast and brightness are changed.
    """

    clean: torch.Tensor
    lit: torch.Tensor
    generator: torch.Generator
    box: tuple[float, float]

    @classmethod
    def of(cls, data: Part, seed: int, box: tuple[float, float]) -> Sample:
        """The first training images, under lights of a seed."""
        clean, generator = data[0][:IMAGES], torch.Generator().manual_seed(seed)
        lit = torch.stack([relit(clean, generator) for _ in range(LIGHTS)])
        return cls(clean, lit, generator, box)


Score = Callable[[nn.Module, Sample], Scores]


@torch.no_grad()
def moments(network: nn.Module, sample: Sample) -> Mapping[str, tuple[torch.Tensor, ...]]:
    """Squared bias, variance and signal of every channel, by layer."""
    clean = activations(network, sample.clean)
    found = {}
    lit = [activations(network, images) for images in sample.lit]
    for name in HIDDEN:
        a, changed = clean[name].double(), torch.stack([each[name] for each in lit]).double()
        mean = changed.mean(0)
        bias2 = (mean - a).square().mean((0, 2, 3))
        variance = (changed - mean).square().mean((0, 1, 3, 4))
        found[name] = (bias2, variance, a.var((0, 2, 3), correction=0))
    return found


def usn_of(signal: torch.Tensor, distance: torch.Tensor) -> torch.Tensor:
    """The scale-free score, from the signal and from bias2 + variance."""
    return ((signal + _LEAST) / (distance + _NEAR)).log()


def usn(network: nn.Module, sample: Sample) -> Scores:
    """Log of signal over (bias2 + variance)."""
    return {
        name: usn_of(signal, bias2 + variance)
        for name, (bias2, variance, signal) in moments(network, sample).items()
    }


def usn_raw(network: nn.Module, sample: Sample) -> Scores:
    """-(bias2 + variance)."""
    return {name: -(b + v) for name, (b, v, _) in moments(network, sample).items()}


@torch.no_grad()
def gap(network: nn.Module, sample: Sample) -> Scores:
    """Log of the standard deviation over the mean relaxation gap on half of the box of lights."""
    contrast, brightness = (half / 2 for half in sample.box)
    clean = activations(network, sample.clean)
    bounds = preactivations(network, sample.clean[:BOUNDED].numpy(), contrast, brightness)
    found = {}
    for name, (lower, upper) in zip(HIDDEN, bounds, strict=True):
        low, high = torch.from_numpy(lower), torch.from_numpy(upper)
        crossing = (low < 0) & (high > 0)
        wide = torch.where(crossing, -low * high / (high - low).clamp_min(_LEAST), 0.0)
        deviation = clean[name].double().std((0, 2, 3), correction=0)
        found[name] = ((deviation + _LEAST) / (wide.mean((0, 2, 3)) + _NEAR)).log()
    return found


def magnitude(network: nn.Module, sample: Sample) -> Scores:
    """The l1 norm of each filter."""
    del sample
    filters = {name: kernel(network, name) for name in HIDDEN}
    return {name: each.detach().double().abs().sum((1, 2, 3)) for name, each in filters.items()}


def by_lot(network: nn.Module, sample: Sample) -> Scores:
    """A random number each."""
    return {
        name: torch.rand(count, generator=sample.generator, dtype=torch.float64)
        for name, count in widths(network).items()
    }


SCORES: Mapping[MethodKey, Score] = {
    "usn": usn,
    "usn-w1": usn,
    "usn-raw": usn_raw,
    "gap": gap,
    "magnitude": magnitude,
    "random": by_lot,
}
"""What each method scores channels by; ``usn-w1`` differs in how it tunes."""
