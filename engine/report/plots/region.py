"""What is certified, over the required p_lower: bars, maps, and the terms of any other region."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.figures.axes import linear_ticks, term_ticks
from engine.figures.regions import RegionFigure
from engine.regions.base import counted
from engine.regions.count import BELOW, CountMap
from engine.regions.region import Trail
from engine.regions.required_probability import BANDS, Grid, GridMap, Outline
from engine.regions.terms import Along, TermsMap
from engine.report import palette
from engine.report.numbers import lower
from engine.report.plots.base import Drawing, marked
from engine.report.plots.light_cells import light_cells

NEVER = len(BANDS) + 1
MOST_PANELS = 3
_MARGIN = 1.4
"""So much more is shown than is certified."""
_TICKS, _LETTERS = 16, 64
"""Along an axis: names at most, and letters of them with two between."""
_HIGH = 1.02
"""Ends of an axis of p_lower."""


def draw(figure: RegionFigure[Any], *, dark: bool = False) -> Drawing:
    """A region of any kind; what brings no picture of its own is drawn term by term."""
    return PICTURES.get(figure.picture, terms)(figure, dark=dark)


def bars(figure: RegionFigure[CountMap], *, dark: bool = False) -> Drawing:
    """A bar per count; those that end below p_lower are certified."""
    del dark
    needs, stands = figure.needs, figure.standing
    now = ""
    if stands is not None:
        now = f"p lower {lower(stands.p_lower)}" + ("" if stands.valid else " (provisional)")
    every, at = -(-len(needs.counts) // _TICKS), partial(_at, needs)
    return Drawing(
        kind="counts",
        width=130,
        height=78,
        data={
            **_heading(figure),
            "x-name": f"changed {needs.utmost.unit}",
            "y-name": "required p lower",
            "bars": [_bar(figure, i) for i in range(len(needs.counts))],
            "x-ticks": marked(
                ((i + 0.5) / len(needs.counts), str(count))
                for i, count in enumerate(needs.counts)
                if i % every == 0
            ),
            "y-ticks": marked((at(y), f"{y:g}") for y in linear_ticks(needs.floor + BELOW, 1.0)),
            "now": None if stands is None else at(stands.p_lower),
            "now-text": now,
            "valid": stands is None or stands.valid,
            "reach": None if figure.reach is None else at(figure.reach),
            "attack-at": _bar_of_attack(figure),
        },
        alt=f"Required p lower by number of changed {needs.utmost.unit}: {figure.claim}",
    )


def _bar(figure: RegionFigure[CountMap], i: int) -> dict[str, Any]:
    count, required = figure.needs.counts[i], float(figure.needs.required[i])
    certified = figure.region is not None and count <= figure.region.most
    state = "certified" if certified else "never" if required >= 1 else "open"
    return {"height": _at(figure.needs, min(1.0, required)), "state": state}


def _bar_of_attack(figure: RegionFigure[CountMap]) -> float | None:
    """Where along the bars the attack lies, as a share; None beyond them, or without one."""
    if figure.attack is None:
        return None
    counts = figure.needs.counts
    place = bisect_left(counts, figure.attack.change[figure.needs.utmost.term])
    return (place + 0.5) / len(counts) if place < len(counts) else None


def _at(needs: CountMap, p: float) -> float:
    return min(1.0, max(0.0, (p - needs.floor) / (_HIGH - needs.floor)))


def grid(figure: RegionFigure[GridMap[Any]], *, dark: bool = False) -> Drawing:
    """A panel for each of the first layers of a map."""
    needs, region = figure.needs, figure.region
    there = len(region.layers) if region is not None and needs.layers > 1 else 1
    heights = [needs.heights(region, i) for i in range(min(MOST_PANELS, there))]
    claim, more = figure.claim, there - len(heights)
    if more > 0:
        claim += f"; {counted(more, 'further maps') if more > 1 else 'one further map'} not shown"
    x_name, y_name, y_long = needs.names
    columns, top = len(needs.columns), needs.upper
    if (heights[0] > needs.ground).any():
        wide, tall = needs.extent(*heights)
        columns = min(columns, round(_MARGIN * wide) + 1)
        more_rows = round(_MARGIN * tall) + 1 if needs.whole_rows else _MARGIN * tall
        top = min(top, needs.floor + more_rows)
    return Drawing(
        kind="map",
        width=130 if len(heights) == 1 else 170,
        height=None,
        data={
            **_heading(figure, dark=dark),
            "x-name": x_name,
            "y-name": y_long,
            "panels": [
                _panel(figure, layer, height[:columns], top) for layer, height in enumerate(heights)
            ],
            "above": needs.marks_above,
            "asked": bool(figure.asked),
            "claim": claim,
        },
        alt=f"Certified {y_name} by {x_name}: {claim}",
    )


def _panel(
    figure: RegionFigure[GridMap[Any]], layer: int, heights: Grid, top: float
) -> dict[str, Any]:
    needs, columns = figure.needs, len(heights)
    rise = top - needs.floor

    def placed(line: Outline) -> Outline:
        return [((x + 0.5) / columns, (y - needs.floor) / rise) for x, y in line]

    required = needs.grid(layer)
    step = (needs.upper - needs.floor) / len(required) / rise
    rows = int(np.ceil(1 / step - 1e-9))
    lines = [placed(needs.outline(heights))]
    dashed: list[Outline] = []
    if figure.reach is not None:
        reach = np.minimum(needs.reach(figure.reach, layer)[:columns], top)
        dashed = [placed(needs.outline(reach))]
    marks = needs.marks(figure.region, layer) if figure.region is not None else []
    widest = max(len(name) for name in needs.columns)
    ticks = needs.ticks(columns, min(_TICKS, max(1, _LETTERS // (widest + 2))))
    return {
        "title": needs.layer_name(layer),
        "rectangles": rectangles(required[:rows, :columns], step),
        "lines": [line for line in lines if line],
        "dashed": [line for line in dashed if line],
        "labels": [
            {"x": place[0], "y": place[1], "text": text}
            for x, y, text in (marks if len(marks) <= needs.most_marks else ())
            for place in placed([(x, y)])
        ],
        "asked": [
            {"at": [x, y], "certified": figure.ask(change).certified}
            for change in figure.asked
            if needs.layer_of(change) == layer
            for x, y in placed([needs.place(change)])
            if 0 <= x <= 1 and 0 <= y <= 1
        ],
        "attacks": [
            [x, y]
            for change in ([figure.attack.change] if figure.attack is not None else [])
            if needs.layer_of(change) == layer
            for x, y in placed([needs.place(change)])
            if 0 <= x <= 1 and 0 <= y <= 1
        ],
        "x-ticks": marked(((place + 0.5) / columns, name) for place, name in ticks),
        "y-ticks": _row_ticks(needs, top, rise),
    }


def _row_ticks(needs: GridMap[Any], top: float, rise: float) -> list[dict[str, Any]]:
    places: Sequence[float] = linear_ticks(needs.floor, top)
    if needs.whole_rows:
        places = range(0, round(rise), max(1, round(rise / 10)))
    return marked(((y - needs.floor) / rise, f"{y:g}") for y in places)


def terms(figure: RegionFigure[TermsMap], *, dark: bool = False) -> Drawing:
    """A strip for each term of a perturbation, with what is certified of it alone."""
    return Drawing(
        kind="terms",
        width=150,
        height=None,
        data={
            **_heading(figure, dark=dark),
            "strips": [_strip(figure, axis) for axis in figure.needs.axes],
            "asked": bool(figure.asked),
        },
        alt=f"Certified interval of each term: {figure.claim}",
    )


def _strip(figure: RegionFigure[TermsMap], axis: Along) -> dict[str, Any]:
    interval = figure.needs.interval(figure.region, axis.name)
    reach = None if figure.reach is None else axis.reach(figure.reach)
    asked = [change for change in figure.asked if change[axis.name]]
    return {
        "name": axis.name_in_full(),
        "rectangles": rectangles(axis.required[None, :], 1.0),
        "interval": interval and list(axis.shares(interval)),
        "ends": interval and [axis.end_in_words(end) for end in interval],
        "reach": reach and list(axis.shares(reach)),
        "attack": None
        if figure.attack is None or not figure.attack.change[axis.name]
        else axis.share(figure.attack.change[axis.name]),
        "asked": [
            {"at": axis.share(change[axis.name]), "certified": figure.ask(change).certified}
            for change in asked
        ],
        **_trail(figure, axis),
        "signed": axis.low < 0 < axis.high and axis.term.signed,
        "zero": axis.share(0.0),
        "ticks": marked(term_ticks(axis, 8)),
    }


def _trail(figure: RegionFigure[TermsMap], axis: Along) -> dict[str, Any]:
    """The anchors of a run along the term, and where it gave up."""
    found = Trail() if figure.region is None else figure.region.trail(axis.name)
    return {
        "anchors": [axis.share(value) for value in found.anchors],
        "failed": [[axis.share(low), axis.share(high)] for low, high in found.failed],
    }


def _heading(figure: RegionFigure[Any], *, dark: bool = False) -> dict[str, Any]:
    return {
        "title": "Certified region",
        "subtitle": figure.subtitle,
        "scale": scale(dark=dark),
        "certified": figure.region is not None and not figure.refuted,
        "refuted": figure.refuted,
        "attack": figure.attack.words if figure.attack is not None else None,
        "reach": figure.reach is not None,
        "claim": figure.claim,
    }


def rectangles(required: Grid, step: float) -> list[dict[str, Any]]:
    """Runs of one band along the rows, as fractions of the frame; row 0 is at the bottom.

    Args:
        required: (rows, columns) p*.
        step: height of a row.
    """
    columns, found = required.shape[1], []
    for row, line in enumerate(bands(required).tolist()):
        column = 0
        for band, run in groupby(line):
            wide = len(list(run))
            found.append(
                {"x": column / columns, "y": row * step, "w": wide / columns, "h": step,
                 "band": band}
            )  # fmt: skip
            column += wide
    return found


def bands(required: Grid) -> npt.NDArray[np.int64]:
    """The band of every cell; NEVER where nothing suffices."""
    found = np.searchsorted(np.array(BANDS), required, side="left")
    return np.where(required >= 1, NEVER, found)


def scale(*, dark: bool) -> list[dict[str, str]]:
    """The bands with the level at their upper end; the last reaches certainty."""
    levels = [*(f"{level:g}" for level in BANDS), ""]
    return [
        {"colour": palette.need_colour(band / len(BANDS), dark=dark), "text": text}
        for band, text in enumerate(levels)
    ]


PICTURES: dict[str, Callable[..., Drawing]] = {
    "bars": bars,
    "map": grid,
    "terms": terms,
    "cells": light_cells,
}
"""The drawing for each ``Region.picture``."""
