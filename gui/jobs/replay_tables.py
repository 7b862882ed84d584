"""A replay as a table, as facts in words, and as the curve of certified accuracy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import TYPE_CHECKING

from engine.core.rounding import confidence_percent, round_down
from engine.figures.curves import CurveFigure
from engine.regions import Region

if TYPE_CHECKING:
    from engine.replay import ReplayResult, ReplayRow, ReplaySummary

DIGITS = 4
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
    rows += shares_in_words(summary, result.alpha, clean="correct and certified")
    if summary.acr is not None:
        rows.append(("average radius", round_down(summary.acr, DIGITS)))
    return rows


def shares_in_words(
    summary: ReplaySummary, alpha: float, *, clean: str
) -> Iterator[tuple[str, str]]:
    """Shares of rows that are right: each by itself, all at once, and of the population.

    Args:
        summary: of the rows.
        alpha: of each row.
        clean: what the share without any change is called.
    """
    shares = {"clean": summary.clean_accuracy, **summary.certified_accuracy}
    for key, share in shares.items():
        if share is not None:  # without labels nothing is right or wrong
            yield clean if key == "clean" else key, percent(share, summary.rows)
            yield from _as_a_set(summary, alpha, key)


def _as_a_set(summary: ReplaySummary, alpha: float, key: str) -> Iterator[tuple[str, str]]:
    """The same share with alpha shared out over the rows, and of the population."""
    together = summary.simultaneous
    what = "" if key == "clean" else f"{key}, "
    if together is not None:
        shares = {"clean": together.clean_accuracy, **together.certified_accuracy}
        share = percent(shares[key] or 0.0, summary.rows)
        yield f"{what}all at once, alpha {together.alpha}", share
    if key in summary.population:
        confidence = confidence_percent(alpha)
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
    from engine.procedures.set_curves import accuracy_curves

    valid = "" if result.independent else "not independent: no valid claim · "
    rows, together = result.rows, result.summary.simultaneous
    name, sizes = f"each row, alpha {result.alpha}", _sizes(result, regions)
    curves = accuracy_curves(regions[0], sizes, len(rows), name)
    if regions[0].certified_radius is not None and together is not None:
        right = compress(together.radii, rows.tops == rows.labels)
        joint = [size for size in right if size is not None]
        name = f"all rows at once, alpha {together.alpha}"
        curves += accuracy_curves(regions[0], {"": joint}, len(rows), name, beside=name)
    return CurveFigure(
        title="Certified accuracy",
        subtitle=f"{valid}{result.scheme.noise_in_words()} · {result.bound} bound",
        x_name=regions[0].measured,
        y_name="share of rows",
        curves=curves,
    )


def _sizes(result: ReplayResult, regions: Sequence[Region]) -> dict[str, list[float]]:
    """What the rows that are right are certified for, by the names of the regions' sizes."""
    rows = result.rows
    if regions[0].certified_radius is not None:
        return {"": rows.radii[rows.correct].tolist()}
    found: dict[str, list[float]] = {size: [] for region in regions for size in region.sizes()}
    for row in rows:
        if row.region is not None and row.predicted_class == row.label:
            for size, most in row.region.sizes().items():
                found[size].append(most)
    return found


def percent(share: float, total: int) -> str:
    """A share of ``total`` rows, rounded down from the exact fraction.

    >>> percent(113 / 200, 200), percent(2 / 3, 3)
    ('56.50 %', '66.66 %')
    """
    hundredths = round(share * total) * 10_000 // total
    return f"{hundredths // 100}.{hundredths % 100:02d} %"
