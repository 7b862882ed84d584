"""A replay as a table, as facts in words, and as the curve of certified accuracy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import TYPE_CHECKING

from engine.core.rounding import confidence_percent, round_down
from engine.figures.curves import Curve, CurveFigure
from engine.regions import Region

if TYPE_CHECKING:
    from engine.replay import ReplayResult, ReplayRow

DIGITS = 4
_MOST = 3
"""Curves of one result."""
_HEADER = ("Row", "Label", "Outcome", "Class", "Certified", "p lower", "n")


def header(result: ReplayResult) -> tuple[str, ...]:
    """Names of the columns: the usual ones, then what was asked about."""
    return (*_HEADER, *result.summary.certified_accuracy)


def texts(row: ReplayRow) -> tuple[str, ...]:
    """What the columns say of a row."""
    return (
        str(row.idx),
        str(row.label),
        row.outcome,
        "" if row.predicted_class is None else str(row.predicted_class),
        _certified(row),
        round_down(row.bounds.p_lower, DIGITS),
        f"{row.n:,}" if row.n else "",
        *("yes" if answer else "no" for answer in row.certified_at.values()),
    )


def _certified(row: ReplayRow) -> str:
    """A radius as a number, any other region by its headline."""
    if row.radius is not None:
        return round_down(row.radius, DIGITS)
    return row.region.headline() if row.region is not None else ""


def facts(result: ReplayResult) -> list[tuple[str, str]]:
    """All rows together: each by itself, all at once, and the population they come from."""
    summary = result.summary
    rows = [("rows", f"{summary.rows:,}"), ("abstained", f"{summary.abstained:,}")]
    shares = {"clean": summary.clean_accuracy, **summary.certified_accuracy}
    for key, share in shares.items():
        if share is not None:  # without labels nothing is right or wrong
            name = "correct and certified" if key == "clean" else key
            rows.append((name, _percent(share, summary.rows)))
            rows += _as_a_set(result, key)
    if summary.acr is not None:
        rows.append(("average radius", round_down(summary.acr, DIGITS)))
    return rows


def _as_a_set(result: ReplayResult, key: str) -> Iterator[tuple[str, str]]:
    """The same share with alpha shared out over the rows, and of the population."""
    summary, together = result.summary, result.summary.simultaneous
    what = "" if key == "clean" else f"{key}, "
    if together is not None:
        shares = {"clean": together.clean_accuracy, **together.certified_accuracy}
        share = _percent(shares[key] or 0.0, summary.rows)
        yield f"{what}all at once, alpha {together.alpha}", share
    if key in summary.population:
        confidence = confidence_percent(result.alpha)
        share = round_down(100 * summary.population[key].population_lower, 2)
        drawn = f"{what}population, if the rows are a random draw, {confidence} % confidence"
        yield drawn, f"at least {share} %"


def curve(result: ReplayResult) -> CurveFigure | None:
    """Share of rows that are correct and certified, over the size of the change.

    The size is what the regions measure: a radius, a number of things, a strength for each number
    of things, or additions and deletions alone. None without a certified row, or without labels.
    """
    regions = [claim.region for claim in result.rows.claims if claim.region is not None]
    if not regions or not result.rows.labelled:
        return None
    valid = "" if result.independent else "not independent: no valid claim · "
    balls = regions[0].certified_radius is not None
    return CurveFigure(
        title="Certified accuracy",
        subtitle=f"{valid}{result.scheme.noise_in_words()} · {result.bound} bound",
        x_name=regions[0].measured,
        y_name="share of rows",
        curves=tuple(_balls(result) if balls else _by_size(result, regions)),
    )


def _balls(result: ReplayResult) -> Iterator[Curve]:
    rows, together = result.rows, result.summary.simultaneous
    total, own = len(rows), rows.radii[rows.correct].tolist()
    yield Curve(name=f"each row, alpha {result.alpha}", points=_steps(own, total))
    if together is not None:
        joint = list(compress(together.radii, rows.tops == rows.labels))
        name = f"all rows at once, alpha {together.alpha}"
        yield Curve(name=name, points=_steps(joint, total), dashed=True)


def _by_size(result: ReplayResult, regions: Sequence[Region]) -> Iterator[Curve]:
    """A curve for each of the first sizes that the regions have, of the rows that are right."""
    right = [
        row.region.sizes()
        for row in result.rows
        if row.region is not None and row.predicted_class == row.label
    ]
    points = _shares if regions[0].counts else _steps
    for size in list(dict.fromkeys(size for region in regions for size in region.sizes()))[:_MOST]:
        name = size or f"each row, alpha {result.alpha}"
        found = [sizes[size] for sizes in right if size in sizes]
        yield Curve(name=name, points=points(found, len(result.rows)))


def _shares(most: Sequence[float], total: int) -> tuple[tuple[float, float], ...]:
    """Share of the rows that are right and certified against at least so many changes."""
    return tuple(
        (float(size), sum(one >= size for one in most) / total)
        for size in range(round(max(most, default=0)) + 2)
    )


def _steps(radii: Sequence[float | None], total: int) -> tuple[tuple[float, float], ...]:
    """A falling staircase: at each radius the rows that have it are certified no more."""
    rows = Counter(radius for radius in radii if radius is not None)
    left = rows.total()
    points = [(0.0, left / total)]
    for radius in sorted(rows):
        points += [(radius, left / total), (radius, (left - rows[radius]) / total)]
        left -= rows[radius]
    return tuple(points)


def _percent(share: float, total: int) -> str:
    """A share of ``total`` rows, rounded down from the exact fraction.

    >>> _percent(113 / 200, 200), _percent(2 / 3, 3)
    ('56.50 %', '66.66 %')
    """
    hundredths = round(share * total) * 10_000 // total
    return f"{hundredths // 100}.{hundredths % 100:02d} %"
