"""A replay as a table, as facts in words, and as the curve of certified accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.figures import Curve, CurveFigure
from engine.rounding import confidence_percent, round_down

if TYPE_CHECKING:
    from engine.replay import ReplayResult, ReplayRow

DIGITS = 4
_HEADER = ("Row", "Label", "Outcome", "Class", "Radius", "p lower", "n")


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
        "" if row.radius is None else round_down(row.radius, DIGITS),
        round_down(row.bounds.p_lower, DIGITS),
        f"{row.n:,}" if row.n else "",
        *("yes" if answer else "no" for answer in row.certified_at.values()),
    )


def facts(result: ReplayResult) -> list[tuple[str, str]]:
    """All rows together: each by itself, all at once, and the population they come from."""
    summary, together = result.summary, result.summary.simultaneous
    shares = [("correct and certified", summary.clean_accuracy)]
    shares += list(summary.certified_accuracy.items())
    rows = [("rows", f"{summary.rows:,}"), ("abstained", f"{summary.abstained:,}")]
    rows += [(name, _percent(share, summary.rows)) for name, share in shares]
    if summary.acr is not None:
        rows.append(("average radius", round_down(summary.acr, DIGITS)))
    if together is not None:
        share = _percent(together.clean_accuracy, summary.rows)
        rows.append((f"all at once, alpha {together.alpha:g}", share))
    if "clean" in summary.population:
        confidence = confidence_percent(result.alpha)
        share = summary.population["clean"].population_lower
        least = f"at least {round_down(100 * share, 2)} %"
        rows.append((f"population, {confidence} % confidence", least))
    return rows


def curve(result: ReplayResult) -> CurveFigure | None:
    """Share of rows that are correct and certified at a radius; None without radii."""
    if result.summary.acr is None:
        return None
    total, together = len(result.rows), result.summary.simultaneous
    own = [row.radius for row in result.rows if row.predicted_class == row.label]
    curves = [Curve(name=f"each row, alpha {result.alpha:g}", points=_steps(own, total))]
    if together is not None:
        joint = [
            radius
            for row, radius in zip(result.rows, together.radii, strict=True)
            if row.bounds.top == row.label
        ]
        name = f"all rows at once, alpha {together.alpha:g}"
        curves.append(Curve(name=name, points=_steps(joint, total), dashed=True))
    valid = "" if result.independent else "not independent: no valid claim · "
    return CurveFigure(
        title="Certified accuracy",
        subtitle=f"{valid}{result.scheme.noise_in_words()} · {result.bound} bound",
        x_name="radius",
        y_name="share of rows",
        curves=tuple(curves),
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
