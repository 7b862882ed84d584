"""The comparison as a picture: certified accuracy over pixels and strength, by contender."""

from __future__ import annotations

import math

from engine.records import Record
from engine.tradeoff.attacker import Attacker
from engine.tradeoff.records import TradeOff

STEPS = 24
_MARGIN = 1.25


class TradeOffFigure(Record):
    """What window, report and CSV draw.

    Attributes:
        names: of the contenders.
        clean: share of inputs answered correctly; None before the first.
        entities, epsilons: the axes: pixels, and l2 norms.
        shares: ``shares[contender][row][column]`` for entities[row] and epsilons[column]; None
            before the first input.
        reaches: for one input, the certified norm at each of ``entities``, by contender; None
            where nothing is certified, and the axis' end where any strength is.
        inputs: done and planned.
    """

    names: tuple[str, ...]
    clean: tuple[float | None, ...]
    entities: tuple[int, ...]
    epsilons: tuple[float, ...]
    shares: tuple[tuple[tuple[float | None, ...], ...], ...]
    reaches: tuple[tuple[float | None, ...], ...]
    inputs: tuple[int, int]


def tradeoff_figure(result: TradeOff, *, most: int = 12) -> TradeOffFigure:
    """The figure of a comparison as it stands, up to ``most`` pixels."""
    contenders = range(len(result.contenders))
    reached = [result.reach(i, most=most) for i in contenders]
    limit = axis_end(reached)
    entities = tuple(range(1, most + 1))
    epsilons = tuple(limit * (step + 1) / STEPS for step in range(STEPS))
    shares = tuple(
        tuple(
            tuple(result.certified(i, Attacker(entities=r, epsilon=e)) for e in epsilons)
            for r in entities
        )
        for i in contenders
    )
    return TradeOffFigure(
        names=tuple(one.name for one in result.contenders),
        clean=tuple(result.clean_accuracy(i) for i in contenders),
        entities=entities,
        epsilons=epsilons,
        shares=shares,
        reaches=tuple(_shown(line, limit) for line in reached),
        inputs=(min((len(found) for found in result.outcomes), default=0), result.inputs),
    )


def axis_end(reached: list[list[float | None]]) -> float:
    """A round norm a little above every finite certified one."""
    finite = [value for line in reached for value in line if value and math.isfinite(value)]
    largest = _MARGIN * max(finite, default=0.8)
    step = 10 ** math.floor(math.log10(largest)) / 2
    return step * math.ceil(largest / step)


def _shown(line: list[float | None], limit: float) -> tuple[float | None, ...]:
    return tuple(None if value is None else min(value, limit) for value in line)
