"""The made-up table of the mixed example: pumps, worn or sound, and their symptoms.

No pump was ever measured: every column is drawn, independently of the others, from a law that
depends on the state of the pump alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

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

HEADER = (*NUMBERS, *FIELDS, LABEL)

Row = tuple[str, ...]


def make_rows(count: int, seed: int) -> tuple[Row, ...]:
    """So many pumps, half of them worn, from a seed: their cells under :data:`HEADER`."""
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
    return tuple(zip(*columns, strict=True))


def csv_bytes(rows: Sequence[Row]) -> bytes:
    """The table as a CSV file."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows((HEADER, *rows))
    return buffer.getvalue().encode()
