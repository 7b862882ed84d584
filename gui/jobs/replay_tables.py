"""A replay as a table, as facts in words, and as the curve of certified accuracy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    known = {"correct and certified": summary.clean_accuracy, **summary.certified_accuracy}
    shares = [(name, share or 0.0) for name, share in known.items()]  # every row has a label
    rows = [("rows", f"{summary.rows:,}"), ("abstained", f"{summary.abstained:,}")]
    for key, (name, share) in zip(("clean", *summary.certified_accuracy), shares, strict=True):
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
    of things, or additions and deletions alone. None without a certified row.
    """
    regions = [row.region for row in result.rows if row.region is not None]
    if not regions:
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
    own = [row.radius for row in result.rows if row.predicted_class == row.label]
    total, together = len(result.rows), result.summary.simultaneous
    yield Curve(name=f"each row, alpha {result.alpha}", points=_steps(own, total))
    if together is not None:
        joint = [
            radius
            for row, radius in zip(result.rows, together.radii, strict=True)
            if row.bounds.top == row.label
        ]
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
    """A falling staircase: at each radius one row less is certified."""
    known = sorted(radius for radius in radii if radius is not None)
    points = [(0.0, len(known) / total)]
    for place, radius in enumerate(known):
        left = len(known) - place
        points += [(radius, left / total), (radius, (left - 1) / total)]
    return tuple(points)


def _percent(share: float, total: int) -> str:
    """A share of ``total`` rows, rounded down from the exact fraction.

    >>> _percent(113 / 200, 200), _percent(2 / 3, 3)
    ('56.50 %', '66.66 %')
    """
    hundredths = round(share * total) * 10_000 // total
    return f"{hundredths // 100}.{hundredths % 100:02d} %"
