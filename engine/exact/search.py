"""Branch and bound over contrast and brightness: cells certified, violated at their middle, open.

A cell is certified where the least margin that linear bounds leave is above 0, and violated where
the network, asked at its middle, gives another answer. Neither, and it is halved, the largest cell
first, as long as the budget of cells lasts; a violated cell too, unless no point of it can keep the
answer. What is certified rests on the bounds alone, which are outward rounded.

Two things save time and change no claim. Bounds are worked out in float32 first, and in float64
where no more than that rounding keeps a cell from being certified. And a half that cannot be hoped
to be certified, since its whole lacks far too much, is halved itself without being asked.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from engine.exact.cells import (
    CERTIFIED,
    DEEPEST,
    OPEN,
    SPLIT,
    VIOLATED,
    ends,
    read,
    shares,
    written,
)
from engine.exact.light import Light
from engine.exact.linear_bounds import Forms, propagated
from engine.exact.network import Network
from engine.exact.operations import Floats
from engine.exact.question import Flags, Question
from engine.system.blas import one_thread

_NUMBERS = 1 << 20
"""Numbers of the widest layer, of all cells of a batch: what stays near the processor is fast."""
_MOST_TOGETHER = 32
_HOPE = 0.2
"""Halves seldom lose less than this share of what their whole loses."""
_MOST_LOST = 0.25
_NEAR = 4.0
"""A cell whose least margin lacks no more than so many times the rounding is asked in float64."""


class Asked(NamedTuple):
    """What is known of N cells.

    Attributes:
        certified: all over.
        violated: at the middle.
        hopeless: violated all over.
        kept: the margin at the middle as a share of what a cell loses, its distance to the least
            one: halves that lose more than that share of it are not certified. 1 where violated.
    """

    certified: Flags
    violated: Flags
    hopeless: Flags
    kept: Floats


@dataclass(frozen=True, eq=False)
class Problem:
    """What is asked of which network about which image.

    Attributes:
        network: from pixels to outputs.
        image: (C, H, W), as the network takes it.
        light: how it may be changed.
        question: whether the answer is kept.
    """

    network: Network
    image: Floats
    light: Light
    question: Question

    @property
    def together(self) -> int:
        """Cells of a batch."""
        each = self.network.widest * (self.light.parameters + 1)
        return max(1, min(_MOST_TOGETHER, _NUMBERS // each))

    @cached_property
    def behind(self) -> Network:
        """The network behind the clipping."""
        return self.light.before(self.network)

    @cached_property
    def lost(self) -> float:
        """What rounding to float32 takes from the least margin of a cell without extent, or about.

        Infinite where nothing is to be bounded in float32: not all weights fit, or the rounding
        takes a large share of the margin without a change, as in a deep network.
        """
        if not self.behind.narrow:
            return math.inf
        forms = self.light.forms(self.image, np.zeros((1, 2, 2)))
        with np.errstate(invalid="ignore"):
            wide, narrow = (
                float(self.question.least(propagated(self.behind, each))[0])
                for each in (forms, forms.narrowed())
            )
        return wide - narrow if 0 <= wide - narrow < _MOST_LOST * wide else math.inf

    def asked(self, cells: tuple[int, ...]) -> Asked:
        """What is known of some cells, of which a batch fits into memory."""
        boxes = self.boxes(cells)
        forms = self.light.forms(self.image, boxes)
        middles = self.margins(boxes.mean(2))
        with np.errstate(invalid="ignore"):
            if math.isinf(self.lost):
                least, most = self._bounds(forms)
            else:
                least, most = self._bounds(forms.narrowed())
                near = (middles > 0) & (least <= 0) & (least > -_NEAR * self.lost)
                if near.any():
                    some = Forms(forms.low[:, near], forms.high[:, near])
                    least[near], most[near] = self._bounds(some)
            held = middles > 0
            kept = np.where(held, middles / (middles - least), 1.0)
            return Asked((least > 0) & held, ~held, most < 0, kept)

    def _bounds(self, forms: Forms) -> tuple[Floats, Floats]:
        """(N,) the least and the largest margin."""
        outputs = propagated(self.behind, forms)
        found = self.question.least(outputs), self.question.most(outputs)
        least, most = (each.astype(np.float64) for each in found)
        return least, most

    def certified(self, cells: tuple[int, ...]) -> Flags:
        """(N,) whether the bounds certify each cell, in batches."""
        size = self.together
        parts = [self.asked(cells[i : i + size]).certified for i in range(0, len(cells), size)]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)

    def held(self, points: Floats) -> Flags:
        """(N,) whether the network keeps its answer at points (N, 2)."""
        found: Flags = self.margins(points) > 0
        return found

    def margins(self, points: Floats) -> Floats:
        """(N,) what the network leaves at points (N, 2); above 0 where it keeps its answer."""
        images = self.light.changed(self.image, points)
        with np.errstate(all="ignore"):
            outputs = self.behind.values(images)
            held = self.question.held(outputs)
            return np.where(held, self.question.margins(outputs), -1.0)

    def boxes(self, cells: tuple[int, ...]) -> Floats:
        """(N, 2, 2) ends of the parameters."""
        return ends(shares(cells), self.light.contrast, self.light.brightness)


def search(problem: Problem, budget: int) -> Iterator[str]:
    """The map after every batch of cells; the last one is the result.

    Args:
        problem: what is asked.
        budget: cells that are looked at.
    """
    status: dict[int, str] = {}
    waiting = _Waiting(budget - 1)
    cells: tuple[int, ...] = (1,)
    while cells:
        with one_thread():
            answers = problem.asked(cells)
        for cell, certified, violated, hopeless, kept in zip(cells, *answers, strict=True):
            status[cell] = VIOLATED if violated else CERTIFIED if certified else OPEN
            if not (certified or hopeless or cell.bit_length() > DEEPEST):
                waiting.add(cell, without_hope=kept < _HOPE)
        yield written(status)
        split, cells = waiting.take(problem.together)
        status |= dict.fromkeys(split, SPLIT)


class _Waiting:
    """Cells that are to be split, the largest first, as long as the budget lasts.

    Args:
        budget: cells that may be added, each split adding two.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._cells: deque[tuple[int, bool]] = deque()
        self._unasked: dict[int, None] = {}

    def add(self, cell: int, *, without_hope: bool) -> None:
        """A cell that was asked, and whether its halves are without hope."""
        self._cells.append((cell, without_hope))

    def take(self, most: int) -> tuple[list[int], tuple[int, ...]]:
        """The cells that are split now, and those that are to be asked; none at the end.

        Halves without hope wait to be split themselves, and are asked only where the budget ends
        before that.
        """
        split: list[int] = []
        asked: list[int] = []
        while self._cells and self._budget > 1 and len(asked) + 2 <= max(2, most):
            cell, without_hope = self._cells.popleft()
            self._budget -= 2
            self._unasked.pop(cell, None)
            split.append(cell)
            halves = (2 * cell, 2 * cell + 1)
            if without_hope:
                self._cells += [(half, False) for half in halves]
                self._unasked |= dict.fromkeys(halves)
            else:
                asked += halves
        if not asked:
            asked = list(self._unasked)[:most]
            self._unasked = dict.fromkeys(list(self._unasked)[most:])
        return split, tuple(asked)


