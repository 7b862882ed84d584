"""Make the small safety filter and its test pairs: ``python -m engine.demos.filter``."""

from __future__ import annotations

import argparse
import io
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from engine.core.files import sha256_file, write_atomically
from engine.demos.filter_loop import FilterRecipe, tensors, train_filter
from engine.demos.filter_task import ELECTRIC, VESSELS, VOCABULARY, Pairs, make_pairs
from engine.inputs.filter import CLASSES
from engine.models.kinds import PAIR_ARCHITECTURE
from engine.training.example_card import Example, certified, example_card
from engine.training.weights import safetensors_bytes
from engine.training.writing import card_json, threads

NAME, SHIPPED_PAIRS, CERTIFIED = "filter", 160, 40
CELLS = tuple({"words": float(w), "epsilon": e} for w in (0, 1, 2, 3) for e in (0.0, 0.1, 0.25))
_TEST_SEED = 1 << 32


def scheme(recipe: FilterRecipe) -> dict[str, str | float]:
    """The noise that it is trained and certified with."""
    return {
        "key": "hybrid-mask",
        "sigma": recipe.sigma,
        "beta": recipe.beta,
        "vocabulary": len(VOCABULARY),
    }


def pairs_archive(pairs: Pairs) -> bytes:
    """An .npz of levels, texts, things and labels."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        levels=pairs.levels,
        texts=np.array(pairs.texts),
        things=np.array(pairs.things),
        labels=pairs.labels.astype(np.uint8),
    )
    return buffer.getvalue()


def make(recipe: FilterRecipe, models: Path, examples: Path) -> Path:
    """Train, write pairs and weights, then measure the written file and write both cards."""
    path = models / f"{NAME}.safetensors"
    pairs = make_pairs(SHIPPED_PAIRS, _TEST_SEED + recipe.seed)
    write_atomically(examples / f"{NAME}.npz", pairs_archive(pairs))
    with threads(1):
        network = train_filter(recipe)
        header = {
            "architecture": PAIR_ARCHITECTURE,
            "classes": json.dumps(CLASSES),
            "words": json.dumps(VOCABULARY),
            "training_scheme": json.dumps(scheme(recipe)),
        }
        write_atomically(path, safetensors_bytes(network.state_dict(), header))
        images, tokens, labels = tensors(pairs)
        with torch.no_grad():
            right = network(images, tokens).argmax(1) == labels
    facts = Example(
        name=NAME,
        title="a toy safety filter over a drawn thing and an instruction",
        architecture=PAIR_ARCHITECTURE,
        parameters=sum(p.numel() for p in network.parameters()),
        sha256=sha256_file(path),
        classes=CLASSES,
        scheme=scheme(recipe),
        data=_data(recipe),
        limits=(
            "a made-up rule over eight drawings and "
            f"{len(VOCABULARY)} words: it shows the joint certificate, and filters nothing real; "
            "texts are strings of words, not sentences, and other words are refused"
        ),
        command="python -m engine.demos.filter",
        recipe=asdict(recipe),
        clean_accuracy=round(float(right.float().mean()), 4),
        certified_accuracy=certified(
            path, [f"{NAME}:{i}" for i in range(CERTIFIED)], scheme(recipe), CELLS
        ),
    )
    write_atomically(path.with_suffix(".json"), card_json(facts.record()))
    write_atomically(path.with_suffix(".md"), example_card(facts).encode())
    return path


def _data(recipe: FilterRecipe) -> str:
    return (
        f"drawn here: vessels ({', '.join(VESSELS)}) and electric things ({', '.join(ELECTRIC)}), "
        "with words that mean water or current; unsafe is water on an electric thing and current "
        "on a vessel, both kinds as often with both, so that neither the image nor the text "
        f"alone tells the answer; {recipe.pairs:,} training pairs per epoch from seed "
        f"{recipe.seed}, {SHIPPED_PAIRS} test pairs from seed 2^32 + {recipe.seed}, shipped as "
        f"filter:0 to filter:{SHIPPED_PAIRS - 1}"
    )


def main() -> None:
    """Write the model with its cards, and the test pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("assets"))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    made = make(FilterRecipe(seed=given.seed), given.out / "models", given.out / "examples")
    print(f"Wrote {made}, its cards and its pairs.")


if __name__ == "__main__":
    main()
