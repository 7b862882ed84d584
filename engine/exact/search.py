"""Branch and bound over contrast and brightness: cells certified, violated at their middle, open.

A cell is certified where the least margin that linear bounds leave is above 0, and violated where
the network, asked at its middle, gives another answer. Neither, and it is halved, the largest cell
first, as long as the budget of cells lasts; a violated cell too, unless no point of it can keep the
answer. What is certified rests on the bounds alone, which are outward rounded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

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
from engine.exact.linear_bounds import propagated
from engine.exact.network import Network
from engine.exact.operations import Floats
from engine.exact.question import Flags, Question

_NUMBERS = 1 << 20
"""Numbers of the widest layer, of all cells of a batch: what stays near the processor is fast."""
_MOST_TOGETHER = 32


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

    def asked(self, cells: tuple[int, ...]) -> tuple[Flags, Flags, Flags]:
        """(N,) each: certified all over, violated at the middle, violated all over."""
        boxes = self.boxes(cells)
        network = self.light.before(self.network)
        outputs = propagated(network, self.light.forms(self.image, boxes))
        with np.errstate(invalid="ignore"):
            certified = self.question.least(outputs) > 0
            hopeless = self.question.most(outputs) < 0
        held = self.held(boxes.mean(2))
        return certified & held, ~held, hopeless

    def certified(self, cells: tuple[int, ...]) -> Flags:
        """(N,) whether the bounds certify each cell, in batches."""
        size = self.together
        parts = [self.asked(cells[i : i + size])[0] for i in range(0, len(cells), size)]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)

    def held(self, points: Floats) -> Flags:
        """(N,) whether the network keeps its answer at points (N, 2)."""
        images = self.light.changed(self.image, points)
        with np.errstate(all="ignore"):
            return self.question.held(self.light.before(self.network).values(images))

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
    undecided: deque[int] = deque()
    cells: tuple[int, ...] = (1,)
    while cells:
        budget -= len(cells)
        for cell, certified, violated, hopeless in zip(cells, *problem.asked(cells), strict=True):
            status[cell] = VIOLATED if violated else CERTIFIED if certified else OPEN
            decided = certified or hopeless or cell.bit_length() > DEEPEST
            if not decided:
                undecided.append(cell)
        yield written(status)
        count = min(len(undecided), budget // 2, max(1, problem.together // 2))
        split = [undecided.popleft() for _ in range(count)]
        status |= dict.fromkeys(split, SPLIT)
        cells = tuple(half for cell in split for half in (2 * cell, 2 * cell + 1))


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
