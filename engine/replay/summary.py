"""Rows of a set in a few figures, each row by itself and all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from engine.bounds.simultaneous import set_statement, simultaneous_alpha
from engine.core.records import SetStatement
from engine.regions import Region
from engine.replay.records import ReplayRow, ReplaySummary, Simultaneous, labelled

CLEAN = "clean"
DRAWN = (
    "What is said of a population holds only if the {} are a random draw from it, and each has "
    "noise of its own."
)
"""Stands wherever a population's share does; it takes what they are, e.g. ``rows``."""


class Certified(Protocol):
    """What a summary asks of a row: the fields of :class:`ReplayRow` of these names."""

    @property
    def label(self) -> int:
        """The true class; :data:`NO_LABEL` for none."""

    @property
    def outcome(self) -> str:
        """``certified`` or ``abstained``."""

    @property
    def predicted_class(self) -> int | None:
        """The certified class."""

    @property
    def radius(self) -> float | None:
        """Of a ball."""

    @property
    def region(self) -> Region | None:
        """What is certified."""

    @property
    def certified_at(self) -> dict[str, bool]:
        """Answers to the perturbations asked about."""


def correct(row: Certified) -> bool:
    """Whether the certified class is the label; an abstention never is correct."""
    return row.predicted_class == row.label


def clean_accuracy(rows: Sequence[Certified]) -> float | None:
    """Share of rows that are certified and correct; None without any label."""
    return sum(map(correct, rows)) / len(rows) if labelled(rows) else None


def acr(rows: Sequence[Certified]) -> float | None:
    """Average certified radius, mean of correct * radius.

    None where regions have no radius, and without any label.
    """
    if not labelled(rows) or any(row.region is not None and row.radius is None for row in rows):
        return None
    return sum(row.radius or 0.0 for row in rows if correct(row)) / len(rows)


def certified_accuracy(rows: Sequence[Certified], text: str) -> float | None:
    """Share of rows that are correct and certified at a perturbation; None without any label."""
    return _certified(rows, text) / len(rows) if labelled(rows) else None


def summarise(
    rows: Sequence[ReplayRow],
    *,
    at: Sequence[str],
    alpha: float,
    again: Callable[[float], Sequence[Certified]] | None,
    valid: bool,
    apart: bool = True,
    planned: int | None = None,
) -> ReplaySummary:
    """The summary of a set.

    Args:
        rows: at least one, each certified at ``alpha``.
        at: the perturbations the rows answer.
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
        abstained=sum(row.outcome == "abstained" for row in rows),
        acr=acr(rows),
        certified_accuracy={text: certified_accuracy(rows, text) for text in at},
        simultaneous=together,
        population=_population(rows, at, alpha) if valid and apart else {},
    )


def _certified(rows: Sequence[Certified], text: str) -> int:
    return sum(correct(row) and row.certified_at[text] for row in rows)


def _simultaneous(
    again: Callable[[float], Sequence[Certified]], alpha: float, total: int, at: Sequence[str]
) -> Simultaneous:
    each = simultaneous_alpha(alpha, total)
    rows = again(each)
    return Simultaneous(
        alpha=alpha,
        alpha_each=each,
        certified=sum(row.outcome == "certified" for row in rows),
        clean_accuracy=clean_accuracy(rows),
        acr=acr(rows),
        certified_accuracy={text: certified_accuracy(rows, text) for text in at},
        radii=tuple(row.radius for row in rows),
    )


def _population(
    rows: Sequence[ReplayRow], at: Sequence[str], alpha: float
) -> dict[str, SetStatement]:
    counts = {CLEAN: sum(map(correct, rows)), **{text: _certified(rows, text) for text in at}}
    return {
        name: set_statement(count, len(rows), alpha=alpha, delta=alpha)
        for name, count in counts.items()
    }
