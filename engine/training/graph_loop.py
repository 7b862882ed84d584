"""Training a graph network with or without noise, as Scholten et al. (NeurIPS 2023) do."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch.nn import functional

from engine.models.graph import GraphNetwork
from engine.system.progress import Seen
from engine.training.graph_data import View, Views
from engine.training.graph_noise import GraphNoise


@dataclass(frozen=True)
class GraphRecipe:
    """What decides the weights, beside the graph.

    Attributes:
        arch: ``gat`` (8 heads of 8) or ``gcn`` (64 hidden).
        noise: drawn anew in every step.
        seed: of split, first weights and noise.
        patience: epochs without a better validation loss after which training ends.
        draws: noisy graphs over which the validation loss is averaged.
    """

    arch: Literal["gat", "gcn"] = "gat"
    noise: GraphNoise = field(default_factory=lambda: GraphNoise("clean"))
    seed: int = 0
    epochs: int = 1000
    patience: int = 50
    learning_rate: float = 1e-3
    weight_decay: float = 5e-4
    dropout: float = 0.5
    attention_dropout: float = 0.2
    draws: int = 1


@dataclass(frozen=True)
class TrainedGraph:
    """The network of the best epoch, and its validation loss there."""

    network: GraphNetwork
    epoch: int
    validation_loss: float


def train(
    parts: Views,
    classes: int,
    recipe: GraphRecipe,
    seen: Seen = lambda epoch, epochs: None,
) -> TrainedGraph:
    """Adam with early stopping on the validation loss; the best epoch is kept.

    The noise of each look at validation is the same, so that epochs are compared on equal terms.
    ``seen`` is told of every epoch that has ended, and of the last that there may be.
    """
    torch.manual_seed(recipe.seed)
    device = parts.train.features.device
    generator = torch.Generator(device).manual_seed(recipe.seed)
    network = _network(parts, classes, recipe).to(device)
    optimizer = torch.optim.Adam(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    best = TrainedGraph(network, 0, float("inf"))
    for epoch in range(1, recipe.epochs + 1):
        network.train()
        optimizer.zero_grad()
        torch.autograd.backward(_loss(network, parts.train, recipe.noise, generator))
        optimizer.step()
        loss = _validation_loss(network, parts.validation, recipe)
        if loss < best.validation_loss:
            best = TrainedGraph(copy.deepcopy(network).eval(), epoch, loss)
        seen(epoch, min(recipe.epochs, best.epoch + recipe.patience))
        if epoch - best.epoch >= recipe.patience:
            break
    return best


def _network(parts: Views, classes: int, recipe: GraphRecipe) -> GraphNetwork:
    token = recipe.noise.name == "ablation"
    width = parts.train.features.shape[1]
    inputs = width + (recipe.noise.encoding == "indicator" and not token)
    network = GraphNetwork(recipe.arch, inputs, classes, token=token)
    network.drop(hidden=recipe.dropout, attention=recipe.attention_dropout)
    return network


def _loss(
    network: GraphNetwork, view: View, noise: GraphNoise, generator: torch.Generator
) -> torch.Tensor:
    scores = network(noise.draw(view.features, generator)[None], view.over, view.over)[0]
    return functional.cross_entropy(scores[view.rows], view.labels)


@torch.no_grad()
def _validation_loss(network: GraphNetwork, view: View, recipe: GraphRecipe) -> float:
    network.eval()
    generator = torch.Generator(view.features.device).manual_seed(recipe.seed + 1)
    losses = [float(_loss(network, view, recipe.noise, generator)) for _ in range(recipe.draws)]
    return sum(losses) / len(losses)
