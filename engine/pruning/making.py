"""Pruned networks as files with cards, and the table as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.core.fields import field_specs
from engine.core.files import write_atomically
from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.pruning.lab import Keep
from engine.pruning.progressive import steps_of
from engine.pruning.records import (
    METHODS,
    RECONSTRUCTED,
    TITLES,
    TUNED,
    UNPRUNED,
    PrunedRow,
    PruningSettings,
    PruningTable,
)
from engine.pruning.tuning import BATCH
from engine.report.csv import csv_text
from engine.training.aircraft import detector_facts, write_detector
from engine.training.writing import write_cards

_HEADER = [
    *("method", "seed", "weights", "accuracy", "certified", "violated", "open"),
    *("seconds_each", "unstable_relus"),
]


def pruned_name(method: str, seed: int) -> str:
    """Of a network's files, without ending."""
    return f"aircraft-{method}-{seed}"


def pruning_command(model: str, settings: PruningSettings) -> str:
    """The line that makes a table again."""
    words = ["certiscope prune", *([f"--model {model}"] if model else [])]
    if settings.methods != METHODS:
        words.append(f"--methods {','.join(settings.methods)}")
    for spec in field_specs(PruningSettings):
        value = getattr(settings, spec.name)
        if value != spec.default:
            words.append(f"{spec.flag} {value:g}")
    return " ".join(words)


def write_pruned(
    path: Path,
    network: KeypointCNN,
    row: PrunedRow,
    settings: PruningSettings,
    *,
    model: str,
    command: str,
) -> dict[str, Any]:
    """Write a network's weights; the facts of its card.

    Args:
        path: of the weights.
        network: of the row.
        row: what it came to.
        settings: of its table.
        model: that was pruned; empty for one trained for the table.
        command: the command line that makes it again.
    """
    title, steps = TITLES[row.method], steps_of(settings)
    origin = model or f"a detector trained for {steps:,} steps with seed {row.seed}"
    maps = row.maps
    how = {
        UNPRUNED: f"no; it is {origin}",
        TUNED: f"no; it is {origin}, tuned for {steps:,} steps more",
    }.get(
        row.method,
        f"{origin} to {settings.keep:.0%} of each hidden layer's channels, in {settings.cuts} cuts "
        f"by {title}, tuned for {steps:,} steps",
    )
    remarks = {
        "Pruned": how,
        "Exact maps": (
            f"of {maps.images} images under contrast 1 - {settings.contrast:g} to 1 + "
            f"{settings.contrast:g} and brightness -{settings.brightness:g} to "
            f"{settings.brightness:g}, at most {settings.cells} cells each: {maps.certified} "
            f"certified, {maps.violated} violated, {maps.open} open"
        ),
        **({"USN": RECONSTRUCTED} if row.method.startswith("usn") else {}),
    }
    write_detector(path, network)
    return detector_facts(
        path,
        network,
        name=f"keypoint-cnn, {title}" if row.cuts else "keypoint-cnn",
        title=f"keypoints of drawn aircraft, {'pruned by ' + title if row.cuts else title}",
        examples=settings.examples,
        remarks=remarks,
        command=command,
        recipe={**settings.model_dump(), "epochs": -(-steps * BATCH // settings.examples)},
        seed=row.seed,
    )


def keeper(folder: Path, model: str, settings: PruningSettings) -> Keep:
    """Writes every network of a table into a folder, with its cards."""
    command = pruning_command(model, settings)

    def keep(row: PrunedRow, network: KeypointCNN) -> None:
        path = folder / f"{pruned_name(row.method, row.seed)}.safetensors"
        facts = write_pruned(path, network, row, settings, model=model, command=command)
        write_cards(path, facts)

    return keep


def table_csv(table: PruningTable) -> str:
    """A line for each network, at full precision."""
    rows: list[list[object]] = [
        [
            *(row.method, row.seed, row.weights, row.accuracy),
            *(row.maps.certified, row.maps.violated, row.maps.open),
            *(row.maps.seconds, row.maps.unstable),
        ]
        for row in table.rows
    ]
    return csv_text(_HEADER, rows)


def write_csv(table: PruningTable, path: Path) -> None:
    """Write a table as CSV, whatever the name ends in.

    Raises:
        UserError: the file cannot be written.
    """
    write_atomically(path, table_csv(table).encode())


def write_table(table: PruningTable, path: Path) -> Path:
    """Write a table as its suffix says: CSV, else JSON.

    Raises:
        UserError: the file cannot be written.
    """
    is_csv = path.suffix.lower() == ".csv"
    text = table_csv(table) if is_csv else table.model_dump_json(indent=2) + "\n"
    write_atomically(path, text.encode())
    return path
