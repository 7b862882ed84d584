"""Curves over one quantity."""

from __future__ import annotations

from engine.core.records import Record

_HEADROOM = 1.08


class Curve(Record):
    """A named line.

    Attributes:
        points: (x, y), x rising.
        dashed: it is a limit to compare with, not the thing itself.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    dashed: bool = False


class CurveFigure(Record):
    """Some curves over one quantity: the expected radius over n, certified accuracy over radius.

    Attributes:
        log_x: x is drawn on a logarithmic axis.
        mark: an x that is pointed out, ``mark_name`` what it is; None for none.
    """

    title: str
    subtitle: str = ""
    x_name: str
    y_name: str
    curves: tuple[Curve, ...]
    log_x: bool = False
    mark: float | None = None
    mark_name: str = ""

    @property
    def x_range(self) -> tuple[float, float]:
        """The ends of the quantity: from 0 on, where it is not drawn logarithmically."""
        xs = [x for curve in self.curves for x, _ in curve.points]
        low, high = min(xs, default=1.0), max(xs, default=1.0)
        low = low if self.log_x else min(0.0, low)
        return low, high if high > low else low + 1.0

    @property
    def top(self) -> float:
        """Where the axis from 0 upwards ends, a little above all curves."""
        ys = [y for curve in self.curves for _, y in curve.points]
        return _HEADROOM * (max(ys, default=1.0) or 1.0)
