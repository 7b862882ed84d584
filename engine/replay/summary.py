"""Rows of a set in a few figures, each row by itself and all of them at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from engine.bounds.simultaneous import set_statement, simultaneous_alpha
from engine.core.records import SetStatement
from engine.replay.records import ReplaySummary, Simultaneous
from engine.replay.rows import ReplayRows

CLEAN = "clean"
DRAWN = (
    "What is said of a population holds only if the {} are a random draw from it, and each has "
    "noise of its own."
)
"""Stands wherever a population's share does; it takes what they are, e.g. ``rows``."""


def clean_accuracy(rows: ReplayRows) -> float | None:
    """Share of rows that are certified and correct; None without any label."""
    return int(rows.correct.sum()) / len(rows) if rows.labelled else None


def acr(rows: ReplayRows) -> float | None:
    """Average certified radius, mean of correct * radius.

    None where regions have no radius, and without any label.
    """
    if not rows.labelled or np.isnan(rows.radii[rows.certified]).any():
        return None
    return math.fsum(rows.radii[rows.correct]) / len(rows)


def certified_accuracy(rows: ReplayRows, text: str) -> float | None:
    """Share of rows that are correct and certified at a perturbation; None without any label."""
    return _certified(rows, text) / len(rows) if rows.labelled else None


def summarise(
    rows: ReplayRows,
    *,
    at: Sequence[str],
    alpha: float,
    again: Callable[[float], ReplayRows] | None,
    valid: bool,
    apart: bool,
    planned: int | None = None,
) -> ReplaySummary:
    """Each row by itself, all at once and the population, from the rows' answers.

    Args:
        rows: the rows; at least one.
        at: perturbations that the rows answer.
        alpha: per row.
        again: certifies the rows at another alpha; None where that cannot be done.
        valid: whether the rows' claims are; only then do they say something about a population.
        apart: whether every row has noise of its own, which a population's share needs; that all
            rows hold at once does not.
        planned: rows over which alpha is shared out; None for those there are.
    """
    together = None
    if again and valid:
        together = _simultaneous(again, alpha, planned or len(rows), at)
    return ReplaySummary(
        rows=len(rows),
        clean_accuracy=clean_accuracy(rows),
        abstained=int((~rows.certified).sum()),
        acr=acr(rows),
        certified_accuracy={text: certified_accuracy(rows, text) for text in at},
        simultaneous=together,
        population=_population(rows, at, alpha) if valid and apart else {},
    )


def _certified(rows: ReplayRows, text: str) -> int:
    return int((rows.correct & rows.certified_at(text)).sum())


def _simultaneous(
    again: Callable[[float], ReplayRows], alpha: float, total: int, at: Sequence[str]
) -> Simultaneous:
    each = simultaneous_alpha(alpha, total)
    rows = again(each)
    return Simultaneous(
        alpha=alpha,
        alpha_each=each,
        certified=int(rows.certified.sum()),
        clean_accuracy=clean_accuracy(rows),
        acr=acr(rows),
        certified_accuracy={text: certified_accuracy(rows, text) for text in at},
        radii=tuple(rows.claims[claim].radius for claim in rows.which),
    )


def _population(rows: ReplayRows, at: Sequence[str], alpha: float) -> dict[str, SetStatement]:
    counts = {CLEAN: int(rows.correct.sum()), **{text: _certified(rows, text) for text in at}}
    return {
        name: set_statement(count, len(rows), alpha=alpha, delta=alpha)
        for name, count in counts.items()
    }
