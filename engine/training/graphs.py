"""Train, measure and write a graph model: ``python -m engine.training.graphs``.

The shipped models of the karate club are made by ``python -m engine.demos``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.inputs.graph import KARATE, Graph
from engine.inputs.node import load_graph
from engine.models.graph import GraphNetwork
from engine.regions import Perturbation
from engine.schemes import parse_scheme
from engine.system.progress import Meter
from engine.training.graph_data import Views, views
from engine.training.graph_loop import GraphRecipe, TrainedGraph, train
from engine.training.graph_noise import NAMES, GraphNoise
from engine.training.making import described
from engine.training.measure import certified_accuracy, node_accuracy, smoothed_accuracy
from engine.training.writing import safetensors_bytes, threads, write_cards

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


def cells(noise: GraphNoise) -> list[Perturbation]:
    """The perturbations whose certified accuracy the card tells, in the scheme's terms."""
    flips = [{"additions": float(a), "deletions": float(d)} for a, d in _COUNTS]
    if noise.name == "hierarchical-sparse":
        return [{"entities": nodes, **flip} for nodes in (1.0, 2.0) for flip in flips]
    if noise.name == "ablation":
        return [{"entities": nodes} for nodes in (1.0, 2.0, 3.0)]
    return flips


def card(
    graph: Graph,
    parts: Views,
    recipe: GraphRecipe,
    result: TrainedGraph,
    path: Path,
    certified: int,
    made_by: str,
) -> dict[str, Any]:
    """What the card says: how the model was made and what was measured on held-out nodes."""
    noise, split, measured = recipe.noise, parts.parts, (result.network, parts.test, recipe.noise)
    stated = noise.scheme()
    scheme = parse_scheme(stated) if stated else None
    facts = described(
        path,
        result.network,
        scheme,
        name=f"{path.stem}, {recipe.arch.upper()}",
        title=f"{graph.name}, {_TITLES[noise.name]}",
        architecture=recipe.arch,
        input_shape=[0, graph.features.columns + (noise.encoding == "indicator")],
        training_sigma=None,
        training_scheme=stated,
        classes=list(graph.class_names),
        **_about(graph),
        split={
            **{part: len(nodes) for part, nodes in asdict(split).items()},
            "rule": f"by the order of the SHA-256 of 'seed {recipe.seed} node N'; see "
            "engine/inputs/graph.py",
            "use": "training saw neither validation nor test nodes; validation chose the epoch",
            "nodes": {part: list(nodes) for part, nodes in asdict(split).items()},
        },
        command=made_by,
        recipe=asdict(recipe),
        device=f"{THREADS} thread",
        seed=recipe.seed,
        epoch=result.epoch,
        validation_loss=round(result.validation_loss, 4),
        clean_accuracy=node_accuracy(*measured),
        tested=f"{len(split.test)} test nodes",
        smoothed_draws=DRAWS if scheme else 1,
        smoothed_accuracy=smoothed_accuracy(*measured, draws=DRAWS if scheme else 1, seed=1),
    )
    if scheme and certified:
        specs = [f"{graph.source}:{node}" for node in split.test[:certified]]
        facts["certified_accuracy"] = certified_accuracy(
            path, specs, scheme, cells(noise), n0=N0, n=N, alpha=ALPHA
        )
    return facts


def _about(graph: Graph) -> dict[str, Any]:
    features = f"{graph.features.columns:,} binary features of the file"
    data = (
        f"{graph.name}, {graph.nodes:,} nodes and {len(graph.adjacency.entries) // 2:,} edges, "
        f"SHA-256 of its file {graph.sha256}"
    )
    limits = "measured on one split of one graph"
    if graph.source == KARATE:
        data = (
            "Zachary's karate club (Journal of Anthropological Research 33, 1977), 34 members and "
            "78 friendships, as in NetworkX; the classes are the two clubs into which it split"
        )
        features = (
            "the club comes without features, so those of a member are its own row of the "
            "adjacency matrix, 'whom it says that it knows'; the attacker changes what members "
            "say, not the friendships over which the network passes messages"
        )
        limits = (
            "a club of 34, eight of them in training: a demonstration; one test node more or less "
            "is several percent"
        )
    attacker = "changes features of nodes after training (evasion); the edges stay as they are"
    return {
        "data": data,
        "limits": limits,
        "remarks": {"Features": features, "Attacker": attacker},
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


def make(
    graph: Graph, recipe: GraphRecipe, out: Path, *, certified: int | None = None, made_by: str = ""
) -> Path:
    """Train one model, write weights, then measure the written file and write both cards.

    Args:
        graph: with labels.
        recipe: how to train; small graphs are looked at more often, whatever it says.
        out: the folder to write into.
        certified: how many test nodes are certified for the card; by default all of a small graph.
        made_by: the command line that makes it again, if it is not the lab's.
    """
    path = out / f"{Path(graph.source).stem}-{recipe.noise.name}.safetensors"
    if graph.nodes < _FEW:
        recipe = replace(recipe, draws=_FEW_DRAWS)
    if certified is None:
        certified = graph.nodes if graph.nodes < _FEW else 0
    with threads(THREADS):
        parts = views(graph, seed=recipe.seed)
        with Meter(Console(stderr=True), "training", "epochs") as meter:
            result = train(parts, len(graph.class_names), recipe, meter.items)
        write_atomically(path, weights(result.network, graph, recipe), folders=True)
        made_by = made_by or command(graph, recipe)
        facts = card(graph, parts, recipe, result, path, certified, made_by)
    write_cards(path, facts)
    return path


def main(arguments: Sequence[str] | None = None) -> None:
    """Train one model of the user's."""
    given = _parser().parse_args(arguments)
    try:
        graph = load_graph(given.data)
        noise = GraphNoise(given.scheme, given.p, given.p_plus, given.p_minus)
        if scheme := noise.scheme():
            parse_scheme(scheme)  # wrong numbers are refused before a long training
        recipe = GraphRecipe(given.arch, noise, given.seed, given.epochs)
        print(f"Wrote {make(graph, recipe, given.out, certified=given.certify)} and its card.")
    except UserError as error:
        raise SystemExit(str(error)) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", default=KARATE, help="a graph with labels; default: the shipped karate club")
    add("--scheme", choices=NAMES, default="hierarchical-sparse", help="training noise")
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
    add("--out", type=Path, default=Path("out"), help="folder; default: out")
    return parser


if __name__ == "__main__":
    main()
