"""The certified strength of every count, over the map of what it takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.rounding import round_down
from engine.figures import StaircaseFigure
from engine.report.numbers import linear_ticks
from engine.report.plots import needs as maps
from engine.report.plots.base import Drawing

_LABELLED = 12
_TICKS = 16


def draw(figure: StaircaseFigure, *, dark: bool = False) -> Drawing:
    """One panel: columns of counts, each certified up to its step."""
    heights = _heights(figure)
    columns, top = _extent(figure, heights)
    utmost = figure.needs.utmost
    return Drawing(
        kind="map",
        width=130,
        height=None,
        data={
            "title": "Certified region",
            "subtitle": maps.subtitle(figure),
            "x-name": f"changed {utmost.things}",
            "y-name": f"{utmost.strength_term}: {utmost.norm} norm {utmost.whose}, {utmost.unit}",
            "panels": [_panel(figure, heights, columns, top)],
            "scale": maps.scale(dark=dark),
            "certified": figure.region is not None,
            "reach": maps.open_votes(figure.standing),
            "claim": figure.region.headline() if figure.region else "nothing is certified",
        },
        alt=f"Certified strength by number of changed {utmost.things}: "
        + (figure.region.headline() if figure.region else "nothing is certified"),
    )


def _heights(figure: StaircaseFigure) -> np.ndarray:
    region, counts = figure.region, figure.needs.counts
    if region is None:
        return np.zeros(len(counts))
    return np.array([region.strength(count) or 0.0 for count in counts])


def _extent(figure: StaircaseFigure, heights: np.ndarray) -> tuple[int, float]:
    """Columns and strength that are drawn: what is certified and some more, else everything."""
    needs = figure.needs
    if not heights.any():
        return len(needs.counts), needs.top
    columns = maps.shown(int(np.count_nonzero(heights)), len(needs.counts))
    return columns, min(needs.top, maps.MARGIN * float(heights.max()))


def _panel(
    figure: StaircaseFigure, heights: np.ndarray, columns: int, top: float
) -> dict[str, Any]:
    needs = figure.needs
    rows = int(np.ceil(len(needs.strengths) * top / needs.top))
    stretch = rows * needs.top / len(needs.strengths) / top  # the last row may be cut
    rectangles = [
        {**one, "y": one["y"] * stretch, "h": one["h"] * stretch}
        for one in maps.rectangles(needs.required[:rows, :columns])
    ]
    every = -(-columns // _TICKS)
    steps = heights[:columns]
    lines = [_outline(steps / top, columns)] if steps.any() else []
    stands, dashed = figure.standing, []
    if stands is not None and maps.open_votes(stands):
        dashed = [_outline(np.minimum(needs.reach(stands.p_reach) / top, 1.0), columns)]
    return {
        "title": "",
        "rectangles": rectangles,
        "areas": [line for line in lines if line],
        "lines": [line for line in lines if line],
        "dashed": [line for line in dashed if line],
        "labels": _labels(steps, columns, top),
        "x-ticks": [
            {"at": (j + 0.5) / columns, "text": str(needs.counts[j])}
            for j in range(0, columns, every)
        ],
        "y-ticks": [{"at": e / top, "text": f"{e:g}"} for e in linear_ticks(0.0, top)],
    }


def _outline(heights: np.ndarray, columns: int) -> list[tuple[float, float]]:
    """A staircase from the ground to the ground, as far as its steps are above it."""
    line: list[tuple[float, float]] = [(0.0, 0.0)]
    for j, height in enumerate(heights[:columns].tolist()):
        if height <= 0:
            break
        line += [(j / columns, height), ((j + 1) / columns, height)]
    return [*line, (line[-1][0], 0.0)] if len(line) > 1 else []


def _labels(steps: np.ndarray, columns: int, top: float) -> list[dict[str, Any]]:
    if np.count_nonzero(steps) > _LABELLED:
        return []
    return [
        {"x": (j + 0.5) / columns, "y": height / top, "text": round_down(height, 3)}
        for j, height in enumerate(steps.tolist())
        if height > 0
    ]
