"""How far every region reaches, worked out once; images for any attacker follow from it."""

from __future__ import annotations

import math

from engine.comparison.records import TradeOff, labels
from engine.core.records import Record
from engine.figures.comparison import AccuracyFigure, ReachFigure, ShareFigure
from engine.regions import Norm, Region
from engine.regions.region import largest
from engine.schemes import Scheme
from engine.schemes.attacker import Attacker, covering

MOST = 64
"""Numbers of pixels that are looked at."""
_FEWEST, _BEYOND = 6, 2
_COLUMNS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, MOST)
_MOST_COLUMNS, _ROWS = 8, 8
_MARGIN = 1.25
_FIRST_TOP = 0.8
_STEPS = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10)
Reach = tuple[float | None, ...]
LEAST, ANY = 1e-9, 1e6
"""Norms below the first count as nothing; a region that holds at the second limits none."""


class Landscape(Record):
    """A comparison with the reach of every region.

    Attributes:
        result: the comparison as it stands.
        reaches: ``reaches[candidate][input][r - 1]``: the norm certified for r pixels.
        norm: which norm.
    """

    result: TradeOff
    reaches: tuple[tuple[Reach, ...], ...]
    norm: Norm = "l2"

    def share(self, candidate: int, entities: int, epsilon: float) -> float | None:
        """Certified share of the inputs; never more than :meth:`TradeOff.certified`."""
        outcomes = self.result.compared(candidate)
        if not outcomes:
            return None
        known = zip(outcomes, self.reaches[candidate], strict=False)
        hits = sum(
            one.correct and (norm := found[entities - 1]) is not None and norm >= epsilon
            for one, found in known
        )
        return hits / len(outcomes)


class Surveyor:
    """Makes a landscape of a growing comparison; every region is looked at once.

    Args:
        norm: of the attackers.
    """

    def __init__(self, norm: Norm = "l2") -> None:
        self._norm = norm
        self._known: list[list[Reach]] = []

    def survey(self, result: TradeOff) -> Landscape:
        """The landscape of a comparison that only grew since the last call."""
        while len(self._known) < len(result.candidates):
            self._known.append([])
        for one, known, outcomes in zip(
            result.candidates, self._known, result.outcomes, strict=True
        ):
            for outcome in outcomes[len(known) :]:
                known.append(reach(one.scheme, outcome.region, most=MOST, norm=self._norm))
        reaches = tuple(tuple(known) for known in self._known)
        return Landscape(result=result, reaches=reaches, norm=self._norm)


def landscape(result: TradeOff) -> Landscape:
    """The landscape of a comparison."""
    return Surveyor().survey(result)


def reach_figure(land: Landscape, attacker: Attacker) -> ReachFigure:
    """What is certified of the first input."""
    result, candidates = land.result, range(len(land.result.candidates))
    lines = [found[0] if found else (None,) * MOST for found in land.reaches]
    columns = _columns(lines, attacker)
    verdicts = [result.verdict(i, attacker) for i in candidates]
    return ReachFigure(
        **_facts(result, attacker),
        input=result.first_input,
        entities=tuple(range(1, columns + 1)),
        top=axis_end(lines, attacker),
        reaches=tuple(line[:columns] for line in lines),
        unbounded=tuple(line[0] == ANY for line in lines),
        withstands=tuple(holds for holds, _ in verdicts),
        results=tuple(words for _, words in verdicts),
    )


def accuracy_figure(land: Landscape, attacker: Attacker) -> AccuracyFigure:
    """Accuracy against certified accuracy."""
    result, candidates = land.result, range(len(land.result.candidates))
    return AccuracyFigure(
        **_facts(result, attacker),
        clean=tuple(result.answered(i) for i in candidates),
        certified=tuple(result.certified(i, attacker) for i in candidates),
        comparable=not result.remark,
    )


def share_figure(land: Landscape, attacker: Attacker) -> ShareFigure:
    """Certified shares over pixels and norms; the attacker has a row and a column of its own."""
    lines = [line for found in land.reaches for line in found]
    bounded = 1 + max((_bounded(line) for line in lines), default=0)
    few = [r for r in _COLUMNS if r <= max(4, bounded)][:_MOST_COLUMNS]
    entities = sorted({*few, min(attacker.entities, MOST)})
    step = _round_step(_highest(lines) / _ROWS)
    epsilons = sorted({*(round(step * (row + 1), 9) for row in range(_ROWS)), attacker.epsilon})
    result = land.result

    def share(candidate: int, r: int, epsilon: float) -> float | None:
        if (r, epsilon) != (attacker.entities, attacker.epsilon):
            return land.share(candidate, r, epsilon)
        exact = result.certified(candidate, attacker)  # the number that the sentence says
        return None if exact is None else exact.value

    return ShareFigure(
        **_facts(result, attacker),
        entities=tuple(entities),
        epsilons=tuple(epsilons),
        shares=tuple(
            tuple(tuple(share(i, r, e) for r in entities) for e in epsilons)
            for i in range(len(result.candidates))
        ),
    )


def axis_end(lines: list[Reach], attacker: Attacker | None) -> float:
    """A round norm a little above every finite certified one, and the attacker's."""
    wanted = _MARGIN * _highest(lines)
    if attacker is not None:
        wanted = max(wanted, 1.1 * attacker.epsilon)
    step = 10 ** math.floor(math.log10(wanted)) / 2
    return float(step * math.ceil(wanted / step))


def _highest(lines: list[Reach]) -> float:
    """The largest certified norm of a region that limits it."""
    return max((n for line in lines for n in line if n and n < ANY), default=_FIRST_TOP)


def _columns(lines: list[Reach], attacker: Attacker) -> int:
    """So many pixels that every edge, and the attacker, are in sight."""
    edge = max((_bounded(line) for line in lines), default=0) + _BEYOND
    return min(MOST, max(_FEWEST, edge, attacker.entities + 1))


def _bounded(line: Reach) -> int:
    """The largest number of pixels that is certified, of a region that limits it; else 0."""
    certified = sum(norm is not None for norm in line)
    return certified if certified < len(line) else 0


def _round_step(wanted: float) -> float:
    power = 10.0 ** math.floor(math.log10(wanted))
    return min(s * power for s in _STEPS if s * power >= wanted - 1e-12)


def _facts(result: TradeOff, attacker: Attacker) -> dict[str, object]:
    chosen = result.chosen_in_words
    return {
        "names": labels(result.candidates),
        "noises": tuple(one.noise_in_words for one in result.candidates),
        "attacker": attacker,
        "inputs": (result.done, result.inputs),
        "labelled": result.labelled,
        "remark": result.remark,
        "note": f"n {result.n:,}, alpha {result.alpha:g} per statement, {result.bound} bound, "
        f"{result.noise} noise" + (chosen and f", inputs {chosen}"),
    }


def reach(scheme: Scheme, region: Region | None, *, most: int, norm: Norm = "l2") -> Reach:
    """The norm certified for 1, 2, ... ``most`` pixels.

    Every norm given is itself certified, and so is every smaller one. None where nothing is, and
    from there on; :data:`ANY` where any strength is (a scheme that counts pixels alone).
    """
    found: list[float | None] = []
    high = ANY
    for entities in range(1, most + 1):

        def holds(epsilon: float, entities: int = entities) -> bool:
            attack = covering(scheme, entities=entities, epsilon=epsilon, norm=norm)
            return attack is not None and region is not None and region.contains(attack)

        high = min(high, largest(holds)) if high >= LEAST else 0.0
        found.append(high if high >= LEAST else None)
    return tuple(found)
