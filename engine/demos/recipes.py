"""Every shipped model and file of examples, and what makes it: two tables."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from engine.demos import aircraft, denoiser, diabetes, encrypted, filter, mixed, pruned, stumps
from engine.demos.commands import COMMANDS
from engine.demos.data.filter import make_pairs
from engine.demos.data.pumps import csv_bytes, make_rows
from engine.demos.letters import letters_demo
from engine.demos.making import Demo, make
from engine.inputs.graph import KARATE
from engine.inputs.node import load_graph
from engine.schemes import Gaussian, Scheme
from engine.schemes.ablation import Ablation
from engine.schemes.contrast_brightness import ContrastBrightness
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.schemes.nested_rotation import NestedRotation
from engine.schemes.nested_translation import NestedTranslation
from engine.training import graphs, making
from engine.training.data import DataSet
from engine.training.digits import digits, large_digits, turned_digits
from engine.training.graph_loop import GraphRecipe
from engine.training.graph_noise import GraphNoise
from engine.training.lab import DIGITS as SHORT
from engine.training.lab import settings_of
from engine.training.recipe import Recipe

DIGITS: dict[str, Scheme] = {
    "digits-0.25": Gaussian(sigma=0.25),
    "digits-0.50": Gaussian(sigma=0.50),
    "digits-hierarchical": HierarchicalGaussian(sigma=0.25, p=0.9),
    "digits-ablation": Ablation(entities=64, keep=12),
    "digits-light": ContrastBrightness(sigma_k=0.3, sigma_b=0.3),
}
TURNED: dict[str, Scheme] = {"digits-rotation": Gaussian(sigma=0.25)}
NESTED: dict[str, Scheme] = {
    "digits-rotation-nested": NestedRotation(sigma_gamma=20.0, sigma=0.3, error=0.6),
    "digits-translation-nested": NestedTranslation(sigma_gamma=1.5, sigma=0.3, error=0.45),
}
MEMBERS = {"digits-0.25-b": 1, "digits-0.25-c": 2}
"""Seeds of two more networks like the first, for an ensemble."""
ADVERSARIAL = {f"digits-0.50-adv-{letter}": seed for seed, letter in enumerate("abc")}
"""Seeds of three networks as the lab's table trains them by SmoothAdv, for an ensemble."""
CLUB = {
    f"karate-{noise.name}": noise
    for noise in (
        GraphNoise("hierarchical-sparse", p=0.81, p_plus=0.05, p_minus=0.6),
        GraphNoise("sparse", p_plus=0.05, p_minus=0.6),
        GraphNoise("ablation", p=0.81),
    )
}
DEMOS: dict[str, Demo] = {
    demo.name: demo
    for demo in (
        COMMANDS,
        filter.FILTER,
        mixed.MIXED,
        letters_demo("mask", 0.9),
        letters_demo("uniform", 0.8),
    )
}


def make_digits(
    name: str,
    scheme: Scheme,
    out: Path,
    images: Callable[[], DataSet] = digits,
    arch: str = "digits_cnn",
    most: int | None = None,
    **recipe: int,
) -> Path:
    """A model of the handwritten digits, certified on all that were held out, or on some."""
    data = images()
    order = making.Order(
        data=data,
        arch=arch,
        recipe=Recipe(scheme=scheme, **recipe),
        name=name,
        certified=most or len(data.specs),
        device="cpu",
        command=f"python -m engine.demos {name}",
    )
    return making.make(order, out)


def make_adversarial(name: str, seed: int, out: Path) -> Path:
    """A network of the lab's table: SmoothAdv at sigma 0.50, in its short training."""
    scheme, data = Gaussian(sigma=0.5), digits()
    method = settings_of("smoothadv", scheme.sigma, data.name)
    order = making.Order(
        data=data,
        arch="digits_cnn",
        recipe=Recipe(scheme=scheme, method=method, seed=seed, **SHORT),
        name=name,
        certified=200,
        device="cpu",
        command=f"python -m engine.demos {name}",
    )
    return making.make(order, out)


def make_club(name: str, noise: GraphNoise, out: Path) -> Path:
    """A model of the karate club, certified on all members that were held out."""
    command, recipe = f"python -m engine.demos {name}", GraphRecipe(noise=noise)
    return graphs.make(load_graph(KARATE), recipe, out, made_by=command)


RECIPES: dict[str, Callable[[Path], Path]] = {
    **{name: partial(make_digits, name, scheme) for name, scheme in DIGITS.items()},
    **{
        name: partial(make_digits, name, scheme, images=turned_digits, arch="digits_cnn16")
        for name, scheme in TURNED.items()
    },
    **{
        name: partial(make_digits, name, scheme, images=large_digits, arch="digits_cnn16", most=20)
        for name, scheme in NESTED.items()
    },
    **{
        name: partial(make_digits, name, Gaussian(sigma=0.25), most=100, seed=seed, epochs=200)
        for name, seed in MEMBERS.items()
    },
    **{name: partial(make_adversarial, name, seed) for name, seed in ADVERSARIAL.items()},
    **{name: partial(make_club, name, noise) for name, noise in CLUB.items()},
    **{name: partial(make, demo) for name, demo in DEMOS.items()},
    **{name: partial(stumps.make, demo) for name, demo in stumps.STUMP_DEMOS.items()},
    aircraft.NAME: aircraft.make,
    **pruned.MAKERS,
    denoiser.CLEAN: denoiser.make_classifier,
    denoiser.NAME: denoiser.make_denoiser,
    diabetes.NAME: diabetes.make,
    encrypted.NAME: encrypted.make,
}
"""What trains each shipped model, writes it into a folder, measures it and writes its cards."""


def digits_archive() -> bytes:
    """An .npz of scikit-learn's ``levels`` (1797, 8, 8) and ``labels`` (1797,), both bytes."""
    from sklearn.datasets import load_digits  # needed for this alone

    images, labels = load_digits().images, load_digits().target
    buffer = io.BytesIO()
    np.savez_compressed(buffer, levels=images.astype(np.uint8), labels=labels.astype(np.uint8))
    return buffer.getvalue()


def karate_file() -> bytes:
    """NetworkX's copy of the karate club as node-link JSON, without the weights of its edges."""
    from networkx import karate_club_graph

    network = karate_club_graph()
    content: dict[str, Any] = {
        "directed": False,
        "multigraph": False,
        "graph": {
            "name": "Zachary's karate club",
            "source": (
                "W. W. Zachary, An information flow model for conflict and fission in small "
                "groups, Journal of Anthropological Research 33 (1977), as in NetworkX"
            ),
        },
        "nodes": [{"id": node, "club": facts["club"]} for node, facts in network.nodes(data=True)],
        "edges": [{"source": source, "target": target} for source, target in network.edges()],
    }
    return (json.dumps(content) + "\n").encode()


EXAMPLES: dict[str, Callable[[], bytes]] = {
    "digits.npz": digits_archive,
    "karate.json": karate_file,
    "filter.npz": lambda: make_pairs(filter.SHIPPED_PAIRS, filter.TEST_SEED).archive(),
    "breast-cancer.csv": stumps.held_out_csv,
    "diabetes.csv": diabetes.held_out_csv,
    "mixed.csv": lambda: csv_bytes(make_rows(mixed.SHIPPED_ROWS, mixed.TEST_SEED)),
}
"""The bytes of each shipped file of examples."""
