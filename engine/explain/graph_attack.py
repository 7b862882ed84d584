"""An attack on a graph's features, for the eye: which flips hurt most, by the gradient.

It illustrates what an attacker may do; it proves nothing and is no bound on what attacks reach.
"""

from __future__ import annotations

import numpy as np
import torch

from engine.figures.graph_examples import FlipAttack
from engine.models.base import Classifier
from engine.models.input_layout import clean

_EACH = 64
"""Flips of one direction that are kept for a node."""


def find_flips(classifier: Classifier, x: torch.Tensor, *, top: int | None) -> FlipAttack | None:
    """Flips in the order of their effect on the class ``top`` of the base model without noise.

    Args:
        classifier: bound to the neighbourhood and prepared.
        x: (M, D) binary features, on the model's device.
        top: the class to attack.

    Returns:
        None without a class or where no flip lowers its lead.
    """
    if top is None:
        return None
    slope = _slope(classifier, x, top)
    gains = torch.where(x > 0.5, slope, -slope)
    found = [_best(torch.where(way, gains, 0.0)) for way in (x <= 0.5, x > 0.5)]
    rows, columns, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    adds = np.repeat([True, False], [len(one[0]) for one in found])
    order = np.lexsort((columns, rows, -values))
    if not len(order):
        return None
    return FlipAttack(
        rows=rows[order],
        columns=columns[order],
        adds=adds[order],
        gains=values[order],
        how="greedy: the flips with the largest effect on the base model's answer",
    )


def _slope(classifier: Classifier, x: torch.Tensor, top: int) -> torch.Tensor:
    """Slope of log p_top - max other log p with respect to the features; 0 where not finite."""
    given = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        encoded = clean(given, classifier.identity.encoding)
        log_p = torch.log_softmax(classifier.scores(encoded[None]).float(), dim=1)[0]
        others = torch.cat([log_p[:top], log_p[top + 1 :]])
        (slope,) = torch.autograd.grad(log_p[top] - others.max(), given)
    return torch.nan_to_num(slope, nan=0.0, posinf=0.0, neginf=0.0)


def _best(gains: torch.Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and values of each row's largest positive gains."""
    values, columns = gains.topk(min(_EACH, gains.shape[1]), dim=1)
    row, place = (part.cpu().numpy() for part in (values > 0).nonzero(as_tuple=True))
    picked = values.cpu().numpy()[row, place].astype(np.float32)
    return row, columns.cpu().numpy()[row, place], picked
