"""Train, measure and write the shipped digit models: ``python -m engine.training``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from engine.files import sha256_file, write_atomically
from engine.inputs.digits import load_digits, split
from engine.models.architectures.digits_cnn import CLASS_NAMES, INPUT_SHAPE, DigitsCNN
from engine.training.card import card_markdown
from engine.training.loop import Part, Recipe, Trained, train
from engine.training.measure import accuracy, certified_accuracy
from engine.training.weights import safetensors_bytes
from engine.training.writing import card_json, threads

SIGMAS = (0.25, 0.50)
RADII = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2)
N0, N, ALPHA = 100, 10_000, 0.001
THREADS = 1
"""The network is small, and the order of a parallel sum would be part of the weights."""


def part(name: str) -> Part:
    """Pixels and labels of ``train``, ``validation`` or ``test``."""
    digits, chosen = load_digits(), list(split()[name])  # type: ignore[index]
    return torch.from_numpy(digits.pixels[chosen]), torch.from_numpy(digits.labels[chosen])


def trained(recipe: Recipe) -> Trained:
    """The digit network trained by ``recipe``; the same recipe gives the same weights."""
    torch.manual_seed(recipe.seed)
    return train(DigitsCNN(), part("train"), part("validation"), recipe)


def weights(network: torch.nn.Module, sigma: float) -> bytes:
    """The network as a safetensors file that names its architecture and training noise."""
    facts = {"architecture": "digits_cnn", "training_sigma": f"{sigma:g}"}
    return safetensors_bytes(network.state_dict(), facts)


def card(recipe: Recipe, result: Trained, path: Path) -> dict[str, Any]:
    """What the card says: how the model was made and what was measured on held-out digits."""
    parts = split()
    found = certified_accuracy(path, parts["test"], recipe.sigma, RADII, n0=N0, n=N, alpha=ALPHA)
    return {
        "name": f"digits-cnn, sigma {recipe.sigma:.2f}",
        "title": "Handwritten digits, trained with Gaussian noise",
        "architecture": "digits_cnn",
        "input_shape": list(INPUT_SHAPE),
        "training_sigma": recipe.sigma,
        "classes": list(CLASS_NAMES),
        "parameters": sum(p.numel() for p in result.network.parameters()),
        "sha256": sha256_file(path),
        "data": (
            "1,797 scans of handwritten digits, 8 by 8 pixels (Alpaydin & Kaynak, Optical "
            "Recognition of Handwritten Digits, UCI Machine Learning Repository 1998, CC BY 4.0), "
            "as shipped with scikit-learn"
        ),
        "split": {
            **{name: len(indices) for name, indices in parts.items()},
            "rule": "by the order of the SHA-256 of 'digit N'; see engine/inputs/digits.py",
            "use": "validation chose the epoch; test was never used in training",
            "indices": {name: list(indices) for name, indices in parts.items()},
        },
        "command": f"python -m engine.training --sigma {recipe.sigma:g} --seed {recipe.seed}",
        "recipe": asdict(recipe),
        "threads": THREADS,
        "torch": torch.__version__.partition("+")[0],
        "seed": recipe.seed,
        "epoch": result.epoch,
        "validation_accuracy_under_noise": round(result.validation_accuracy, 4),
        "clean_accuracy": accuracy(result.network, part("test")),
        "smoothed_accuracy": found["curve"]["0"],
        "certified_accuracy": {
            "sigma": recipe.sigma,
            "n0": N0,
            "n": N,
            "alpha": ALPHA,
            "bound": "clopper-pearson",
            "inputs": len(parts["test"]),
            **found,
        },
    }


def make(recipe: Recipe, out: Path) -> None:
    """Train one model, write weights, then measure the written file and write both cards."""
    name = f"digits-{recipe.sigma:.2f}"
    path = out / f"{name}.safetensors"
    with threads(THREADS):
        result = trained(recipe)
        write_atomically(path, weights(result.network, recipe.sigma))
        facts = card(recipe, result, path)
    write_atomically(path.with_suffix(".json"), card_json(facts))
    write_atomically(path.with_suffix(".md"), card_markdown(name, facts).encode())


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the shipped models, or one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sigma", type=float, action="append", help="training noise; repeatable")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--out", type=Path, default=Path("assets/models"))
    given = parser.parse_args(arguments)
    for sigma in given.sigma or SIGMAS:
        make(Recipe(sigma=sigma, seed=given.seed, epochs=given.epochs), given.out)
        print(f"Wrote {given.out / f'digits-{sigma:.2f}.safetensors'} and its card.")
