"""What is quoted of a log: certified accuracy, the average radius, and what two logs differ by.

Definitions of J. Cohen et al. (ICML 2019) and R. Zhai et al. (MACER, ICLR 2020).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.bounds import clopper_pearson
from engine.core.records import Record
from engine.logs.log import Log

CONFIDENCE = 0.95
"""Of the intervals beside shares and differences."""


class Difference(Record):
    """By how much a log's certified accuracy is above another's.

    Attributes:
        difference: of the two shares.
        low, high: an interval that holds the true difference with confidence 95 %, if the inputs
            are a random draw.
        paired: both logs hold the same inputs, which are compared one by one.
    """

    difference: float
    low: float
    high: float
    paired: bool


def certified_accuracy(log: Log, radius: float) -> float | None:
    """Share of rows that are correct and certified at ``radius`` or beyond; None without radii."""
    return _count(log, radius) / len(log) if log.has_radii and len(log) else None


def acr(log: Log) -> float | None:
    """Average certified radius: mean of correct * radius; None without radii."""
    return math.fsum(log.sizes) / len(log) if log.has_radii and len(log) else None


def clean_accuracy(log: Log) -> float | None:
    """Share of rows that are correct and not abstained, which is certified accuracy at 0."""
    return int(log.correct.sum()) / len(log) if len(log) else None


def abstained(log: Log) -> int | None:
    """How many rows have no answer; None where the log does not tell them from wrong ones."""
    return None if log.kind == "radii" else int((~log.certified).sum())


def interval(count: int, n: int) -> tuple[float, float]:
    """The Clopper-Pearson interval of a share, two-sided, with confidence 95 %."""
    half = (1 - CONFIDENCE) / 2
    return clopper_pearson.lower(count, n, half), clopper_pearson.upper(count, n, half)


def accuracy_interval(log: Log, radius: float) -> tuple[float, float] | None:
    """That of the certified accuracy at ``radius``; None without radii."""
    return interval(_count(log, radius), len(log)) if log.has_radii and len(log) else None


def difference(one: Log, other: Log, radius: float) -> Difference | None:
    """By how much ``one`` is above ``other`` at ``radius``; None where one of them has no radii.

    Over the same inputs only those count that one log certifies and the other does not: b and c of
    N. The interval is made of one-sided Clopper-Pearson bounds, each with a quarter of the error,
    which hold together by the union bound: lower(b) - upper(c) to upper(b) - lower(c), divided by
    N; over other inputs the same with the two shares.
    """
    if not (one.has_radii and other.has_radii and len(one) and len(other)):
        return None
    quarter = (1 - CONFIDENCE) / 4
    paired = all(
        np.array_equal(ours, theirs)
        for ours, theirs in ((one.index, other.index), (one.label, other.label))
    )
    ours, theirs = _reached(one, radius), _reached(other, radius)
    if paired:
        ours, theirs = ours & ~theirs, theirs & ~ours
    b, c = int(ours.sum()), int(theirs.sum())
    n, m = len(one), len(other)
    return Difference(
        difference=b / n - c / m,
        low=clopper_pearson.lower(b, n, quarter) - clopper_pearson.upper(c, m, quarter),
        high=clopper_pearson.upper(b, n, quarter) - clopper_pearson.lower(c, m, quarter),
        paired=paired,
    )


def best(logs: Sequence[Log], radius: float) -> int | None:
    """Which log has the highest certified accuracy at ``radius``, the first of several."""
    shares = [certified_accuracy(log, radius) for log in logs]
    known = [share for share in shares if share is not None]
    return shares.index(max(known)) if known and max(known) > 0 else None


def curve(log: Log) -> tuple[tuple[float, float], ...]:
    """Certified accuracy as a step function of the radius: its corners, from radius 0 on."""
    sizes = np.sort(log.sizes[log.correct])
    values, first = np.unique(sizes, return_index=True)
    corners = [(0.0, len(sizes) / len(log))]
    for value, before in zip(values, first, strict=True):
        corners += [
            (float(value), (len(sizes) - int(before)) / len(log)),
            (float(value), float((sizes > value).sum()) / len(log)),
        ]
    return tuple(corners)


def _reached(log: Log, radius: float) -> np.ndarray:
    return log.correct & (log.sizes >= radius)


def _count(log: Log, radius: float) -> int:
    return int(_reached(log, radius).sum())
