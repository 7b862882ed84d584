"""Curves over one quantity."""

from __future__ import annotations

from engine.core.records import Record


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
