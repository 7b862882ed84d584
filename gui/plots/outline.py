"""A line, and what it encloses, that Qt paints by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtWidgets import QGraphicsPathItem

from engine.core.late import np
from gui.plots.graphics import pg

if TYPE_CHECKING:
    import numpy.typing as npt

Numbers: TypeAlias = "npt.NDArray[np.float64]"


class Outline(QGraphicsPathItem):
    """For what is drawn anew many times a second, in data units.

    A curve of pyqtgraph's asks Python for its bounds and its path with every paint. A brush fills
    what lies between the line and the straight one from its end to its start.

    Attributes:
        points: x and y.
    """

    def __init__(self) -> None:
        super().__init__()
        self.points: tuple[Numbers, Numbers] = (np.zeros(0), np.zeros(0))

    def set_points(self, x: Numbers, y: Numbers) -> None:
        """Draw another line; without points, none."""
        self.points = x, y
        self.setPath(pg.arrayToQPath(x, y, connect="all"))
