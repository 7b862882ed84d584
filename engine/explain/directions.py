"""Directions in input space: random, towards another input, against the smoothed model."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Literal

import torch

from engine.core.batches import Batch, parts
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import NoiseStream, Stream
from engine.schemes import Scheme

AxisKind = Literal["random", "towards", "adversarial", "pixels"]
_STEPS = 12
_NOISE_COPIES = 16
_STEIN_SAMPLES = 512


@dataclass(frozen=True)
class SliceAxes:
    """Which plane to look at.

    Attributes:
        kind: what the first axis is; the second is random and orthogonal to it. ``pixels`` are two
            numbers of the input, chosen by lot: there unit balls are a diamond, a disc, a square.
        towards: the other input, for ``towards``.
        seed: of the random directions; another seed shows another plane.
    """

    kind: AxisKind = "adversarial"
    towards: FittedInput | None = None
    seed: int = 0


def orthonormal(first: torch.Tensor, second: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Two orthonormal tensors of the same shape, the first along ``first`` (Gram-Schmidt)."""
    e1 = first / first.norm().clamp_min(1e-12)
    rest = second - (second * e1).sum() * e1
    return e1, rest / rest.norm().clamp_min(1e-12)


def random_direction(shape: torch.Size, key: int, index: int, device: torch.device) -> torch.Tensor:
    """A unit tensor with uniform direction: sample ``index`` of the axes stream."""
    out = torch.empty((1, *shape), device=device)
    NoiseStream(key, int(Stream.SLICE_AXES), device).normal_(out, start=index)
    unit: torch.Tensor = out[0] / out.norm()
    return unit


def two_numbers(
    shape: torch.Size, key: int, index: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """The unit tensors of two numbers, all pairs alike: the largest of a random direction.

    Args:
        shape: of the input, at least two numbers.
        key: of the run.
        index: another one chooses another pair.
        device: of the result.
    """
    places = random_direction(shape, key, index, device).abs().flatten().topk(2).indices
    both = torch.zeros((2, shape.numel()), device=device)
    both[torch.arange(2, device=device), places] = 1.0
    first, second = both.view(2, *shape)
    return first, second


def slope(classifier: Classifier, x: tuple[torch.Tensor, ...], top: int) -> torch.Tensor | None:
    """How to move an input's first part so that the lead of ``top`` without noise falls fastest.

    Args:
        classifier: prepared, and differentiable in that part.
        x: one input of several parts.
        top: the class that leads.

    Returns:
        As the first part; None where there is no finite slope.
    """
    found = -margin_slope(classifier, tuple(part[None] for part in x), top)[0]
    return found if torch.isfinite(found).all() and found.norm() > 0 else None


def adversarial_direction(
    classifier: Classifier,
    x: torch.Tensor,
    scheme: Scheme,
    *,
    key: int,
    top: int,
    size: float,
    budget_seconds: float = 2.0,
    stop: threading.Event | None = None,
) -> torch.Tensor | None:
    """A unit direction that lowers the smoothed model's vote for ``top``; None if none is found.

    With gradients: ascent on the noisy margin (SmoothAdv, Salman et al. 2019) at distance ``size``.
    Without: the gradient of p_top by Stein's identity, E[(z - x) 1{f(z) = top}].
    """
    if classifier.differentiable:
        return _by_gradient(classifier, x, scheme, key, top, size, budget_seconds, stop)
    return _by_votes(classifier, x, scheme, key, top, budget_seconds)


def _by_gradient(
    classifier: Classifier,
    x: torch.Tensor,
    scheme: Scheme,
    key: int,
    top: int,
    size: float,
    budget_seconds: float,
    stop: threading.Event | None,
) -> torch.Tensor | None:
    began = time.perf_counter()
    noise = NoiseStream(key, int(Stream.SLICE_AXES), x.device)
    delta = torch.zeros_like(x)
    copies = torch.empty((_NOISE_COPIES, *x.shape), device=x.device)
    for step in range(_STEPS):
        scheme.noise().draw(x, noise, 1000 + step * _NOISE_COPIES, copies)
        gradient = margin_slope(classifier, copies + delta, top).sum(dim=0)
        if not torch.isfinite(gradient).all() or gradient.norm() == 0:
            break
        delta = delta - gradient / gradient.norm() * (2.5 * size / _STEPS)
        delta = delta * min(1.0, size / float(delta.norm().clamp_min(1e-12)))
        if time.perf_counter() - began > budget_seconds or (stop is not None and stop.is_set()):
            break
    norm = float(delta.norm())
    return delta / norm if norm > 0 else None


def margin_slope(classifier: Classifier, batch: Batch, top: int) -> torch.Tensor:
    """Gradient of the mean margin log p_top - max other log p of a batch in its first part.

    Its sum over the batch is the gradient in a shift that all samples share.
    """
    first, *rest = parts(batch)
    with torch.enable_grad():
        given = first.detach().clone().requires_grad_()
        scores = classifier.scores((given, *rest) if rest else given)
        log_p = torch.log_softmax(scores.float(), dim=1)
        others = torch.cat([log_p[:, :top], log_p[:, top + 1 :]], dim=1)
        margin = (log_p[:, top] - others.max(dim=1).values).mean()
        (gradient,) = torch.autograd.grad(margin, given)
    found: torch.Tensor = gradient
    return found


def _by_votes(
    classifier: Classifier,
    x: torch.Tensor,
    scheme: Scheme,
    key: int,
    top: int,
    budget_seconds: float,
) -> torch.Tensor | None:
    began = time.perf_counter()
    noise = NoiseStream(key, int(Stream.SLICE_AXES), x.device)
    copies = torch.empty((16, *x.shape), device=x.device)
    lost = torch.zeros_like(x)
    with torch.inference_mode():
        for start in range(0, _STEIN_SAMPLES, copies.shape[0]):
            scheme.noise().draw(x, noise, 1000 + start, copies)
            wrong = classifier.classify(copies) != top
            lost += (copies[wrong] - x).sum(dim=0)
            if time.perf_counter() - began > budget_seconds:
                break
    norm = float(lost.norm())
    return (lost / norm).clone() if norm > 0 else None
