"""The numbers behind a figure as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.figures.bounds import BoundsFigure
from engine.figures.curves import CurveFigure
from engine.figures.examples import ExamplesFigure
from engine.figures.images import SliceFigure
from engine.figures.places import PlacesFigure
from engine.figures.regions import RegionFigure
from engine.figures.votes import VotesFigure
from engine.report.csv import csv_text
from engine.report.plots import Figure, examples, places
from engine.report.plots.comparison import TABLES as TRADEOFF_TABLES

Rows = list[list[Any]]


def _votes(figure: VotesFigure) -> tuple[list[str], Rows]:
    rows: Rows = [[b.index, b.name, b.selection, b.estimation] for b in figure.bars]
    if figure.failures:
        rows.append(["", "no class", "", figure.failures])
    return ["class", "name", "selection", "estimation"], rows


def _bounds(figure: BoundsFigure) -> tuple[list[str], Rows]:
    rows: Rows = [[p.n, p.k, p.p_lower, p.p_upper, int(p.valid)] for p in figure.points]
    header = ["n", "k", "p_lower", "p_upper", "valid"]
    if figure.provisional:
        fixed = {p.n: p.p_lower for p in figure.provisional}
        rows = [[*row, fixed.get(row[0], "")] for row in rows]
        header.append("p_lower_fixed_n_provisional")
    return header, rows


def _centres(extent: float, cells: int) -> list[float]:
    """Where the cells' values were taken: their middles, over [-extent, extent]."""
    step = 2 * extent / cells
    return [-extent + step * (i + 0.5) for i in range(cells)]


def _map(name: str, cells: npt.NDArray[np.int16], figure: SliceFigure) -> Rows:
    us = _centres(figure.extent, cells.shape[1])
    vs = _centres(figure.extent, cells.shape[0])
    names = figure.class_names
    return [
        [name, u, v, int(c), names[c] if c >= 0 else ""]
        for v, row in zip(vs, cells.tolist(), strict=True)
        for u, c in zip(us, row, strict=True)
    ]


def _slice(figure: SliceFigure) -> tuple[list[str], Rows]:
    rows = _map("base", figure.base, figure) + _map("smoothed", figure.smoothed, figure)
    if figure.radius is not None:
        rows.append(["certified radius", figure.radius, "", "", ""])
    return ["layer", "u", "v", "class", "name"], rows


def _curves(figure: CurveFigure) -> tuple[list[str], Rows]:
    rows: Rows = [[curve.name, x, y] for curve in figure.curves for x, y in curve.points]
    for curve in figure.curves:
        rows += [[f"{curve.name}, from", x, low] for x, low, _ in curve.band]
        rows += [[f"{curve.name}, to", x, high] for x, _, high in curve.band]
    return ["curve", figure.x_name, figure.y_name], rows


def _region(figure: RegionFigure[Any]) -> tuple[list[str], Rows]:
    table: tuple[list[str], Rows] = figure.needs.table(figure.seen)
    return table


_TABLES: dict[type, Callable[[Any], tuple[list[str], Rows]]] = {
    VotesFigure: _votes,
    BoundsFigure: _bounds,
    SliceFigure: _slice,
    RegionFigure[Any]: _region,
    CurveFigure: _curves,
    ExamplesFigure: examples.table,
    PlacesFigure: places.table,
    **TRADEOFF_TABLES,
}


def figure_csv(figure: Figure) -> str:
    """Everything that :func:`engine.report.drawing.render_figure` draws, at full precision."""
    return csv_text(*_TABLES[type(figure)](figure))
