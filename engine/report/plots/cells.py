"""The certified cells of a map of two counts, layer by layer, over what every cell takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.rounding import round_down
from engine.figures import CellsFigure
from engine.regions.base import counted
from engine.report.plots import needs as maps
from engine.report.plots.base import Drawing

MOST_PANELS = 3
_MOST_WRITTEN = 60
_TICKS = 10

Mask = npt.NDArray[np.bool_]


def draw(figure: CellsFigure, *, dark: bool = False) -> Drawing:
    """A panel for each of the first layers."""
    utmost = figure.needs.utmost
    certified = len(figure.region.layers) if figure.region else 1
    panels = min(MOST_PANELS, certified, figure.needs.layers)
    masks = [_mask(figure, layer) for layer in range(panels)]
    rows, columns = _extent(figure, masks)
    claim = figure.region.headline() if figure.region else "nothing is certified"
    more = certified - panels
    if more > 0:
        claim += f"; {counted(more, 'further maps') if more > 1 else 'one further map'} not shown"
    return Drawing(
        kind="map",
        width=130 if panels == 1 else 170,
        height=None,
        data={
            "title": "Certified region",
            "subtitle": maps.subtitle(figure),
            "x-name": utmost.column_term,
            "y-name": utmost.row_term,
            "panels": [
                _panel(figure, layer, mask[:rows, :columns]) for layer, mask in enumerate(masks)
            ],
            "scale": maps.scale(dark=dark),
            "certified": figure.region is not None,
            "reach": maps.open_votes(figure.standing),
            "claim": claim,
        },
        alt=f"Certified pairs of {utmost.row_term} and {utmost.column_term}: {claim}",
    )


def _mask(figure: CellsFigure, layer: int) -> Mask:
    found = np.zeros((figure.needs.rows, figure.needs.columns), dtype=bool)
    if figure.region is not None:
        for row, column in np.ndindex(found.shape):
            found[row, column] = figure.region.cell(row, column, layer) is not None
    return found


def _extent(figure: CellsFigure, masks: list[Mask]) -> tuple[int, int]:
    """Rows and columns that are drawn, the same on every panel."""
    needs = figure.needs
    if not masks[0].any():
        return needs.rows, needs.columns
    rows, columns = (int(masks[0].any(axis=axis).sum()) for axis in (1, 0))
    return maps.shown(rows, needs.rows), maps.shown(columns, needs.columns)


def _panel(figure: CellsFigure, layer: int, mask: Mask) -> dict[str, Any]:
    rows, columns = mask.shape
    utmost, stands = figure.needs.utmost, figure.standing
    required = figure.needs.required(layer)[:rows, :columns]
    dashed: list[maps.Line] = []
    if stands is not None and maps.open_votes(stands):
        dashed = _borders(required < stands.p_reach)
    return {
        "title": counted(layer + 1, utmost.things) if utmost.layer_term else "",
        "rectangles": maps.rectangles(required),
        "areas": _areas(mask),
        "lines": _borders(mask),
        "dashed": dashed,
        "labels": _labels(figure, layer, mask),
        "x-ticks": _ticks(columns),
        "y-ticks": _ticks(rows),
    }


def _ticks(cells: int) -> list[dict[str, Any]]:
    every = max(1, round(cells / _TICKS))
    return [{"at": (i + 0.5) / cells, "text": str(i)} for i in range(0, cells, every)]


def _areas(mask: Mask) -> list[maps.Line]:
    """Every row's certified cells as one rectangle; they begin at column 0."""
    rows, columns = mask.shape
    found: list[maps.Line] = []
    for row, wide in enumerate(mask.sum(axis=1).tolist()):
        if wide:
            right, low, high = wide / columns, row / rows, (row + 1) / rows
            found.append([(0.0, low), (right, low), (right, high), (0.0, high)])
    return found


def _borders(mask: Mask) -> list[maps.Line]:
    """The staircase that bounds the cells, from the top left to the bottom right."""
    rows, columns = mask.shape
    widths = [wide / columns for wide in mask.sum(axis=1).tolist() if wide]
    if not widths:
        return []
    line = [(0.0, len(widths) / rows)]
    for row in reversed(range(len(widths))):
        line += [(widths[row], (row + 1) / rows), (widths[row], row / rows)]
    return [line]


def _labels(figure: CellsFigure, layer: int, mask: Mask) -> list[dict[str, Any]]:
    """The strengths in certified cells, where there are strengths."""
    region, (rows, columns) = figure.region, mask.shape
    if region is None or not region.strength_term or mask.sum() > _MOST_WRITTEN:
        return []
    return [
        {
            "x": (column + 0.5) / columns,
            "y": (row + 0.5) / rows,
            "text": round_down(region.cell(row, column, layer) or 0.0, 2),
        }
        for row, column in np.argwhere(mask).tolist()
    ]
