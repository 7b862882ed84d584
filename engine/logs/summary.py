"""Logs side by side: what each says, what is wrong with it, and how they differ."""

from __future__ import annotations

from collections.abc import Sequence

from engine.core.records import Record
from engine.core.rounding import exact
from engine.figures.curves import Curve, CurveFigure
from engine.logs import measures
from engine.logs.lint import Finding, lint
from engine.logs.log import Kind, Log
from engine.logs.measures import Difference

RADII = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 3.5)
"""At which the literature quotes certified accuracy."""


class LogSummary(Record):
    """One log.

    Attributes:
        path: of its file.
        kind: certify, decide (in phases), predict, or radii alone.
        sigma: of the noise; None where nothing says it.
        rows: inputs.
        acr: mean of correct * radius; None without radii.
        certified_accuracy: share that is correct and certified, by radius; empty without radii.
        intervals: of those shares, two-sided, confidence 95 %, if the inputs are a random draw.
        abstained: inputs without an answer; None where the log does not tell them from wrong ones.
        clean_accuracy: share that is correct and not abstained.
        lint: what to know before the log is quoted.
    """

    path: str
    kind: Kind
    sigma: float | None
    rows: int
    acr: float | None
    certified_accuracy: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    abstained: int | None
    clean_accuracy: float | None
    lint: tuple[Finding, ...]


class LogComparison(Record):
    """Several logs.

    Attributes:
        n, alpha: with which they are said to have been made; the lint holds radii against them.
        files: in the order they were named.
        best: for each radius the place in ``files`` of the highest certified accuracy.
        differences: of each other log against the first, by radius.
        skipped: files of a folder that are no logs, with the reason.
    """

    n: int
    alpha: float
    files: tuple[LogSummary, ...]
    best: dict[str, int]
    differences: tuple[dict[str, Difference], ...]
    skipped: dict[str, str]


def key(radius: float) -> str:
    """A radius as a name, never rounded: what holds at 0.2499999 need not hold at 0.25.

    >>> key(0.25), key(1.0), key(0.2499999)
    ('0.25', '1', '0.2499999')
    """
    return exact(radius)


def summarise(
    logs: Sequence[Log],
    *,
    n: int,
    alpha: float,
    radii: Sequence[float] = RADII,
    skipped: dict[str, str] | None = None,
) -> LogComparison:
    """What some logs say, at least one.

    Args:
        logs: in the order in which they are shown; the others are compared with the first.
        n, alpha: with which they are said to have been made.
        radii: at which certified accuracy is quoted.
        skipped: files that were no logs.
    """
    first, *others = logs
    names = {key(radius): radius for radius in radii}
    best = {name: measures.best(logs, radius) for name, radius in names.items()}
    return LogComparison(
        n=n,
        alpha=alpha,
        files=tuple(_summary(log, names, n, alpha) for log in logs),
        best={name: place for name, place in best.items() if place is not None},
        differences=tuple(_differences(other, first, names) for other in others),
        skipped=skipped or {},
    )


def _summary(log: Log, names: dict[str, float], n: int, alpha: float) -> LogSummary:
    shares = {name: measures.certified_accuracy(log, radius) for name, radius in names.items()}
    limits = {name: measures.accuracy_interval(log, radius) for name, radius in names.items()}
    return LogSummary(
        path=log.path,
        kind=log.kind,
        sigma=log.sigma,
        rows=len(log),
        acr=measures.acr(log),
        certified_accuracy={name: share for name, share in shares.items() if share is not None},
        intervals={name: limit for name, limit in limits.items() if limit is not None},
        abstained=measures.abstained(log),
        clean_accuracy=measures.clean_accuracy(log),
        lint=lint(log, n=n, alpha=alpha),
    )


def _differences(log: Log, first: Log, names: dict[str, float]) -> dict[str, Difference]:
    found = {name: measures.difference(log, first, radius) for name, radius in names.items()}
    return {name: one for name, one in found.items() if one is not None}


def figure(logs: Sequence[Log], names: Sequence[str]) -> CurveFigure:
    """Certified accuracy over radius, a curve for each log that has radii."""
    drawn = [(log, name) for log, name in zip(logs, names, strict=True) if log.has_radii]
    curves = (Curve(name=name, points=measures.curve(log)) for log, name in drawn if len(log))
    return CurveFigure(
        title="Certified accuracy",
        subtitle="share of inputs that are correct and certified at this radius or beyond",
        x_name="l2 radius",
        y_name="certified accuracy",
        curves=tuple(curves),
    )
