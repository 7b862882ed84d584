"""The comparison as images: what one input's regions reach, and what a set's shares are."""

from __future__ import annotations

from itertools import takewhile

from engine.core.records import Record
from engine.core.rounding import round_down
from engine.schemes.attacker import Attacker


class _Compared(Record):
    """What the images share.

    Attributes:
        names, noises: of the candidates, in their order.
        attacker: whom they face.
        inputs: done and planned.
        note: n, alpha and bound, in words.
    """

    names: tuple[str, ...]
    noises: tuple[str, ...]
    attacker: Attacker
    inputs: tuple[int, int]
    note: str


class ReachFigure(_Compared):
    """For one input: the certified l2 norm over the number of changed pixels, by candidate.

    Attributes:
        input: its name.
        entities: the columns: 1, 2, ... pixels.
        top: where the axis of norms ends.
        reaches: ``reaches[candidate][column]``; None where nothing is certified, and ``top`` or
            more where the region goes on above the image.
        unbounded: candidates whose regions do not limit the norm at all.
        withstands: who is right and certified against the attacker.
        results: what came of it, in words.
    """

    input: str
    entities: tuple[int, ...]
    top: float
    reaches: tuple[tuple[float | None, ...], ...]
    unbounded: tuple[bool, ...]
    withstands: tuple[bool, ...]
    results: tuple[str, ...]

    def heights(self, index: int) -> list[float]:
        """A candidate's norms as far as there are any, those above the image at its top."""
        known = takewhile(lambda norm: norm is not None, self.reaches[index])
        return [min(norm, self.top) for norm in known if norm is not None]

    def outline(self, index: int) -> list[tuple[float, float]]:
        """Its staircase over the columns, which are 1 wide, down to 0 where it ends before them."""
        heights = self.heights(index)
        points = [(x + side, y) for x, y in enumerate(heights, 1) for side in (-0.5, 0.5)]
        ends = heights and len(heights) < len(self.entities)
        return [*points, (points[-1][0], 0.0)] if ends else points


class AccuracyFigure(_Compared):
    """For a set: what robustness costs. Accuracy against certified accuracy, by candidate.

    Attributes:
        clean: share of inputs answered, and correctly where the answer is known; None before any.
        certified: share that is also certified against the attacker.
        labelled: whether the answers are known.
    """

    clean: tuple[float | None, ...]
    certified: tuple[float | None, ...]
    labelled: bool

    @property
    def x_name(self) -> str:
        """What the shares are of."""
        return "answered correctly" if self.labelled else "answered"

    @property
    def results(self) -> tuple[str, ...]:
        """The two shares of every candidate, in words."""
        word = "right" if self.labelled else "answered"
        return tuple(
            "not asked yet"
            if clean is None
            else f"{percent(clean)} % {word}, {percent(certified)} % certified"
            for clean, certified in zip(self.clean, self.certified, strict=True)
        )

    @property
    def winners(self) -> tuple[int, ...]:
        """Those with the highest certified accuracy; none if nobody certifies anything."""
        best = max((share or 0.0 for share in self.certified), default=0.0)
        return tuple(i for i, share in enumerate(self.certified) if best and share == best)


class ShareFigure(_Compared):
    """For a set: certified accuracy over pixels and norm, a table for each candidate.

    Attributes:
        entities, epsilons: the columns and rows: pixels, and l2 norms.
        shares: ``shares[candidate][row][column]``: certified for epsilons[row] and
            entities[column]; None before the first input.
    """

    entities: tuple[int, ...]
    epsilons: tuple[float, ...]
    shares: tuple[tuple[tuple[float | None, ...], ...], ...]

    @property
    def covering(self) -> tuple[int, int] | None:
        """Row and column of the weakest cell that covers the attacker; None beyond the table."""
        rows = [i for i, e in enumerate(self.epsilons) if e >= self.attacker.epsilon]
        columns = [j for j, r in enumerate(self.entities) if r >= self.attacker.entities]
        return (rows[0], columns[0]) if rows and columns else None


TradeOffFigure = ReachFigure | AccuracyFigure | ShareFigure


def percent(share: float | None) -> str:
    """A share in whole percent, rounded down from what was counted.

    >>> percent(0.29), percent(2 / 3), percent(None)
    ('29', '66', '')
    """
    return "" if share is None else round_down(round(100 * share, 9), 0)
