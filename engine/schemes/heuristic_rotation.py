"""Rotation, heuristic: random rotations, then Gaussian noise, and no bound on the error."""

from __future__ import annotations

from typing import ClassVar

from engine.schemes.heuristic import Heuristic
from engine.schemes.random_turn import UNIT, RandomTurn, Rotations


class HeuristicRotation(RandomTurn, Heuristic):
    """Rotations about the centre, without a guarantee (:class:`Heuristic`)."""

    key: ClassVar[str] = "heuristic-rotation"
    title: ClassVar[str] = "Rotation, heuristic (certifies nothing)"
    attacker: ClassVar[str] = "rotate the image about its centre, of which nothing is certified"

    def within(self, reach: float) -> Rotations:
        """Either way, half a turn at most."""
        far = min(reach, 180.0)
        return Rotations(term="rotation", lower=-far, upper=far, unit=UNIT)