def proved(problem: Problem, text: str) -> str:
    """A map in which what does not come out as it says is open.

    A certified cell whose bounds are a little wider on this machine than on the one that made the
    map is halved a few times; what is violated is asked at its middle.

    Raises:
        ValueError: the text is no map.
    """
    leaves = read(text)
    pairs = list(zip(leaves.cells, leaves.status, strict=True))
    certified = tuple(cell for cell, one in pairs if one == CERTIFIED)
    violated = tuple(cell for cell, one in pairs if one == VIOLATED)
    holds = dict(zip(certified, _certified(problem, certified), strict=True))
    if violated:
        held = problem.held(problem.boxes(violated).mean(2))
        holds |= dict(zip(violated, ~held, strict=True))
    letters, waiting = [], [1]
    for letter in text:
        cell = waiting.pop()
        if letter == SPLIT:
            waiting += [2 * cell + 1, 2 * cell]
        letters.append(letter if holds.get(cell, True) else OPEN)
    return "".join(letters)


def _certified(problem: Problem, cells: tuple[int, ...], finer: int = 3) -> Flags:
    """(N,) whether the bounds certify each cell, or all parts of it after so many halvings."""
    found = problem.certified(cells)
    for place, cell in enumerate(cells):
        if finer and not found[place]:
            found[place] = _certified(problem, (2 * cell, 2 * cell + 1), finer - 1).all()
    return found
