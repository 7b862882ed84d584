"""Make the mixed example, its model and its rows: ``python -m engine.demos.mixed``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from engine.core.files import sha256_file, write_atomically
from engine.demos.mixed_table import CLASSES, LABEL, coding_of, csv_bytes, make_rows
from engine.inputs.coding import TableCoding
from engine.inputs.table import Table
from engine.models.kinds import TABLE_ARCHITECTURE
from engine.models.table_network import TableNetwork
from engine.models.tokenizers import coding_facts
from engine.training.example_card import Example, certified, example_card, listed_arities
from engine.training.weights import safetensors_bytes
from engine.training.writing import card_json, threads

NAME, SHIPPED_ROWS, CERTIFIED = "mixed", 200, 40
CELLS = tuple({"words": float(w), "epsilon": e} for w in (0, 1, 2) for e in (0.0, 0.25, 0.5))
_TEST_SEED = 1 << 32


@dataclass(frozen=True)
class MixedRecipe:
    """What decides the weights.

    Attributes:
        sigma: of the Gaussian noise, in standard deviations of each column.
        beta: probability that a field gives way to another value.
        seed: of rows, first weights and noise.
    """

    sigma: float = 0.5
    beta: float = 0.4
    seed: int = 0
    rows: int = 4000
    steps: int = 1500
    batch: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3

    def scheme(self, coding: TableCoding) -> dict[str, Any]:
        """The noise that it is trained and certified with."""
        return {
            "key": "hybrid-uniform",
            "sigma": self.sigma,
            "beta": self.beta,
            "arities": listed_arities(coding),
        }


def train_mixed(recipe: MixedRecipe) -> tuple[TableNetwork, TableCoding]:
    """AdamW on rows with noise drawn anew in every step."""
    table = make_rows(recipe.rows, recipe.seed)
    coding = coding_of(table)
    numbers, codes, labels = tensors(table, coding)
    torch.manual_seed(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)
    network = TableNetwork(len(coding.numeric), coding.arities, len(CLASSES))
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    for _ in range(recipe.steps):
        chosen = torch.randint(len(labels), (recipe.batch,), generator=generator)
        noisy = numbers[chosen]
        noisy = noisy + recipe.sigma * torch.randn(noisy.shape, generator=generator)
        fields = replaced(codes[chosen], coding.arities, recipe.beta, generator)
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(noisy, fields), labels[chosen])
        torch.autograd.backward(loss)
        optimizer.step()
    return network.eval(), coding


def tensors(table: Table, coding: TableCoding) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Numbers (N, F), codes (N, G) and labels (N,) of all rows."""
    rows = [coding.encode(table.cells(row), NAME) for row in range(len(table.rows))]
    labels = [CLASSES.index(name) for name in table.column(LABEL)]
    numbers, codes = (np.stack(part) for part in zip(*rows, strict=True))
    return torch.from_numpy(numbers), torch.from_numpy(codes), torch.tensor(labels)


def replaced(
    codes: torch.Tensor, arities: tuple[int, ...], beta: float, generator: torch.Generator
) -> torch.Tensor:
    """Each field replaced with probability beta by another of its values, each alike."""
    sizes = torch.tensor(arities)
    shift = 1 + (torch.rand(codes.shape, generator=generator) * (sizes - 1)).long()
    moved = (codes + shift.clamp(max=sizes - 1)) % sizes
    return torch.where(torch.rand(codes.shape, generator=generator) < beta, moved, codes)


def make(recipe: MixedRecipe, models: Path, examples: Path) -> Path:
    """Train, write rows and weights, then measure the written file and write both cards."""
    path, rows = models / f"{NAME}.safetensors", make_rows(SHIPPED_ROWS, _TEST_SEED + recipe.seed)
    write_atomically(examples / f"{NAME}.csv", csv_bytes(rows))
    with threads(1):
        network, coding = train_mixed(recipe)
        scheme = recipe.scheme(coding)
        header = {
            "architecture": TABLE_ARCHITECTURE,
            "classes": json.dumps(CLASSES),
            "columns": json.dumps(coding_facts(coding)),
            "training_scheme": json.dumps(scheme),
        }
        write_atomically(path, safetensors_bytes(network.state_dict(), header))
        numbers, codes, labels = tensors(rows, coding)
        right = network(numbers, codes).argmax(1) == labels
    facts = Example(
        name=NAME,
        title="a made-up table of pumps, worn or sound",
        architecture=TABLE_ARCHITECTURE,
        parameters=sum(p.numel() for p in network.parameters()),
        sha256=sha256_file(path),
        classes=CLASSES,
        scheme=scheme,
        data=(
            f"synthetic: {recipe.rows:,} training rows from seed {recipe.seed}, {SHIPPED_ROWS} "
            f"test rows from seed 2^32 + {recipe.seed}, shipped as mixed:0 to "
            f"mixed:{SHIPPED_ROWS - 1}; each column drawn, given the state, by itself "
            "(engine/demos/mixed_table.py)"
        ),
        limits=(
            "no pump was ever measured: it shows the certificate for numbers and categories, and "
            "says nothing about pumps; epsilon is in standard deviations of the training columns"
        ),
        command="python -m engine.demos.mixed",
        recipe=asdict(recipe),
        clean_accuracy=round(float(right.float().mean()), 4),
        certified_accuracy=certified(path, [f"mixed:{i}" for i in range(CERTIFIED)], scheme, CELLS),
    )
    write_atomically(path.with_suffix(".json"), card_json(facts.record()))
    write_atomically(path.with_suffix(".md"), example_card(facts).encode())
    return path


def main() -> None:
    """Write the model with its cards, and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("assets"))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    made = make(MixedRecipe(seed=given.seed), given.out / "models", given.out / "examples")
    print(f"Wrote {made}, its cards and its rows.")


if __name__ == "__main__":
    main()
