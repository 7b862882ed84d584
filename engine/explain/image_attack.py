"""An image of an attack: which pixels hurt most, by the gradient of the noisy margin.

It illustrates what an attacker may do; it proves nothing and is no bound on what attacks reach.
"""

from __future__ import annotations

import numpy as np
import torch

from engine.core.records import Encoding
from engine.figures.attack import Attack
from engine.models.base import Classifier
from engine.noise.gaussian import NoiseStream, Stream
from engine.schemes import Scheme

_COPIES = 64


def find_attack(
    classifier: Classifier,
    x: torch.Tensor,
    scheme: Scheme,
    *,
    shape: tuple[int, ...],
    key: int,
    top: int | None,
) -> Attack:
    """Pixels in the order of their effect on the class ``top``, and where to move them.

    Without gradients, or before a class is chosen, both are random.

    Args:
        classifier: prepared.
        x: (C, H, W) on the model's device.
        scheme: the noise.
        shape: of a noised image, as the model takes it.
        key: of the noise.
        top: the class to attack.
    """
    found = None
    if top is not None and classifier.differentiable:
        found = _gradient(classifier, x, scheme, shape, key, top)
    how = "greedy: largest effect on the answer first"
    if found is None:
        found, how = _random(x, key), "pixels at random"
    effect = found.norm(dim=0).flatten()
    return Attack(
        original=x.clamp(0, 1).cpu().numpy().astype(np.float32),
        direction=found.cpu().numpy().astype(np.float32),
        order=effect.argsort(descending=True, stable=True).cpu().numpy(),
        how=how,
    )


def _gradient(
    classifier: Classifier,
    x: torch.Tensor,
    scheme: Scheme,
    shape: tuple[int, ...],
    key: int,
    top: int,
) -> torch.Tensor | None:
    """Where the mean margin log p_top - max other log p falls fastest; None if it is flat."""
    copies = torch.empty((_COPIES, *shape), device=x.device)
    scheme.noise().draw(x, NoiseStream(key, int(Stream.SLICE_AXES), x.device), 0, copies)
    batch = copies.detach().requires_grad_()
    with torch.enable_grad():
        log_p = torch.log_softmax(classifier.scores(batch).float(), dim=1)
        others = torch.cat([log_p[:, :top], log_p[:, top + 1 :]], dim=1)
        (slope,) = torch.autograd.grad((log_p[:, top] - others.max(dim=1).values).mean(), batch)
    falls = -_of_image(slope, classifier.identity.encoding, x.shape[0]).sum(dim=0)
    return falls if torch.isfinite(falls).all() and falls.norm() > 0 else None


def _of_image(slope: torch.Tensor, encoding: Encoding, channels: int) -> torch.Tensor:
    """The gradient (B, C, H, W) with respect to the image, from that of its encoding."""
    if encoding == "complement":
        return slope[:, :channels] - slope[:, channels:]
    return slope[:, :channels]


def _random(x: torch.Tensor, key: int) -> torch.Tensor:
    out = torch.empty((1, *x.shape), device=x.device)
    return NoiseStream(key, int(Stream.SLICE_AXES), x.device).normal_(out, start=0)[0]
