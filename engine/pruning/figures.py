"""The scores of one cut as a histogram: how many channels stay and go, by score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.figures.curves import Curve, CurveFigure
from engine.pruning.records import TITLES, ChannelScore, PrunedRow

BINS = 30


def score_figure(row: PrunedRow, number: int) -> CurveFigure:
    """Outlines of two histograms over common bins.

    Args:
        row: a network that was pruned.
        number: of the cut, from 0.
    """
    cut = row.cuts[number]
    edges = np.histogram_bin_edges([one.score for one in cut], bins=BINS)
    stay, go = ([one for one in cut if one.kept is kept] for kept in (True, False))
    return CurveFigure(
        title=f"Scores before cut {number + 1} of {len(row.cuts)}",
        subtitle=f"{TITLES[row.method]}, seed {row.seed}; the lowest of each layer go",
        x_name="score",
        y_name="channels",
        curves=(
            Curve(name=f"kept ({len(stay)})", points=_outline(stay, edges)),
            Curve(name=f"pruned ({len(go)})", points=_outline(go, edges)),
        ),
    )


def _outline(
    some: Sequence[ChannelScore], edges: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> tuple[tuple[float, float], ...]:
    counts, _ = np.histogram([one.score for one in some], bins=edges)
    points = [(float(edges[0]), 0.0)]
    for low, high, count in zip(edges, edges[1:], counts, strict=False):
        points += [(float(low), float(count)), (float(high), float(count))]
    return (*points, (float(edges[-1]), 0.0))
