"""The curve of a set's report: certified accuracy over the size of the perturbation. No torch."""

from __future__ import annotations

import math

import numpy as np

from engine.bounds import bound_method
from engine.bounds.simultaneous import population_lower
from engine.core.records import Votes
from engine.core.rounding import confidence_percent
from engine.evidence.settings import Counting, alpha_of
from engine.figures.curves import Curve, CurveFigure
from engine.procedures.bound_trajectory import region_of
from engine.procedures.set_curves import accuracy_curves, attacked_curve
from engine.procedures.set_result import SetResult
from engine.regions import radius_of
from engine.replay.rows import NO_LABEL

_FURTHEST, _STEP = 2.0, 0.25


def labelled(result: SetResult) -> bool:
    """Whether any row has a true class: without one nothing is right or wrong."""
    return any(row.label != NO_LABEL for row in result.rows)


def right(result: SetResult) -> list[int]:
    """Places of the rows certified for their label; without any label, of all certified ones."""
    named = labelled(result)
    return [
        place
        for place, row in enumerate(result.rows)
        if row.region is not None and (not named or row.predicted_class == row.label)
    ]


def certified_accuracy_figure(result: SetResult) -> CurveFigure | None:
    """The share of rows that are correct and certified beyond each size; None where none is.

    Balls: over the radius, each row by itself, all rows at once (alpha shared out), and what the
    population holds at least, which is said of each radius by itself. Other regions: over each of
    the sizes that they name, each row by itself. Without any label every certified row counts.
    """
    places = right(result)
    regions = [region for place in places if (region := result.rows[place].region) is not None]
    if not regions:
        return None
    kind, total, summary = regions[0], len(result.rows), result.summary
    alpha, exact = alpha_of(result.settings), result.settings.kind == "exact"
    sizes: dict[str, list[float]] = {}
    for region in regions:
        radius = region.certified_radius
        for name, size in (region.sizes() if radius is None else {"": radius}).items():
            sizes.setdefault(name, []).append(size)
    name = "each by itself" + ("" if exact else f" (alpha {alpha})")
    curves = list(accuracy_curves(kind, sizes, total, name))
    ball = kind.certified_radius is not None
    if ball and summary.simultaneous is not None and not exact:
        radii = summary.simultaneous.radii
        joint = [radius for place in places if (radius := radii[place]) is not None]
        curves += accuracy_curves(kind, {"": joint}, total, f"all at once (alpha {alpha})")
    if ball and summary.population:
        curves.append(_population(curves[0], total, alpha))
    if ball and any(row.attacked for row in result.rows):
        found = [(result.rows[place].attacked or {}).get("radius", math.inf) for place in places]
        curves.append(attacked_curve(found, len(result.rows)))
    named = labelled(result)
    return CurveFigure(
        title="Certified accuracy" if named else "Certified share",
        subtitle=f"inputs that are {'correct and ' if named else ''}certified at this size",
        x_name=f"{kind.certified_norm} radius" if ball else kind.measured,
        y_name="certified accuracy" if named else "certified share",
        curves=tuple(curves),
    )


def _population(each: Curve, total: int, alpha: float) -> Curve:
    """What the population holds at least, if the inputs are a random draw from it."""
    counts = [round(share * total) for _, share in each.points]
    least = {n: population_lower(n, total, alpha=alpha, delta=alpha) for n in set(counts)}
    points = tuple((x, least[n]) for (x, _), n in zip(each.points, counts, strict=True))
    confidence = confidence_percent(alpha)
    name = f"population at least, if drawn at random (confidence {confidence} %)"
    return Curve(name=name, points=points, dashed=True)


def usual(settings: Counting) -> tuple[str, ...]:
    """Perturbations at which the literature quotes certified accuracy, as ``--at`` writes them.

    Radii at every quarter up to what n votes without a single miss would certify, eight at most;
    none for schemes whose regions are no balls.
    """
    if set(settings.scheme.terms) != {"radius"}:
        return ()
    bounds = bound_method(settings.bound).at(
        Votes(counts=(settings.n, 0)).supposed(0), top=0, alpha=settings.alpha, n_plan=settings.n
    )
    reach = min(radius_of(region_of(settings.scheme, bounds)) or 0.0, _FURTHEST)
    steps = np.arange(1, math.floor(reach / _STEP) + 1) * _STEP
    return tuple(f"radius={radius:g}" for radius in steps)
