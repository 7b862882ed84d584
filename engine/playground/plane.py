"""A base classifier of the plane in cells, and its smoothed classifier g without sampling."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.playground.laws import PlaneLaw
from engine.playground.scenes import Classes, Numbers

_FAR = 30.0
"""Deviations beyond which every law of the plane has less mass than 1e-18."""
CELLS = 192
"""Cells along each side of the plane."""


@dataclass(frozen=True, eq=False)
class Plane:
    """f: a class for each cell of a square; beyond its edge the class of the nearest cell.

    A periodic plane goes on beyond its edge as it begins at the other one.

    Since f is constant on rectangles and the two numbers of the noise are independent, the
    probability of a class under noise is a finite sum of products, exact up to float64's rounding:

        P(f(x + e) = c) = sum over the cells (i, j) of class c of
            P(x_2 + e_2 in row i) P(x_1 + e_1 in column j)

    Attributes:
        cells: (K, K) class indices, row 0 at the bottom.
        half: the square is [-half, half] in both directions.
        names: of the classes.
        periodic: what is beyond the edge.
    """

    cells: Classes
    half: float
    names: tuple[str, ...]
    periodic: bool = False

    def classify(self, xy: Numbers) -> Classes:
        """f at points (N, 2)."""
        side = len(self.cells)
        place = np.floor((xy + self.half) * (side / (2 * self.half))).astype(np.int64)
        place = place % side if self.periodic else np.clip(place, 0, side - 1)
        return np.asarray(self.cells[place[:, 1], place[:, 0]])

    def probabilities(self, law: PlaneLaw, sigma: float, xs: Numbers, ys: Numbers) -> Numbers:
        """P(f(x + e) = c) over a grid, (C, len(ys), len(xs)) float64."""
        rows, columns = self._masses(law, sigma, ys), self._masses(law, sigma, xs)
        return np.stack([rows @ where @ columns.T for where in self._masks()])

    def probabilities_at(self, law: PlaneLaw, sigma: float, xy: Numbers) -> Numbers:
        """P(f(x + e) = c) at points (N, 2), as (N, C) float64."""
        columns, rows = (self._masses(law, sigma, xy[:, axis]) for axis in (0, 1))
        return np.stack([((rows @ where) * columns).sum(axis=1) for where in self._masks()], axis=1)

    def smoothed(self, law: PlaneLaw, sigma: float, xy: Numbers) -> Classes:
        """g at points (N, 2): the class of the largest probability, ties to the lowest index."""
        top = self.probabilities_at(law, sigma, xy).argmax(axis=1)
        return np.asarray(top.astype(np.int16))

    def _masks(self) -> list[Numbers]:
        return [(self.cells == index).astype(np.float64) for index in range(len(self.names))]

    def _masses(self, law: PlaneLaw, sigma: float, places: Numbers) -> Numbers:
        """(N, K): the mass that noise around each place puts on each cell of one direction."""
        edges = np.linspace(-self.half, self.half, len(self.cells) + 1)
        if not self.periodic:
            below = law.below((edges[None, 1:-1] - places[:, None]) / sigma)
            return np.diff(below, axis=1, prepend=0.0, append=1.0)
        turns = math.ceil(_FAR * sigma / (2 * self.half)) + 1
        found = np.zeros((len(places), len(self.cells)))
        for turn in range(-turns, turns + 1):
            moved = edges[None, :] + 2 * self.half * turn - places[:, None]
            found += np.diff(law.below(moved / sigma), axis=1)
        return found
