"""Logs that tests make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.logs.log import Log


def make_log(
    label: Sequence[int],
    predicted: Sequence[int],
    radius: Sequence[float] | None,
    *,
    first: int = 0,
    **changes: Any,
) -> Log:
    """A log of these columns; inputs are counted from ``first`` on."""
    size = len(label)
    labels, answers = np.array(label, dtype=np.int64), np.array(predicted, dtype=np.int64)
    known: dict[str, Any] = {
        "path": "log.tsv",
        "kind": "predict" if radius is None else "certify",
        "sigma": 0.25,
        "sigma_origin": "given",
        "training_sigma": None,
        "index": np.arange(first, first + size),
        "label": labels,
        "predicted": answers,
        "radius": np.full(size, np.nan) if radius is None else np.array(radius, dtype=np.float64),
        "correct": labels == answers,
        "stated": np.full(size, np.nan),
    }
    return Log(**{**known, **changes})
