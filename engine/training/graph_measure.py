"""Accuracy of a graph network on held-out nodes: plain, by majority, and certified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from engine.evidence.evidence import Evidence
from engine.evidence.settings import RunSettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.base import Classifier
from engine.models.graph_networks import GraphNetwork
from engine.procedures.certify import certify
from engine.schemes import parse_scheme
from engine.training.graph_data import View
from engine.training.graph_noise import GraphNoise

Cell = Mapping[str, float]
"""A perturbation in the terms of its scheme, e.g. ``{"entities": 1, "additions": 2, ...}``."""


@torch.no_grad()
def clean_accuracy(network: GraphNetwork, view: View, noise: GraphNoise) -> float:
    """Share of right answers without noise."""
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
    scheme: Mapping[str, Any],
    cells: Sequence[Cell],
    *,
    n0: int,
    n: int,
    alpha: float,
) -> dict[str, Any]:
    """Share of nodes certified as their label against each perturbation, by CERTIFY.

    Args:
        path: the model's file.
        specs: which nodes.
        scheme: the smoothing noise, by key.
        cells: perturbations.
        n0: selection votes per node.
        n: estimation votes per node.
        alpha: per node.

    Returns:
        ``right`` (share answered right and not abstained), ``cells`` (each with its share),
        ``abstained`` (share), and how they were found.
    """
    classifier = load_model(ModelRequest(str(path)))
    settings = RunSettings(
        scheme=parse_scheme(dict(scheme)),
        n0=n0,
        n=n,
        alpha=alpha,
        bound="two-class",
        device="cpu",
        seed=0,
    )
    found = [_certified(classifier, spec, settings) for spec in specs]
    right = [one for one in found if one.predicted_class == one.input.label and one.region]
    return {
        "n0": n0,
        "n": n,
        "alpha": alpha,
        "bound": settings.bound,
        "inputs": len(found),
        "right": round(len(right) / len(found), 4),
        "abstained": round(sum(one.outcome == "abstained" for one in found) / len(found), 4),
        "cells": [
            {
                "at": dict(cell),
                "share": round(sum(_holds(one, cell) for one in right) / len(found), 4),
            }
            for cell in cells
        ],
    }


def _holds(evidence: Evidence, cell: Cell) -> bool:
    return evidence.region is not None and evidence.region.contains(dict(cell))


def _certified(classifier: Classifier, spec: str, settings: RunSettings) -> Evidence:
    running = certify(classifier, fitted(classifier, load_input(spec)), settings)
    while True:
        try:
            next(running)
        except StopIteration as end:
            evidence: Evidence = end.value
            return evidence
