"""The lecture's three causes of an abstention, each with a run that shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from engine.playground.base_classifier import trained
from engine.playground.places import place_with
from engine.playground.plane import Plane
from engine.playground.run import Plan, Run
from engine.playground.scenes import Points

Cause = Literal["wrong-guess", "below-half", "too-few-samples"]
_TRIES = 200
_BLUE, _OTHER = (-0.9, 1.4), (0.9, -0.9)
"""Places of the moons where blue is nearly certain, and where it is not."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A run that abstains for a known cause.

    Attributes:
        cause: of the three.
        points, plane: what is learnt, and f.
        plan, at, number: the run.
        remedy: what helps, in the lecture's words.
    """

    cause: Cause
    points: Points
    plane: Plane
    plan: Plan
    at: tuple[float, float]
    number: int
    remedy: str


REMEDIES: dict[str, str] = {
    "wrong-guess": "The guess was wrong: another class leads. More selection votes (n0) help.",
    "below-half": "No class has half of the votes: no n helps; training with noise may.",
    "too-few-samples": "The guess is right, p_A > 1/2, the bound too loose: a larger n helps.",
}


def abstention(cause: Cause) -> Shown:
    """A run that abstains for this cause, the first of its kind among runs by number.

    ``wrong-guess``: three selection votes where 'blue' has probability 0.7; ``below-half``: the
    middle of five classes; ``too-few-samples``: 30 votes where 'blue' has probability 0.7.
    """
    name = "ring" if cause == "below-half" else "moons"
    points, plane = trained(name, 0.25)
    plan, at = Plan(n0=100, n=5000), (0.0, 0.0)
    if cause != "below-half":
        at = place_with(plane, plan, most=_BLUE, least=_OTHER, index=0, p=0.7)
        plan = replace(plan, n0=3) if cause == "wrong-guess" else replace(plan, n=30)
    for number in range(_TRIES):
        found = Run(plane, plan, at, number).finish().abstention
        if found is not None and found.reason == cause:
            return Shown(cause, points, plane, plan, at, number, REMEDIES[cause])
    raise RuntimeError(f"none of {_TRIES} runs abstained for the cause {cause}")
