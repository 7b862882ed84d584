"""The comparison as images: what one input's regions reach, and what a set's shares are."""

from __future__ import annotations

from itertools import takewhile

from engine.core.records import Record
from engine.core.rounding import round_down, round_up
from engine.schemes.attacker import Attacker

INTERVAL_ALPHA = 0.05
"""Of the intervals beside shares of inputs, both sides together."""


INTERVALS = (
    "in brackets counts, and 95 % intervals of Clopper and Pearson if the inputs are a random draw"
)


class Share(Record):
    """So many inputs of all that were asked about.

    Attributes:
        count, of: inputs.
        low, high: Clopper-Pearson interval of the share in the population, at confidence
            1 - :data:`INTERVAL_ALPHA`, if the inputs are a random draw from it.
    """

    count: int
    of: int
    low: float
    high: float

    @classmethod
    def of_inputs(cls, count: int, of: int) -> Share | None:
        """A share with its interval; None of no inputs."""
        if not of:
            return None
        from engine.bounds.clopper_pearson import interval  # loads SciPy

        low, high = interval(count, of, INTERVAL_ALPHA)
        return cls(count=count, of=of, low=low, high=high)

    @property
    def value(self) -> float:
        """The share itself."""
        return self.count / self.of

    def in_words(self) -> str:
        """E.g. ``60 % (12 of 20; 36 to 81)``: the interval rounded outwards."""
        low, high = round_down(100 * self.low, 0), round_up(100 * self.high, 0)
        return f"{percent(self.value)} % ({self.count:,} of {self.of:,}; {low} to {high})"


class _Compared(Record):
    """What the images share.

    Attributes:
        names, noises: of the candidates, in their order.
        attacker: whom they face.
        inputs: done and planned.
        note: n, alpha and bound, in words.
        labelled: whether the right answers are known: a share is an accuracy only then.
        remark: what speaks against comparing these models, in a sentence; else empty.
    """

    names: tuple[str, ...]
    noises: tuple[str, ...]
    attacker: Attacker
    inputs: tuple[int, int]
    note: str
    labelled: bool = True
    remark: str = ""


class ReachFigure(_Compared):
    """For one input: the certified norm over the number of changed pixels, by candidate.

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
        clean: inputs answered, and correctly where the answer is known; None before any.
        certified: those that are also certified against the attacker.
        comparable: whether the attacker is the same for all of them.
    """

    clean: tuple[Share | None, ...]
    certified: tuple[Share | None, ...]
    comparable: bool = True

    @property
    def x_name(self) -> str:
        """What the shares are of."""
        return "predicted correctly" if self.labelled else "predicted"

    @property
    def results(self) -> tuple[str, ...]:
        """The two shares of every candidate, in words."""
        word = "right" if self.labelled else "predicted"
        return tuple(
            "not asked yet"
            if clean is None
            else f"{clean.in_words()} {word}, {certified.in_words()} certified"
            if certified is not None
            else f"{clean.in_words()} {word}"
            for clean, certified in zip(self.clean, self.certified, strict=True)
        )

    @property
    def winners(self) -> tuple[int, ...]:
        """Those with the highest certified accuracy; none if nobody certifies anything.

        Where the models' images differ in size, one norm is not the same change, and nobody wins.
        """
        if not self.comparable:
            return ()
        counts = [share.count if share is not None else 0 for share in self.certified]
        best = max(counts, default=0)
        return tuple(i for i, count in enumerate(counts) if best and count == best)


class ShareFigure(_Compared):
    """For a set: certified accuracy over pixels and norm, a table for each candidate.

    Attributes:
        entities, epsilons: the columns and rows: pixels, and norms.
        shares: ``shares[candidate][row][column]``: certified for epsilons[row] and
            entities[column]; None before the first input.
    """

    entities: tuple[int, ...]
    epsilons: tuple[float, ...]
    shares: tuple[tuple[tuple[float | None, ...], ...], ...]

    @property
    def title(self) -> str:
        """What the cells are."""
        return "Certified accuracy, percent" if self.labelled else "Certified share, percent"

    @property
    def framed(self) -> tuple[int, int] | None:
        """Row and column of the attacker; None beyond the table."""
        here = self.attacker.epsilon in self.epsilons and self.attacker.entities in self.entities
        if not here:
            return None
        return (
            self.epsilons.index(self.attacker.epsilon),
            self.entities.index(self.attacker.entities),
        )


TradeOffFigure = ReachFigure | AccuracyFigure | ShareFigure


def percent(share: float | None) -> str:
    """A share in whole percent, rounded down from what was counted.

    >>> percent(0.29), percent(2 / 3), percent(None)
    ('29', '66', '')
    """
    return "" if share is None else round_down(round(100 * share, 9), 0)
