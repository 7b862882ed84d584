"""A regression on real rows: how diabetes went on within a year, from ten columns."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.core.files import write_atomically
from engine.demos.making import Recipe, certified_outputs, cosine
from engine.inputs.coding import Column, TableCoding
from engine.inputs.table import Table
from engine.models.kinds import TABLE_ARCHITECTURE
from engine.models.token_classifier import TableNetwork
from engine.models.tokenizers import coding_facts
from engine.schemes.gaussian_row import GaussianRow
from engine.training.making import described
from engine.training.writing import safetensors_bytes, threads, write_cards

NAME, MEASURED = "diabetes", "progression"
COLUMNS = (
    *("age", "sex", "body mass index", "blood pressure", "total cholesterol"),
    *("low-density lipoproteins", "high-density lipoproteins", "cholesterol ratio"),
    *("log triglycerides", "blood sugar"),
)
"""Of the data set, in its order; sex is a field of two values, 1 and 2."""
EVERY = 4
"""Of so many rows one is held out."""
SIGMA, TOLERANCE = 0.25, 25
RECIPE = Recipe(examples=331, epochs=150, batch=331, learning_rate=1e-2, weight_decay=1.0)
HIDDEN = 16
RADII = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
Rows = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@cache
def patients() -> Table:
    """All rows, training rows included, with what was measured a year later."""
    from sklearn.datasets import load_diabetes  # needed to make the example alone

    found = load_diabetes(scaled=False)
    rows = tuple(
        (*(f"{value:g}" for value in row), f"{target:g}")
        for row, target in zip(found.data.tolist(), found.target.tolist(), strict=True)
    )
    return Table(NAME, NAME, "", (*COLUMNS, MEASURED), rows)


def rows(*, held_out: bool) -> Table:
    """Every fourth row, or the others."""
    table = patients()
    kept = tuple(row for n, row in enumerate(table.rows) if (n % EVERY == 0) == held_out)
    return Table(NAME, NAME, "", table.header, kept)


def held_out_csv() -> bytes:
    """The rows that are shipped."""
    table, text = rows(held_out=True), io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([table.header, *table.rows])
    return text.getvalue().encode()


def coding() -> TableCoding:
    """Means and deviations of the training rows, rounded as the header says them."""
    return TableCoding(
        tuple(
            one
            if one.categorical
            else Column(one.name, mean=float(f"{one.mean:.6g}"), scale=float(f"{one.scale:.6g}"))
            for one in rows(held_out=False).coding(COLUMNS).columns
        )
    )


def tensors(*, held_out: bool) -> Rows:
    """Numbers (N, 9), codes (N, 1) and what was measured (N,)."""
    table, read = rows(held_out=held_out), coding()
    encoded = [read.encode(table.cells(row), NAME) for row in range(len(table.rows))]
    numbers, codes = (torch.from_numpy(np.stack(part)) for part in zip(*encoded, strict=True))
    return numbers, codes, torch.tensor([float(cell) for cell in table.column(MEASURED)])


def train(recipe: Recipe) -> TableNetwork:
    """Least squares under noise; the last layer answers in the unit of what was measured."""
    numbers, codes, measured = tensors(held_out=False)
    mean, scale = measured.mean(), measured.std(correction=0)
    wanted = ((measured - mean) / scale)[:, None]
    torch.manual_seed(recipe.seed)
    network = TableNetwork(numbers.shape[1], coding().arities, 1, hidden=HIDDEN)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = cosine(recipe)(optimizer)
    generator = torch.Generator().manual_seed(recipe.seed)
    for _ in range(recipe.epochs):
        noise = SIGMA * torch.randn(numbers.shape, generator=generator)
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(network(numbers + noise, codes), wanted).backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        network.last.weight.mul_(scale)
        network.last.bias.mul_(scale).add_(mean)
    return network.eval()


def make(out: Path) -> Path:
    """Train, write the weights, then measure the written file and write both cards."""
    path = out / f"{NAME}.safetensors"
    with threads(1):
        network = train(RECIPE)
        header = {
            "architecture": TABLE_ARCHITECTURE,
            "outputs": "numbers",
            "tolerance": str(TOLERANCE),
            "classes": json.dumps([MEASURED]),
            "columns": json.dumps(coding_facts(coding())),
            "training_scheme": json.dumps(GaussianRow(sigma=SIGMA).model_dump()),
        }
        write_atomically(path, safetensors_bytes(network.state_dict(), header), folders=True)
        write_cards(path, card(path, network))
    return path


def card(path: Path, network: TableNetwork) -> dict[str, Any]:
    """How the model was made, how far it is off, and how far its answers are certified."""
    numbers, codes, measured = tensors(held_out=True)
    with torch.no_grad():
        off = (network(numbers, codes)[:, 0] - measured).abs()
    usual = (measured - tensors(held_out=False)[2].mean()).abs()
    scheme, count = GaussianRow(sigma=SIGMA), len(measured)
    facts = described(
        path,
        network,
        scheme,
        name=f"diabetes, sigma {SIGMA:.2f}",
        title="a regression on rows of a table, trained with noise",
        architecture=TABLE_ARCHITECTURE,
        training_sigma=SIGMA,
        training_scheme=scheme.model_dump(),
        outputs="numbers",
        classes=[MEASURED],
        data=(
            "442 patients with ten columns each, and a measure of how diabetes went on within a "
            "year (Efron, Hastie, Johnstone & Tibshirani, Least Angle Regression, Annals of "
            "Statistics 2004), as shipped with scikit-learn; every fourth row is held out, as "
            f"diabetes:0 to diabetes:{count - 1}"
        ),
        limits=(
            "it shows certificates for numbers and is no medical device; norms are in standard "
            "deviations of the training rows' columns"
        ),
        remarks={
            "Mean error": (
                f"{off.mean():.1f} on the {count} held-out rows, whose values are "
                f"{measured.min():g} to {measured.max():g}; the mean of the training rows for "
                f"everybody is off by {usual.mean():.1f}"
            ),
            "A certificate": (
                f"is about the model's own answer without noise, which stays within {TOLERANCE}; "
                "the sex is left as it is"
            ),
        },
        command=f"python -m engine.demos {NAME}",
        recipe=asdict(RECIPE),
        device="1 thread",
        seed=RECIPE.seed,
        tested=f"{count} test inputs",
    )
    specs = [f"{NAME}:{row}" for row in range(count)]
    kept = {"what": f"whose answer is certified to stay within {TOLERANCE}"}
    facts["certified_accuracy"] = certified_outputs(path, scheme, specs, RADII) | kept
    return facts
