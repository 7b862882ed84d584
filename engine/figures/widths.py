"""How wide the intervals of a set's medians are, as a curve over the width."""

from __future__ import annotations

from collections.abc import Sequence

from engine.figures.curves import Curve, CurveFigure


def widths_figure(widths: Sequence[float], inputs: int, *, claim: str, unit: str) -> CurveFigure:
    """The share of the inputs whose widest interval is at most so wide: a rising staircase.

    Args:
        widths: of the widest interval of each input that has one.
        inputs: all of them.
        claim: what the intervals are.
        unit: of the widths; empty for none.
    """
    points = [(0.0, 0.0)]
    for number, width in enumerate(sorted(widths), start=1):
        points += [(width, points[-1][1]), (width, number / inputs)]
    return CurveFigure(
        title="Width of the widest interval",
        subtitle=claim,
        x_name=f"width ({unit})" if unit else "width",
        y_name="share of inputs",
        curves=(Curve(name=f"{len(widths):,} of {inputs:,} inputs bounded", points=tuple(points)),),
    )
