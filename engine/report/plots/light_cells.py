"""An exact map of contrast and brightness: its cells as rectangles of three kinds."""

from __future__ import annotations

from engine.figures.axes import linear_ticks
from engine.figures.regions import RegionFigure
from engine.regions import Perturbation
from engine.regions.light_map import STATUS, LightCells
from engine.report.plots.base import Drawing, marked


def light_cells(figure: RegionFigure[LightCells], *, dark: bool = False) -> Drawing:
    """Contrast to the right, brightness upwards, no change in the middle."""
    del dark
    needs, region, seen = figure.needs, figure.region, figure.seen
    leaves = seen.leaves if seen is not None else None
    cells = [
        {"x": x, "y": y, "w": x_end - x, "h": y_end - y, "status": STATUS[status]}
        for status, ((x, x_end), (y, y_end)) in (
            zip(leaves.status, leaves.shares.tolist(), strict=True) if leaves is not None else ()
        )
    ]
    x_name, y_name = needs.names
    return Drawing(
        kind="cells",
        width=150,
        height=None,
        data={
            "title": "Certified region",
            "subtitle": figure.subtitle,
            "claim": figure.claim,
            "certified": region is not None and not figure.refuted,
            "refuted": figure.refuted,
            "x-name": x_name,
            "y-name": y_name,
            "cells": cells,
            "asked": [
                {"at": list(_place(needs, change)), "certified": figure.ask(change).certified}
                for change in figure.asked
                if max(map(abs, _place(needs, change))) <= 1
            ],
            "attack": None if figure.attack is None else figure.attack.words,
            "attack-at": None
            if figure.attack is None
            else list(_place(needs, figure.attack.change)),
            "beside": [
                {
                    "words": one.words,
                    "line": [list(_shares(needs, point)) for point in one.outline],
                    "attack": None if one.attack is None else list(_shares(needs, one.attack)),
                }
                for one in figure.beside
            ],
            "x-ticks": _ticks(needs.halves[0]),
            "y-ticks": _ticks(needs.halves[1]),
        },
        alt=f"Cells of contrast and brightness: {figure.claim}",
    )


def _place(needs: LightCells, change: Perturbation) -> tuple[float, float]:
    """Shares of the box, from 0 to 1."""
    first, second = (change[term] for term in needs.utmost.terms)
    return _shares(needs, (first, second))


def _shares(needs: LightCells, point: tuple[float, float]) -> tuple[float, float]:
    first, second = needs.halves
    return (point[0] / first + 1) / 2, (point[1] / second + 1) / 2


def _ticks(half: float) -> list[dict[str, object]]:
    known = [tick for tick in linear_ticks(0.0, half) if tick]
    values = [*(-tick for tick in reversed(known)), 0.0, *known]
    return marked(((value / half + 1) / 2, f"{value:g}") for value in values)
