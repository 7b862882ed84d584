"""Accuracy of a model on held-out digits: plain, and certified with the program's own CERTIFY."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.evidence import Evidence
from engine.inputs import fit, load_input
from engine.inputs.digits import PREFIX
from engine.models import ModelRequest, load_model
from engine.models.base import Classifier
from engine.procedures.certify import certify
from engine.schemes import Gaussian
from engine.settings import RunSettings
from engine.training.loop import Part


@torch.no_grad()
def accuracy(network: nn.Module, held_out: Part) -> float:
    """Share of right answers without noise."""
    pixels, labels = held_out
    return round(float((network.eval()(pixels).argmax(1) == labels).float().mean()), 4)


def certified_accuracy(
    path: Path,
    indices: Sequence[int],
    sigma: float,
    radii: Sequence[float],
    *,
    n0: int,
    n: int,
    alpha: float,
) -> dict[str, Any]:
    """Share of digits certified as their label beyond each radius, and the mean radius.

    Args:
        path: the model's file.
        indices: which digits.
        sigma: smoothing noise.
        radii: where to read the curve; at 0 it is "right and not abstained".
        n0: selection votes per digit.
        n: estimation votes per digit.
        alpha: per digit.

    Returns:
        ``curve`` (radius -> share), ``acr`` (mean radius, wrong answers and abstentions count 0)
        and ``abstained`` (share).
    """
    classifier = load_model(ModelRequest(str(path)))
    settings = RunSettings(
        scheme=Gaussian(sigma=sigma), n0=n0, n=n, alpha=alpha, bound="clopper-pearson", device="cpu"
    )
    found = [_certified(classifier, index, settings) for index in indices]
    right = [
        run.radius if run.predicted_class == run.input.label and run.radius is not None else None
        for run in found
    ]
    total = len(found)
    return {
        "curve": {
            f"{radius:g}": round(sum(r is not None and r > radius for r in right) / total, 4)
            for radius in radii
        },
        "acr": sum(r or 0.0 for r in right) / total,
        "abstained": round(sum(run.outcome == "abstained" for run in found) / total, 4),
    }


def _certified(classifier: Classifier, index: int, settings: RunSettings) -> Evidence:
    digit = fit(load_input(f"{PREFIX}{index}"), classifier.identity)
    running = certify(classifier, digit, settings)
    while True:
        try:
            next(running)
        except StopIteration as end:
            evidence: Evidence = end.value
            return evidence
