"""Train, measure and write graph models: ``python -m engine.training.graphs``.

With neither ``--data`` nor ``--scheme`` it makes the shipped models of the karate club; else one
model, of that graph and for that noise.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from engine.core.errors import UserError
from engine.core.files import sha256_file, write_atomically
from engine.inputs.graph import KARATE, Graph
from engine.inputs.node import load_graph
from engine.models.graph_networks import GraphNetwork
from engine.schemes import parse_scheme
from engine.training.graph_card import graph_card_markdown
from engine.training.graph_data import Views, views
from engine.training.graph_loop import GraphRecipe, TrainedGraph, train
from engine.training.graph_measure import (
    Cell,
    certified_accuracy,
    clean_accuracy,
    smoothed_accuracy,
)
from engine.training.graph_noise import NAMES, GraphNoise
from engine.training.weights import safetensors_bytes
from engine.training.writing import card_json, threads

SHIPPED = (
    GraphNoise("hierarchical-sparse", p=0.81, p_plus=0.05, p_minus=0.6),
    GraphNoise("sparse", p_plus=0.05, p_minus=0.6),
    GraphNoise("ablation", p=0.81),
)
N0, N, ALPHA, DRAWS = 1000, 10_000, 0.01, 1000
THREADS = 1
_FEW, _FEW_DRAWS = 1000, 20
"""Graphs with fewer nodes are certified on all of their test nodes, and so many noisy graphs stand
behind each look at their few validation nodes."""
_COUNTS = ((1, 0), (2, 0), (0, 1), (0, 2), (0, 4), (1, 1))
_TITLES = {
    "clean": "trained without noise",
    "sparse": "trained with flips of all features",
    "hierarchical-sparse": "trained with flips of the features of some nodes",
    "ablation": "trained with nodes whose features are taken away",
}


def weights(network: GraphNetwork, graph: Graph, recipe: GraphRecipe) -> bytes:
    """The network as a safetensors file whose header says all that the loader needs."""
    facts = {
        "architecture": recipe.arch,
        "encoding": recipe.noise.encoding,
        "classes": json.dumps(graph.class_names),
    }
    scheme = recipe.noise.scheme()
    if scheme is not None:
        facts["training_scheme"] = json.dumps(scheme)
    return safetensors_bytes(network.state_dict(), facts)


def cells(noise: GraphNoise) -> tuple[Cell, ...]:
    """The perturbations whose certified accuracy the card tells, in the scheme's terms."""
    flips = [{"additions": added, "deletions": deleted} for added, deleted in _COUNTS]
    if noise.name == "hierarchical-sparse":
        return tuple({"entities": nodes, **flip} for nodes in (1, 2) for flip in flips)
    if noise.name == "ablation":
        return tuple({"entities": nodes} for nodes in (1, 2, 3))
    return tuple(flips)


def card(
    graph: Graph,
    parts: Views,
    recipe: GraphRecipe,
    result: TrainedGraph,
    path: Path,
    certified: int,
) -> dict[str, Any]:
    """What the card says: how the model was made and what was measured on held-out nodes."""
    noise, scheme, split = recipe.noise, recipe.noise.scheme(), parts.parts
    width = graph.features.columns + (noise.encoding == "indicator")
    measured = (result.network, parts.test, noise)
    facts = {
        "name": f"{path.stem}, {recipe.arch.upper()}",
        "title": f"{graph.name}, {_TITLES[noise.name]}",
        "architecture": recipe.arch,
        "input_shape": [0, width],
        "training_sigma": None,
        "training_scheme": scheme,
        "noise_in_words": parse_scheme(scheme).noise_in_words() if scheme else "none",
        "classes": list(graph.class_names),
        "parameters": sum(p.numel() for p in result.network.parameters()),
        "sha256": sha256_file(path),
        **_about(graph),
        "split": {
            **{part: len(nodes) for part, nodes in asdict(split).items()},
            "rule": f"by the order of the SHA-256 of 'seed {recipe.seed} node N'; see "
            "engine/inputs/graph_split.py",
            "use": "training saw neither validation nor test nodes; validation chose the epoch",
            "nodes": {part: list(nodes) for part, nodes in asdict(split).items()},
        },
        "command": command(graph, recipe),
        "recipe": asdict(recipe),
        "threads": THREADS,
        "torch": torch.__version__.partition("+")[0],
        "seed": recipe.seed,
        "epoch": result.epoch,
        "validation_loss": round(result.validation_loss, 4),
        "clean_accuracy": clean_accuracy(*measured),
        "smoothed_draws": DRAWS if scheme else 1,
        "smoothed_accuracy": smoothed_accuracy(*measured, draws=DRAWS if scheme else 1, seed=1),
    }
    nodes = split.test[:certified]
    if scheme and nodes:
        specs = [f"{graph.source}:{node}" for node in nodes]
        facts["certified_accuracy"] = certified_accuracy(
            path, specs, scheme, cells(noise), n0=N0, n=N, alpha=ALPHA
        )
    return facts


