"""A model of numbers and categories: made-up pumps, worn or sound."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import torch

from engine.demos.data.pumps import CLASSES, FIELDS, HEADER, LABEL, NUMBERS, make_rows
from engine.demos.making import Demo, Recipe, fit
from engine.inputs.coding import Column, TableCoding
from engine.inputs.table import Table
from engine.models.kinds import TABLE_ARCHITECTURE
from engine.models.token_classifier import TableNetwork
from engine.models.tokenizers import coding_facts
from engine.training.loop import Batch

SHIPPED_ROWS = 200
TEST_SEED = 1 << 32
RECIPE = Recipe(examples=4000, epochs=1500, batch=256, weight_decay=1e-3)
SIGMA, BETA = 0.5, 0.4
SCHEME = {
    "key": "hybrid-uniform",
    "sigma": SIGMA,
    "beta": BETA,
    "arities": ",".join(str(len(values)) for values, _ in FIELDS.values()),
}
Rows = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def table(count: int, seed: int) -> Table:
    """So many pumps from a seed."""
    return Table("mixed", "mixed", "", HEADER, make_rows(count, seed))


def coding(recipe: Recipe) -> TableCoding:
    """Means and deviations of the training rows, and the values of the fields as they are listed.

    Both are rounded, so that the header says exactly what is computed with.
    """
    columns = [
        Column(one.name, FIELDS[one.name][0])
        if one.categorical
        else Column(one.name, mean=float(f"{one.mean:.6g}"), scale=float(f"{one.scale:.6g}"))
        for one in table(recipe.examples, recipe.seed).coding((*NUMBERS, *FIELDS)).columns
    ]
    return TableCoding(tuple(columns))


def tensors(rows: Table, read: TableCoding) -> Rows:
    """Numbers (N, F), codes (N, G) and labels (N,) of all rows."""
    encoded = [read.encode(rows.cells(row), rows.name) for row in range(len(rows.rows))]
    numbers, codes = (torch.from_numpy(np.stack(part)) for part in zip(*encoded, strict=True))
    return numbers, codes, torch.tensor([CLASSES.index(name) for name in rows.column(LABEL)])


def replaced(
    codes: torch.Tensor, arities: tuple[int, ...], beta: float, generator: torch.Generator
) -> torch.Tensor:
    """Each field replaced with probability beta by another of its values, each alike."""
    sizes = torch.tensor(arities)
    shift = 1 + (torch.rand(codes.shape, generator=generator) * (sizes - 1)).long()
    moved = (codes + shift.clamp(max=sizes - 1)) % sizes
    return torch.where(torch.rand(codes.shape, generator=generator) < beta, moved, codes)


def train(recipe: Recipe) -> torch.nn.Module:
    """Every step draws its own rows and noise."""
    read = coding(recipe)
    numbers, codes, labels = tensors(table(recipe.examples, recipe.seed), read)

    def steps(generator: torch.Generator) -> Iterator[Batch]:
        for _ in range(recipe.epochs):
            chosen = torch.randint(len(labels), (recipe.batch,), generator=generator)
            noise = torch.randn(numbers[chosen].shape, generator=generator)
            fields = replaced(codes[chosen], read.arities, BETA, generator)
            yield (numbers[chosen] + SIGMA * noise, fields), labels[chosen]

    return fit(
        lambda: TableNetwork(len(read.numeric), read.arities, len(CLASSES)),
        recipe,
        lambda generator: [steps(generator)],
    )


def held_out() -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
    """The shipped rows."""
    *inputs, labels = tensors(table(SHIPPED_ROWS, TEST_SEED), coding(RECIPE))
    return tuple(inputs), labels


MIXED = Demo(
    name="mixed",
    title="a made-up table of pumps, worn or sound",
    architecture=TABLE_ARCHITECTURE,
    classes=CLASSES,
    scheme=SCHEME,
    recipe=RECIPE,
    train=train,
    header=lambda recipe: {
        "classes": json.dumps(CLASSES),
        "columns": json.dumps(coding_facts(coding(recipe))),
        "training_scheme": json.dumps(SCHEME),
    },
    held_out=held_out,
    specs=[f"mixed:{row}" for row in range(40)],
    cells=[{"words": float(w), "epsilon": e} for w in (0, 1, 2) for e in (0.0, 0.25, 0.5)],
    data=(
        f"synthetic: {RECIPE.examples:,} training rows from seed {RECIPE.seed}, {SHIPPED_ROWS} "
        f"test rows from seed 2^32, shipped as mixed:0 to mixed:{SHIPPED_ROWS - 1}; each column "
        "drawn, given the state, by itself (engine/demos/data/pumps.py)"
    ),
    limits=(
        "no pump was ever measured: it shows the certificate for numbers and categories, and says "
        "nothing about pumps; epsilon is in standard deviations of the training columns"
    ),
)
