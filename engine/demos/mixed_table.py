"""The made-up table of the mixed example: pumps, worn or sound, and their symptoms.

No pump was ever measured: every column is drawn, independently of the others, from a law that
depends on the state of the pump alone.
"""

from __future__ import annotations

import csv
import io

import numpy as np

from engine.inputs.coding import Column, TableCoding
from engine.inputs.table import Table

CLASSES = ("sound", "worn")
LABEL = "label"
NUMBERS = {
    "temperature": (61.0, 74.0, 6.0),
    "vibration": (2.2, 4.2, 0.9),
    "pressure": (6.4, 5.2, 0.55),
    "current": (11.5, 14.0, 1.2),
    "hours": (3000.0, 5600.0, 1300.0),
}
"""Mean of sound pumps, mean of worn ones, deviation of both: degrees Celsius, mm/s, bar, ampere,
hours since the last service."""
FIELDS = {
    "sound": (("quiet", "hum", "rattle"), (0.75, 0.2, 0.05)),
    "oil": (("clear", "cloudy", "dark"), (0.7, 0.2, 0.1)),
    "seal": (("dry", "damp", "dripping"), (0.75, 0.2, 0.05)),
    "start": (("smooth", "slow", "stutters"), (0.7, 0.25, 0.05)),
    "light": (("green", "amber", "red"), (0.75, 0.2, 0.05)),
}
"""Values, and how often a sound pump has each; a worn one has them the other way round."""


def make_rows(count: int, seed: int) -> Table:
    """A table of so many pumps, half of them worn, from a seed."""
    random = np.random.default_rng(seed)
    worn = random.permutation(np.arange(count) % 2)
    columns: list[list[str]] = []
    for low, high, spread in NUMBERS.values():
        drawn = random.normal(np.where(worn, high, low), spread)
        columns.append([f"{value:.4g}" for value in drawn])
    for values, chances in FIELDS.values():
        picked = [random.choice(values, p=chances[::-1] if one else chances) for one in worn]
        columns.append([str(value) for value in picked])
    columns.append([CLASSES[one] for one in worn])
    return Table(
        name="mixed",
        source="mixed",
        sha256="",
        header=(*NUMBERS, *FIELDS, LABEL),
        rows=tuple(zip(*columns, strict=True)),
    )


def coding_of(table: Table) -> TableCoding:
    """Means and deviations of the training rows, and the values of the fields as they are listed.

    Both are rounded, so that the header says exactly what is computed with.
    """
    found = table.coding((*NUMBERS, *FIELDS))
    columns = [
        Column(one.name, FIELDS[one.name][0])
        if one.categorical
        else Column(one.name, mean=float(f"{one.mean:.6g}"), scale=float(f"{one.scale:.6g}"))
        for one in found.columns
    ]
    return TableCoding(tuple(columns))


def csv_bytes(table: Table) -> bytes:
    """The table as a CSV file."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows((table.header, *table.rows))
    return buffer.getvalue().encode()
