"""How a shipped model of texts, pairs, rows or commands is made: trained, written, measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.core.files import write_atomically
from engine.core.generators import result_of
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.procedures.certify import certify
from engine.regions import Perturbation
from engine.schemes import Scheme, parse_scheme
from engine.training.loop import Batch, descend
from engine.training.making import described
from engine.training.measure import certified_accuracy
from engine.training.writing import safetensors_bytes, threads, write_cards

Rounds = Callable[[torch.Generator], Iterable[Iterable[Batch]]]
Schedule = Callable[[torch.optim.Optimizer], torch.optim.lr_scheduler.LRScheduler]


@dataclass(frozen=True)
class Recipe:
    """What decides the weights, beside the data, the network and the noise.

    Attributes:
        examples: to train on.
        epochs: rounds over them, or steps where every step draws its own.
        seed: of examples, first weights, order and noise.
    """

    examples: int
    epochs: int
    batch: int
    learning_rate: float = 2e-3
    weight_decay: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Demo:
    """A shipped model.

    Attributes:
        name: of its files, without ending.
        title: what it is, in a few words.
        scheme: the noise it is trained and certified with, by key.
        train: the network that a recipe gives.
        header: what the loader needs to know beside the architecture.
        held_out: inputs of the test set as the model takes them, and their classes.
        specs: test inputs that are certified for the card.
        cells: perturbations whose certified accuracy the card tells.
        votes: n0 and n of each.
        data: where the examples come from.
        limits: what it must not be taken for.
        beside: more files, by their ending.
    """

    name: str
    title: str
    architecture: str
    classes: Sequence[str]
    scheme: Mapping[str, Any]
    recipe: Recipe
    train: Callable[[Recipe], nn.Module]
    header: Callable[[Recipe], Mapping[str, str]]
    held_out: Callable[[], tuple[tuple[torch.Tensor, ...], torch.Tensor]]
    specs: Sequence[str]
    cells: Sequence[Perturbation]
    data: str
    limits: str
    votes: tuple[int, int] = (100, 10_000)
    alpha: float = 0.001
    label: str = ""
    remarks: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)


def fit(
    build: Callable[[], nn.Module],
    recipe: Recipe,
    rounds: Rounds,
    schedule: Schedule | None = None,
    generator: torch.Generator | None = None,
) -> nn.Module:
    """The network that AdamW comes to; on one machine the same call gives the same weights.

    Args:
        build: a network with random weights.
        recipe: how to train it.
        rounds: batches, drawn with a generator of the recipe's seed.
        schedule: of the learning rate, stepped after every round.
        generator: to draw with, instead of one that only the batches draw from.
    """
    torch.manual_seed(recipe.seed)
    network = build()
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    drawn = rounds(generator or torch.Generator().manual_seed(recipe.seed))
    descend(network, drawn, optimizer, schedule(optimizer) if schedule else None)
    return network.eval()


def cosine(recipe: Recipe) -> Schedule:
    """A learning rate that falls to 0 along a cosine over all epochs."""
    return lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.epochs)


def make(demo: Demo, out: Path) -> Path:
    """Train, write the weights, then measure the written file and write both cards."""
    path = out / f"{demo.name}.safetensors"
    with threads(1):
        network = demo.train(demo.recipe)
        header = {"architecture": demo.architecture, **demo.header(demo.recipe)}
        write_atomically(path, safetensors_bytes(network.state_dict(), header), folders=True)
        for ending, text in demo.beside.items():
            write_atomically(out / f"{demo.name}{ending}", text.encode())
        write_cards(path, card(demo, path, network))
    return path


def card(demo: Demo, path: Path, network: nn.Module) -> dict[str, Any]:
    """What the card says: how the model was made and what was measured on the test set."""
    scheme = parse_scheme(dict(demo.scheme))
    (n0, n), (inputs, labels) = demo.votes, demo.held_out()
    classifier = load_model(ModelRequest(str(path)))
    classifier.prepare(torch.device("cpu"), "fp32")
    found = classifier.classify(inputs if len(inputs) > 1 else inputs[0])
    return described(
        path,
        network,
        scheme,
        name=demo.label or f"{demo.name}, {demo.architecture}",
        title=demo.title,
        architecture=demo.architecture,
        training_sigma=demo.scheme.get("sigma"),
        training_scheme=dict(demo.scheme),
        classes=list(demo.classes),
        data=demo.data,
        limits=demo.limits,
        remarks=dict(demo.remarks),
        command=f"python -m engine.demos {demo.name}",
        recipe=asdict(demo.recipe),
        device="1 thread",
        seed=demo.recipe.seed,
        clean_accuracy=round(float((found == labels).float().mean()), 4),
        tested=f"{len(labels)} test inputs",
        certified_accuracy=certified_accuracy(
            path, demo.specs, scheme, demo.cells, n0=n0, n=n, alpha=demo.alpha
        ),
    )


OUTPUT_VOTES = (100, 10_000)
"""n0 and n of each input of a model of places or numbers."""


def certified_outputs(
    path: Path,
    scheme: Scheme,
    specs: Sequence[str],
    radii: Sequence[float],
    right: Sequence[bool] = (),
) -> dict[str, Any]:
    """Share of inputs whose answer is certified to stay within the tolerance, by radius.

    Args:
        path: of a model that answers with places or numbers, and states a tolerance.
        scheme: whose regions are balls.
        specs: of the inputs.
        radii: for the card's table.
        right: whether the answer to each input is right; none where all count.
    """
    classifier, (n0, n) = load_model(ModelRequest(str(path))), OUTPUT_VOTES
    settings = CertifySettings(scheme=scheme, n0=n0, n=n, alpha=0.001, bound="clopper-pearson")
    held, abstained = list[float](), 0
    for place, spec in enumerate(specs):
        given = fitted(classifier, load_input(spec))
        found = result_of(certify(classifier, given, settings, execution=Execution(device="cpu")))
        abstained += found.outcome == "abstained"
        good = (right[place] if right else True) and found.predicted_class == 0
        held += [found.radius] if good and found.radius is not None else []
    count = len(specs)
    return {
        "n0": n0,
        "n": n,
        "alpha": settings.alpha,
        "bound": settings.bound,
        "inputs": count,
        "right": round(len(held) / count, 4),
        "abstained": round(abstained / count, 4),
        "acr": sum(held) / count,
        "terms": {"radius": str(scheme.terms["radius"])},
        "cells": [
            {"at": {"radius": at}, "share": round(sum(r > at for r in held) / count, 4)}
            for at in radii
        ],
    }
