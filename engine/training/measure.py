"""Accuracy of a model on held-out images: plain, and certified with the program's own CERTIFY."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.core.records import Encoding
from engine.evidence.evidence import Evidence
from engine.evidence.settings import RunSettings
from engine.inputs import fit, load_input
from engine.models import ModelRequest, load_model
from engine.models.base import Classifier
from engine.models.input_layout import clean
from engine.procedures.certify import certify
from engine.regions import Perturbation
from engine.schemes import Scheme
from engine.training.data import Part, floats

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


def certified_accuracy(
    path: Path,
    specs: Sequence[str],
    scheme: Scheme,
    cells: Sequence[Perturbation],
    *,
    n0: int,
    n: int,
    alpha: float,
) -> dict[str, Any]:
    """Share of images certified as their label against each perturbation.

    Args:
        path: the model's file.
        specs: which images.
        scheme: the smoothing noise.
        cells: perturbations in the scheme's terms.
        n0: selection votes per image.
        n: estimation votes per image.
        alpha: per image.

    Returns:
        ``right`` (share answered right and not abstained), ``abstained`` (share), ``cells`` (each
        with its share), how they were found, and for balls ``acr`` (mean radius, wrong answers and
        abstentions count 0).
    """
    classifier = load_model(ModelRequest(str(path)))
    # A ball's certificate loses more by half the alpha than it gains from the runner-up's bound.
    bound = "clopper-pearson" if scheme.region_kind == "ball" else "two-class"
    settings = RunSettings(scheme=scheme, n0=n0, n=n, alpha=alpha, bound=bound, device="cpu")
    found = [_certified(classifier, spec, settings) for spec in specs]
    right = [one for one in found if one.predicted_class == one.input.label and one.region]
    total = len(found)
    ball = scheme.region_kind == "ball"
    return {
        "n0": n0,
        "n": n,
        "alpha": alpha,
        "bound": bound,
        "inputs": total,
        "right": round(len(right) / total, 4),
        "abstained": round(sum(one.outcome == "abstained" for one in found) / total, 4),
        **({"acr": sum(one.radius or 0.0 for one in right) / total} if ball else {}),
        "cells": [
            {"at": cell, "share": round(sum(_holds(one, cell) for one in right) / total, 4)}
            for cell in cells
        ],
    }


def _holds(evidence: Evidence, cell: Perturbation) -> bool:
    return evidence.region is not None and evidence.region.contains(cell)


def _certified(classifier: Classifier, spec: str, settings: RunSettings) -> Evidence:
    image = fit(load_input(spec), classifier.identity)
    running = certify(classifier, image, settings)
    while True:
        try:
            next(running)
        except StopIteration as end:
            evidence: Evidence = end.value
            return evidence
