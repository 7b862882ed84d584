"""What is wrong with a log, or cannot be told from it, one sentence each. No torch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import numpy as np
from scipy.special import ndtri

from engine.bounds import clopper_pearson
from engine.core.records import Record
from engine.core.rounding import round_up
from engine.logs.log import Log

Fault = Literal[
    "saturation",
    "rounded",
    "running-total",
    "correct",
    "missing-rows",
    "twice",
    "sigma",
    "phases",
    "values",
    "empty",
]
_SHORT, _FEW = 4, 10
"""A radius of fewer significant digits was rounded; so many rows tell that it is not by chance."""
_SIZES = {"cifar": 10_000, "imagenet": 50_000, "mnist": 10_000, "svhn": 26_032}
"""Inputs of the published test sets."""


class Finding(Record):
    """Something to know before a log is quoted.

    Attributes:
        fault: which kind.
        detail: the sentence.
    """

    fault: Fault
    detail: str


def lint(log: Log, *, n: int, alpha: float) -> tuple[Finding, ...]:
    """Everything to know about a log.

    Args:
        log: as it was read.
        n, alpha: of its estimation votes, as it is said to have been made.
    """
    if not len(log):
        return (Finding(fault="empty", detail="The log has a header and no rows."),)
    found: list[Finding] = []
    for look in (_values, _sigma, _correct, _rounded, _rows, _phases):
        found += look(log)
    return (*found, *_saturation(log, n, alpha))


def reach(sigma: float, n: int, alpha: float) -> float:
    """The largest l2 radius of Gaussian smoothing at n votes: sigma Phi^-1(alpha^(1/n)).

    >>> round(reach(1.0, 100_000, 0.001), 4)
    3.8115
    """
    return sigma * float(ndtri(clopper_pearson.lower(n, n, alpha)))


def _saturation(log: Log, n: int, alpha: float) -> Iterator[Finding]:
    """A radius above what all votes together could have bought."""
    if log.kind not in ("certify", "radii") or log.sigma is None:
        return
    most = float(log.radius.max())
    limit = reached = reach(log.sigma, n, alpha)
    rounding = 0.5 * 10.0 ** (np.floor(np.log10(most)) + 1 - log.digits) if most > 0 else 0.0
    if log.digits and log.digits < _SHORT:
        limit += rounding
    if most <= limit * (1 + 1e-6):
        return
    over = int((log.radius > limit * (1 + 1e-6)).sum())
    yield Finding(
        fault="saturation",
        detail=(
            f"{over:,} radii, the largest {most:g}, are above {round_up(reached, 4)}, which is "
            f"all that n = {n:,} votes at alpha = {alpha:g} can reach with sigma = {log.sigma:g}: "
            "the log was made with another n, alpha or sigma."
        ),
    )


def _rounded(log: Log) -> Iterator[Finding]:
    """Radii that were written with few digits, to the nearest and not down."""
    if not 0 < log.digits < _SHORT or int((log.radius > 0).sum()) < _FEW:
        return
    yield Finding(
        fault="rounded",
        detail=(
            f"Radii are written with {log.digits} significant digits, rounded to the nearest: a "
            "radius may be above the bound by half a unit of its last digit."
        ),
    )


def _correct(log: Log) -> Iterator[Finding]:
    """A column that is not label == predict: recomputed, and said."""
    if np.isnan(log.stated).all() or log.kind == "radii":
        return
    if (log.stated == np.cumsum(log.correct)).all() and log.stated.max() > 1:
        yield Finding(
            fault="running-total",
            detail="The column 'correct' is a running total; it was worked out again.",
        )
        return
    wrong = int((log.stated != log.correct).sum())
    if wrong:
        yield Finding(
            fault="correct",
            detail=(
                f"The column 'correct' is not 'label equals predict' in {wrong:,} of "
                f"{len(log):,} rows; it was worked out again."
            ),
        )


def _rows(log: Log) -> Iterator[Finding]:
    """Inputs that are missing, between the first and the last or after it, and those met twice."""
    if log.kind == "radii":
        return
    index, counts = np.unique(log.index, return_counts=True)
    if (counts > 1).any():
        yield Finding(
            fault="twice",
            detail=f"{int((counts > 1).sum()):,} inputs are in the log more than once.",
        )
    if len(index) < 2:
        return
    steps = np.diff(index)
    step = int(np.bincount(np.minimum(steps, 10**6)).argmax())
    gaps = int(((steps // max(1, step)) - 1).clip(min=0).sum())
    if gaps:
        yield Finding(
            fault="missing-rows",
            detail=f"{gaps:,} inputs are missing between idx {index[0]} and {index[-1]}.",
        )
    size = _size(log)
    left = 0 if size is None else max(0, (size - 1 - int(index[-1])) // max(1, step))
    if size is not None and left and len(index) > _FEW:
        yield Finding(
            fault="missing-rows",
            detail=(
                f"The log ends at idx {index[-1]}; in steps of {step} a test set of {size:,} has "
                f"{left:,} more inputs: averages over a part are not those of the set."
            ),
        )


def _size(log: Log) -> int | None:
    name = log.path.lower()
    if re.search(r"(^|[^a-z])train", name):
        return None
    return next((size for known, size in _SIZES.items() if known in name), None)


def _sigma(log: Log) -> Iterator[Finding]:
    """Noise of the training that is not that of the certification, or not known."""
    if log.sigma is None and log.has_radii:
        yield Finding(
            fault="sigma",
            detail="Nothing says with which sigma the log was made; give it with --sigma.",
        )
    if log.sigma_origin == "training":
        yield Finding(
            fault="sigma",
            detail=(
                f"The name has the noise of a training alone, {log.sigma:g}; it is taken for that "
                "of the certification."
            ),
        )
    known = (log.sigma, log.training_sigma)
    if None not in known and log.sigma != log.training_sigma:
        yield Finding(
            fault="sigma",
            detail=(
                f"The model was trained with sigma {log.training_sigma:g} and certified with "
                f"{log.sigma:g}, as the name says."
            ),
        )


def _phases(log: Log) -> Iterator[Finding]:
    """Early stopping: the file does not say how alpha was shared out."""
    if log.kind == "decide":
        yield Finding(
            fault="phases",
            detail=(
                "Rows were decided in phases: a radius is the one that was asked for, and it holds "
                "only if alpha was shared out over the phases, which the log does not say."
            ),
        )


def _values(log: Log) -> Iterator[Finding]:
    """Values that no certification writes."""
    if log.kind in ("predict", "radii"):
        return
    negative = int((log.radius < 0).sum())
    if negative:
        yield Finding(fault="values", detail=f"{negative:,} radii are below 0; they count as 0.")
    idle = int((~log.certified & (log.radius > 0)).sum())
    if idle:
        yield Finding(
            fault="values",
            detail=f"{idle:,} abstentions have a radius above 0, which says nothing.",
        )
