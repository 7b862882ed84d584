"""The numbers behind a figure as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.figures import (
    BoundsFigure,
    CellsFigure,
    CountFigure,
    CurveFigure,
    ExamplesFigure,
    Figure,
    SliceFigure,
    StaircaseFigure,
    VotesFigure,
)
from engine.report.csv import csv_text
from engine.report.plots import examples
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
    return ["curve", figure.x_name, figure.y_name], rows


def _counts(figure: CountFigure) -> tuple[list[str], Rows]:
    needs, region = figure.needs, figure.region
    rows: Rows = [
        [count, _required(required), int(region is not None and count <= region.most)]
        for count, required in zip(needs.counts, needs.required.tolist(), strict=True)
    ]
    return [needs.utmost.term, "p_required", "certified"], rows


def _staircase(figure: StaircaseFigure) -> tuple[list[str], Rows]:
    """Every cell of the map, then the certified strength of every count."""
    needs, region = figure.needs, figure.region
    utmost = needs.utmost
    rows: Rows = []
    for j, count in enumerate(needs.counts):
        reach = (region.strength(count) if region else None) or 0.0
        for strength, required in zip(
            needs.strengths.tolist(), needs.required[:, j].tolist(), strict=True
        ):
            rows.append([count, strength, _required(required), int(strength < reach)])
    for i, reach in enumerate(region.reach if region else ()):
        rows.append([(region or utmost).first + i, reach, "", "below"])
    header = [utmost.count_term, utmost.strength_term, "p_required", "certified"]
    return header, rows


def _cells(figure: CellsFigure) -> tuple[list[str], Rows]:
    needs, region, utmost = figure.needs, figure.region, figure.needs.utmost
    rows: Rows = []
    for layer in range(len(region.layers) if region else 1):
        for (row, column), required in np.ndenumerate(needs.required(layer)):
            reach = region.cell(row, column, layer) if region else None
            strength = [reach] if utmost.strength_term else []
            cell = [layer + 1] if utmost.layer_term else []
            known = int(reach is not None)
            rows.append([*cell, row, column, _required(float(required)), known, *strength])
    header = [utmost.row_term, utmost.column_term, "p_required", "certified"]
    before = [utmost.layer_term] if utmost.layer_term else []
    after = [f"certified {utmost.strength_term}"] if utmost.strength_term else []
    return [*before, *header, *after], rows


def _required(value: float) -> float | str:
    """Nothing where no probability suffices."""
    return value if value < 1 else ""


_TABLES: dict[type, Callable[[Any], tuple[list[str], Rows]]] = {
    VotesFigure: _votes,
    BoundsFigure: _bounds,
    SliceFigure: _slice,
    CountFigure: _counts,
    StaircaseFigure: _staircase,
    CellsFigure: _cells,
    CurveFigure: _curves,
    ExamplesFigure: examples.table,
    **TRADEOFF_TABLES,
}


def figure_csv(figure: Figure) -> str:
    """Everything that :func:`engine.report.drawing.render_figure` draws, at full precision."""
    return csv_text(*_TABLES[type(figure)](figure))
