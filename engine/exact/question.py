"""What a network's outputs are asked: whether they still mean the same answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.outputs import Outputs
from engine.exact.linear_bounds import Forms, least_difference
from engine.exact.operations import Floats, Shape

Flags = npt.NDArray[np.bool_]


class Question(ABC):
    """Whether outputs mean the answer that is to be kept."""

    @abstractmethod
    def margins(self, outputs: Floats) -> Floats:
        """(N,) above 0 where the answer is kept; NaN or below where it is not, or a number is not.

        Args:
            outputs: (N, ...), as the network gives them.
        """

    @abstractmethod
    def least(self, forms: Forms) -> Floats:
        """(N,) a lower bound on the margins of all t, not finite where nothing is known."""

    @abstractmethod
    def most(self, forms: Forms) -> Floats:
        """(N,) an upper bound on them: where it is below 0 no t keeps the answer."""

    def held(self, outputs: Floats) -> Flags:
        """(N,) where the answer is kept; an output that is not finite counts against it."""
        finite = np.isfinite(outputs.reshape(len(outputs), -1)).all(1)
        with np.errstate(invalid="ignore"):
            found: Flags = finite & (self.margins(outputs) > 0)
        return found


@dataclass(frozen=True)
class Highest(Question):
    """Whether class ``top`` has the highest score, alone."""

    top: int

    def margins(self, outputs: Floats) -> Floats:
        """Its score less the next."""
        others = np.delete(outputs, self.top, axis=1)
        found: Floats = outputs[:, self.top] - others.max(1)
        return found

    def least(self, forms: Forms) -> Floats:
        """The smallest lead over any other class."""
        low, high = forms.low[:, :, self.top, None], np.delete(forms.high, self.top, axis=2)
        found: Floats = least_difference(low, high).min(1)
        return found

    def most(self, forms: Forms) -> Floats:
        """Less the largest lead of any one class over it."""
        low, high = np.delete(forms.low, self.top, axis=2), forms.high[:, :, self.top, None]
        found: Floats = -least_difference(low, high).max(1)
        return found


@dataclass(frozen=True, eq=False)
class Hottest(Question):
    """Whether the hottest cell of every heatmap is one that is allowed.

    Attributes:
        allowed: (K, height, width), at least one in each.
    """

    allowed: Flags

    def margins(self, outputs: Floats) -> Floats:
        """How much hotter the allowed cells are than all others, for the worst heatmap."""
        margins = [
            within.max(1) - beyond.max(1, initial=-np.inf) for within, beyond in self._cut(outputs)
        ]
        return np.asarray(np.minimum.reduce(margins))

    def least(self, forms: Forms) -> Floats:
        """The smallest lead of the best allowed cell over any other, heatmap by heatmap.

        Whichever allowed cell leads over a cell all the way keeps that cell from being hottest.
        """
        leads = [
            least_difference(low[..., :, None], high[..., None, :]).max(1).min(1, initial=np.inf)
            for (low, _), (_, high) in self._pairs(forms)
        ]
        return np.asarray(np.minimum.reduce(leads))

    def most(self, forms: Forms) -> Floats:
        """Less the largest lead of a forbidden cell over all allowed ones."""
        leads = [
            least_difference(low[..., :, None], high[..., None, :]).min(2).max(1, initial=-np.inf)
            for (_, high), (low, _) in self._pairs(forms)
        ]
        return np.asarray(-np.maximum.reduce(leads))

    def _pairs(self, forms: Forms) -> Iterator[tuple[tuple[Floats, Floats], ...]]:
        """Of every heatmap the allowed cells of both sides, and the others crosswise."""
        for (low, low_beyond), (high, high_beyond) in zip(
            self._cut(forms.low), self._cut(forms.high), strict=True
        ):
            yield (low, high), (low_beyond, high_beyond)

    def _cut(self, maps: Floats) -> Iterator[tuple[Floats, Floats]]:
        """Of every heatmap (..., K, height, width) the allowed cells and the others, in rows."""
        flat = maps.reshape(*maps.shape[:-2], -1)
        for place, allowed in enumerate(self.allowed.reshape(len(self.allowed), -1)):
            yield flat[..., place, allowed], flat[..., place, ~allowed]


@dataclass(frozen=True, eq=False)
class Near(Question):
    """Whether every number is within a tolerance of its reference.

    Attributes:
        reference: (M,).
        tolerance: in the unit of the numbers.
    """

    reference: Floats
    tolerance: float

    def margins(self, outputs: Floats) -> Floats:
        """What the largest distance leaves of the tolerance."""
        away = np.abs(outputs.reshape(len(outputs), -1) - self.reference).max(1)
        found: Floats = self.tolerance - away
        return found

    def least(self, forms: Forms) -> Floats:
        """The same of the ends."""
        low, high = (each.reshape(len(each), -1) for each in (forms.least, forms.most))
        away = np.maximum(high - self.reference, self.reference - low).max(1)
        found: Floats = np.nextafter(self.tolerance - np.nextafter(away, np.inf), -np.inf)
        return found

    def most(self, forms: Forms) -> Floats:
        """Below 0 where a number is beyond the tolerance all the way."""
        low, high = (each.reshape(len(each), -1) for each in (forms.least, forms.most))
        away = np.maximum(low - self.reference, self.reference - high).max(1)
        found: Floats = np.nextafter(self.tolerance - np.nextafter(away, -np.inf), np.inf)
        return found


def question_of(shape: Shape, outputs: Outputs | None, top: int) -> Question:
    """The question that is asked of a network's outputs.

    Args:
        shape: of the outputs.
        outputs: what they are, with reference and tolerance; None where they are scores of classes.
        top: the class that is to be kept, of a classifier.

    Raises:
        ValueError: the outputs are of another shape.
    """
    if outputs is None:
        if len(shape) != 1 or not 0 <= top < shape[0] or shape[0] < 2:
            raise ValueError("the outputs are no scores of classes")
        return Highest(top)
    tolerance, reference = outputs.tolerance or 0.0, np.array(outputs.reference)
    if outputs.grid is None:
        if int(np.prod(shape)) != len(reference):
            raise ValueError("the outputs are not as many numbers as the reference")
        return Near(reference, tolerance)
    if shape != (len(outputs.names), *outputs.grid):
        raise ValueError("the outputs are no such heatmaps")
    rows, columns = outputs.grid
    places = reference.reshape(-1, 2, 1)
    across = np.abs(np.arange(columns) - places[:, 0])
    down = np.abs(np.arange(rows) - places[:, 1])
    return Hottest(np.maximum(down[:, :, None], across[:, None, :]) <= tolerance)
