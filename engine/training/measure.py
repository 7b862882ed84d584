"""Accuracy of a model on held-out inputs: plain, by majority, and certified by CERTIFY."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.core.generators import result_of
from engine.core.records import Encoding
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Counting, ExactSettings, Execution
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.base import Classifier
from engine.models.graph import GraphNetwork
from engine.models.input_layout import clean
from engine.procedures.certify import certify
from engine.regions import Perturbation
from engine.schemes import Scheme
from engine.training.data import Part, floats
from engine.training.graph_data import View
from engine.training.graph_noise import GraphNoise

_LOOK = 1024


@torch.no_grad()
def accuracy(network: nn.Module, held_out: Part, encoding: Encoding = "plain") -> float:
    """Share of right answers without noise."""
    network.eval()
    right = 0
    for pixels, labels in zip(*(part.split(_LOOK) for part in held_out), strict=True):
        shown = torch.stack([clean(image, encoding) for image in floats(pixels)])
        right += int((network(shown).argmax(1) == labels).sum())
    return round(right / len(held_out[1]), 4)


@torch.no_grad()
def node_accuracy(network: GraphNetwork, view: View, noise: GraphNoise) -> float:
    """Share of nodes that are classified right without noise."""
    x = view.features
    if noise.encoding == "indicator":
        x = torch.cat([x, torch.zeros_like(x[:, :1])], 1)
    answers = network.eval()(x[None], view.over, view.over)[0, view.rows].argmax(1)
    return round(float((answers == view.labels).float().mean()), 4)


@torch.no_grad()
def smoothed_accuracy(
    network: GraphNetwork, view: View, noise: GraphNoise, *, draws: int, seed: int
) -> float:
    """Share of nodes for which most of ``draws`` noisy graphs give the right answer."""
    generator = torch.Generator(view.features.device).manual_seed(seed)
    classes = network.eval().classes
    votes = torch.zeros(len(view.rows), classes, device=view.features.device)
    for _ in range(draws):
        scores = network(noise.draw(view.features, generator)[None], view.over, view.over)
        answers = scores[0, view.rows].argmax(1, keepdim=True)
        votes.scatter_add_(1, answers, torch.ones_like(answers, dtype=votes.dtype))
    return round(float((votes.argmax(1) == view.labels).float().mean()), 4)


def certified_accuracy(
    path: Path,
    specs: Sequence[str],
    scheme: Scheme,
    cells: Sequence[Perturbation],
    *,
    n0: int,
    n: int,
    alpha: float,
    denoiser: str = "",
) -> dict[str, Any]:
    """Share of inputs certified as their label against each perturbation.

    Args:
        path: the model's file.
        specs: which inputs.
        scheme: the smoothing noise.
        cells: perturbations in the scheme's terms.
        n0: selection votes per input; not used where the scheme computes.
        n: estimation votes per input; the same.
        alpha: per input; the same.
        denoiser: before the model; empty for none.

    Returns:
        ``right`` (share answered right and not abstained), ``abstained`` (share), ``cells`` (each
        with its share), ``terms`` (what the cells' numbers mean), how they were found, and for
        balls ``acr`` (mean radius, wrong answers and abstentions count 0).
    """
    classifier = load_model(ModelRequest(str(path), denoiser=denoiser))
    ball = "radius" in scheme.terms
    # A ball's certificate loses more by half the alpha than it gains from the runner-up's bound.
    bound = "clopper-pearson" if ball else "two-class"
    settings: Counting = (
        ExactSettings(scheme=scheme)
        if scheme.computed
        else CertifySettings(scheme=scheme, n0=n0, n=n, alpha=alpha, bound=bound)
    )
    found = [_certified(classifier, spec, settings) for spec in specs]
    right = [one for one in found if one.predicted_class == one.input.label and one.region]
    total = len(found)
    return {
        "n0": n0,
        "n": n,
        "alpha": alpha,
        "bound": settings.bound,
        "inputs": total,
        "right": round(len(right) / total, 4),
        "abstained": round(sum(one.outcome == "abstained" for one in found) / total, 4),
        **({"acr": sum(one.radius or 0.0 for one in right) / total} if ball else {}),
        "terms": {term: str(scheme.stated_terms()[term]) for term in cells[0]},
        "cells": [
            {"at": cell, "share": round(sum(_holds(one, cell) for one in right) / total, 4)}
            for cell in cells
        ],
    }


def _holds(evidence: Evidence, cell: Perturbation) -> bool:
    return evidence.region is not None and evidence.region.contains(cell)


def _certified(classifier: Classifier, spec: str, settings: Counting) -> Evidence:
    given = fitted(classifier, load_input(spec))
    return result_of(certify(classifier, given, settings, execution=Execution(device="cpu")))