def _about(graph: Graph) -> dict[str, str]:
    if graph.source == KARATE:
        return {
            "data": (
                "Zachary's karate club (Journal of Anthropological Research 33, 1977), 34 "
                "members and 78 friendships, as in NetworkX; the classes are the two clubs into "
                "which it split"
            ),
            "features": (
                "the club comes without features, so those of a member are its own row of the "
                "adjacency matrix, 'whom it says that it knows'; the attacker changes what "
                "members say, not the friendships over which the network passes messages"
            ),
            "limits": (
                "a club of 34, eight of them in training: a demonstration; one test node more or "
                "less is several percent"
            ),
        }
    return {
        "data": f"{graph.name}, {graph.nodes:,} nodes and {len(graph.adjacency.entries) // 2:,} "
        f"edges, SHA-256 of its file {graph.sha256}",
        "features": f"{graph.features.columns:,} binary features of the file",
        "limits": "measured on one split of one graph",
    }


def command(graph: Graph, recipe: GraphRecipe) -> str:
    """The command line that makes this model again."""
    noise = recipe.noise
    data = "" if graph.source == KARATE else f" --data {Path(graph.source).name}"
    values = "".join(
        f" --{key.replace('_', '-')} {value:g}"
        for key, value in (noise.scheme() or {}).items()
        if key != "key"
    )
    return (
        f"python -m engine.training.graphs{data} --scheme {noise.name}{values} --arch "
        f"{recipe.arch} --seed {recipe.seed}"
    )


def make(graph: Graph, recipe: GraphRecipe, out: Path, *, certified: int) -> Path:
    """Train one model, write weights, then measure the written file and write both cards.

    Args:
        graph: with labels.
        recipe: how to train.
        out: the folder to write into.
        certified: how many test nodes are certified for the card.
    """
    path = out / f"{Path(graph.source).stem}-{recipe.noise.name}.safetensors"
    with threads(THREADS):
        parts = views(graph, seed=recipe.seed)
        result = train(parts, len(graph.class_names), recipe)
        write_atomically(path, weights(result.network, graph, recipe))
        facts = card(graph, parts, recipe, result, path, certified)
    write_atomically(path.with_suffix(".json"), card_json(facts))
    write_atomically(path.with_suffix(".md"), graph_card_markdown(path.stem, facts).encode())
    return path


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the shipped models, or one of the user's."""
    given = _parser().parse_args(arguments)
    try:
        graph = load_graph(given.data)
        few = graph.nodes < _FEW
        certified = given.certify if given.certify is not None else few * graph.nodes
        draws = _FEW_DRAWS if few else GraphRecipe.draws
        out = given.out or Path("assets/models" if given.data == KARATE else "out")
        for noise in _noises(given):
            recipe = GraphRecipe(given.arch, noise, given.seed, given.epochs, draws=draws)
            print(f"Wrote {make(graph, recipe, out, certified=certified)} and its card.")
    except UserError as error:
        raise SystemExit(str(error)) from error


def _noises(given: argparse.Namespace) -> tuple[GraphNoise, ...]:
    """What to train with, its numbers checked before a long training.

    Raises:
        UserError: a probability is out of range.
    """
    if given.data == KARATE and not given.scheme:
        return SHIPPED
    name = given.scheme or SHIPPED[0].name
    noise = GraphNoise(name, given.p, given.p_plus, given.p_minus)
    scheme = noise.scheme()
    if scheme is not None:
        parse_scheme(scheme)
    return (noise,)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", default=KARATE, help="a graph with labels; default: the shipped karate club")
    add("--scheme", choices=NAMES, default="", help="training noise; default: hierarchical-sparse")
    add("--p", type=float, default=0.81, help="probability that a node is noised or taken away")
    add("--p-plus", type=float, default=0.05, help="probability that a 0 becomes a 1")
    add("--p-minus", type=float, default=0.8, help="probability that a 1 becomes a 0")
    add("--arch", choices=("gat", "gcn"), default=GraphRecipe.arch)
    add("--seed", type=int, default=0, help="of split, first weights and noise")
    add("--epochs", type=int, default=GraphRecipe.epochs)
    add(
        "--certify",
        type=int,
        help="test nodes to certify for the card; default: all, or none for large graphs",
    )
    add("--out", type=Path, help="folder; default: assets/models, or out for a graph of yours")
    return parser


if __name__ == "__main__":
    main()
