"""Curves over one quantity."""

from __future__ import annotations

from bisect import bisect_left

from engine.core.records import Record

_HEADROOM = 1.08


class Curve(Record):
    """A named line.

    Attributes:
        points: (x, y), x rising.
        dashed: it is a limit to compare with, not the thing itself.
        band: (x, low, high), x rising: what the line is uncertain by; empty for nothing.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    dashed: bool = False
    band: tuple[tuple[float, float, float], ...] = ()

    def at(self, x: float) -> float | None:
        """The value at ``x``, on the line between the points beside it; None beyond its ends.

        Where it falls or rises at ``x`` itself, the value before that: what is certified at a
        radius includes the inputs whose own radius it is.
        """
        place = bisect_left(self.points, x, key=lambda point: point[0])
        if place == len(self.points) or x < self.points[0][0]:
            return None
        (x1, y1), (x0, y0) = self.points[place], self.points[max(0, place - 1)]
        return y1 if x1 in (x, x0) else y0 + (y1 - y0) * (x - x0) / (x1 - x0)


class CurveFigure(Record):
    """Some curves over one quantity: the expected radius over n, certified accuracy over radius.

    Attributes:
        log_x: x is drawn on a logarithmic axis.
        whole_x: x is a whole number, such as an epoch.
        mark: an x that is pointed out, ``mark_name`` what it is; None for none.
        one_scale: both axes measure the same, so that a disc is drawn as one.
    """

    title: str
    subtitle: str = ""
    x_name: str
    y_name: str
    curves: tuple[Curve, ...]
    log_x: bool = False
    whole_x: bool = False
    mark: float | None = None
    mark_name: str = ""
    one_scale: bool = False

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
        ys += [high for curve in self.curves for _, _, high in curve.band]
        return _HEADROOM * (max(ys, default=1.0) or 1.0)
