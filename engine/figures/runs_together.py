"""Several runs on shared axes: their bounds over n, what each certifies, and how they differ."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.core.fields import field_specs
from engine.core.records import Record
from engine.core.rounding import round_down
from engine.evidence.ending import ended_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.subject import headline_in
from engine.figures.curves import Curve, CurveFigure
from engine.regions import Ball, Region
from engine.regions.region import largest

Named = tuple[str, Evidence]
_CORNERS = 48
"""Of half a disc."""
_MOST = 256
"""Whole numbers that are looked at."""
_BEYOND = 1.25
"""A strength without a limit is drawn so far above the largest that has one."""


class ComparedRow(Record):
    """One fact of every run.

    Attributes:
        declared: it was settled before the run; else it is what came of it.
    """

    name: str
    values: tuple[str, ...]
    declared: bool

    @property
    def differs(self) -> bool:
        """Whether the runs do not agree."""
        return len(set(self.values)) > 1


def rows_together(runs: Sequence[Evidence]) -> tuple[ComparedRow, ...]:
    """What was declared for each run, then what came of it; a fact that one lacks is empty."""
    declared, found = [_declared(run) for run in runs], [_found(run) for run in runs]
    return tuple(
        ComparedRow(name=name, values=tuple(one.get(name, "") for one in facts), declared=before)
        for facts, before in ((declared, True), (found, False))
        for name in dict.fromkeys(name for one in facts for name in one)
    )


def bounds_together(runs: Sequence[Named]) -> CurveFigure | None:
    """p_lower over n of every run that bounds one; None where none does."""
    curves = tuple(
        Curve(name=name, points=tuple((float(p.n), p.p_lower) for p in points))
        for name, run in runs
        if (points := [p for p in run.trajectory if p.valid and p.n > 0])
    )
    if not curves:
        return None
    return CurveFigure(
        title="Bounds over n",
        subtitle=_lacking(runs, curves, ("makes", "make"), "no claim along n"),
        x_name="n, votes",
        y_name="p_lower",
        curves=curves,
        log_x=True,
    )


def regions_together(runs: Sequence[Named]) -> CurveFigure | None:
    """What every run certifies; None where none does, or where they speak of different changes.

    A ball is drawn as the upper half of its outline in a plane through the input, a region of two
    terms as its edge over the first of them, and one of one term as the line of its sizes.
    """
    regions = [(name, run.region) for name, run in runs if run.region is not None]
    inputs = [run.input for _, run in runs if run.region is not None]
    if not regions or len({_speaks_of(region) for _, region in regions}) > 1:
        return None
    first = regions[0][1]
    pairs = [(name, _outline(region, place)) for place, (name, region) in enumerate(regions, 1)]
    top = _BEYOND * max((y for _, line in pairs for _, y in line if y < math.inf), default=1.0)
    curves = tuple(
        Curve(
            name=f"{name}: {headline_in(region, given)}",
            points=tuple((x, min(y, top)) for x, y in line),
        )
        for (name, line), (_, region), given in zip(pairs, regions, inputs, strict=True)
        if line
    )
    x_name, y_name = _axes(first)
    return CurveFigure(
        title="Certified regions",
        subtitle=_lacking(runs, curves, ("certifies", "certify"), "nothing"),
        x_name=x_name,
        y_name=y_name,
        curves=curves,
        one_scale=isinstance(first, Ball),
    )


def _speaks_of(region: Region) -> tuple[object, ...]:
    return region.kind, region.terms, region.certified_norm, region.note()


def _lacking(
    runs: Sequence[Named], curves: Sequence[Curve], does: tuple[str, str], what: str
) -> str:
    """What the runs without a curve do not do, as a sentence; empty where all have one."""
    drawn = [curve.name.partition(": ")[0] for curve in curves]
    *others, last = ["", *(name for name, _ in runs if name not in drawn)]
    if len(others) < 2:
        return f"{last} {does[0]} {what}" if last else ""
    return f"{', '.join(others[1:])} and {last} {does[1]} {what}"


def _axes(region: Region) -> tuple[str, str]:
    if isinstance(region, Ball):
        along, across = f"{region.norm} distance", f"{region.norm} distance across"
        return f"{along}, {region.unit}", f"{across}, {region.unit}"
    names = [term.replace("_", " ") for term in region.terms]
    return (names[0], names[1]) if len(names) > 1 else (names[0], "run")


def _outline(region: Region, place: int) -> list[tuple[float, float]]:
    if isinstance(region, Ball):
        return _half(region.norm, region.radius)
    if len(region.terms) == 1:
        term = region.terms[0]
        ends = [sign * region.furthest(term, sign) for sign in (-1, 1) if sign in region.signs]
        start = 0.0 if len(ends) == 1 else ends[0]
        return [(start, float(place)), (ends[-1], float(place))]
    return region.edge() or _edge(region)


def _half(norm: str, radius: float) -> list[tuple[float, float]]:
    """The upper half of a ball in a plane of two coordinates."""
    if norm == "l1":
        return [(-radius, 0.0), (0.0, radius), (radius, 0.0)]
    if norm == "linf":
        return [(-radius, 0.0), (-radius, radius), (radius, radius), (radius, 0.0)]
    turns = [math.pi * (1 - step / _CORNERS) for step in range(_CORNERS + 1)]
    return [(radius * math.cos(turn), radius * max(0.0, math.sin(turn))) for turn in turns]


def _edge(region: Region) -> list[tuple[float, float]]:
    """A step for every whole number of the first term, as high as the second term may be."""
    first, second = region.terms[:2]
    none = dict.fromkeys(region.terms, 0.0)
    points: list[tuple[float, float]] = []
    for count in range(_MOST):

        def holds(size: float, count: int = count) -> bool:
            return region.contains({**none, first: float(count), second: size})

        height = largest(holds)
        if not height:
            break
        points += [(count - 0.5, height), (count + 0.5, height)]
    return [*points, (points[-1][0], 0.0)] if points else []


def _declared(run: Evidence) -> dict[str, str]:
    settings, scheme = run.settings, run.settings.scheme
    facts = {
        "model": run.model.name,
        "input": run.input.name,
        "procedure": run.procedure,
        "scheme": scheme.title,
    }
    for spec in field_specs(type(scheme)):
        if (value := getattr(scheme, spec.name)) is not None and spec.told(value):
            facts[spec.title] = f"{value:,}" if isinstance(value, int) else str(value)
    facts |= {"n0": f"{settings.n0:,}", "n": f"{settings.n:,}", "alpha": str(settings.alpha)}
    facts |= {
        "bound": settings.bound,
        "noise": settings.noise,
        "seed": f"{settings.seed} ({settings.seed_origin})",
        "precision": settings.precision,
    }
    return {name: value for name, value in facts.items() if value}


def _found(run: Evidence) -> dict[str, str]:
    votes, top = run.votes, run.top
    n = sum(votes.estimation) + votes.estimation_failures
    facts: dict[str, str] = {"outcome": run.outcome, "ended": ended_in_words(run)}
    if top is not None and n:
        facts["top class"] = run.model.class_names[top]
        facts["votes for top class"] = f"{votes.estimation[top]:,} of {n:,}"
    if run.bounds is not None:  # of a map a share of its box, and no probability
        is_map = run.settings.scheme.mapped
        name = "certified share of the box" if is_map else "p_lower"
        facts[name] = round_down(run.bounds.p_lower, 4)
    facts["certified region"] = headline_in(run.region, run.input) if run.region else "nothing"
    facts["time"] = f"{run.performance.seconds:.1f} s on {run.performance.device}"
    return facts
