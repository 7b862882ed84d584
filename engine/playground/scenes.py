"""Points of the plane in classes: moons, blobs, spirals, or points that somebody sets by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError

Numbers = npt.NDArray[np.float64]
Classes = npt.NDArray[np.int16]

HALF = 3.0
"""The plane shown is [-3, 3] x [-3, 3]; scenes lie within [-2.5, 2.5]."""
NAMES = ("blue", "orange", "green", "pink", "red")
"""Names of the classes, after the colours that they are drawn in."""
_WIDEST = 2.5


@dataclass(frozen=True, eq=False)
class Points:
    """Labelled points.

    Attributes:
        xy: (N, 2).
        labels: (N,) class indices, from 0 on.
        count: number of classes, at least 2.
        titles: names of the classes, where they are not those of their colours.
    """

    xy: Numbers
    labels: Classes
    count: int
    titles: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """One name per class."""
        return self.titles or NAMES[: self.count]


def moons(rng: np.random.Generator, each: int) -> Points:
    """Two half circles that reach into each other, ``each`` points of both."""
    turn = rng.uniform(0.0, np.pi, (2, each))
    upper = np.column_stack((np.cos(turn[0]) - 0.5, np.sin(turn[0]) - 0.25))
    lower = np.column_stack((0.5 - np.cos(turn[1]), 0.25 - np.sin(turn[1])))
    return _points((1.5 * upper, 1.5 * lower), 0.16, rng)


def blobs(rng: np.random.Generator, each: int) -> Points:
    """Three round clouds at the corners of a triangle."""
    corners = 1.5 * _circle(np.pi / 2 + 2 * np.pi * np.arange(3) / 3)
    return _points([np.tile(corner, (each, 1)) for corner in corners], 0.45, rng)


def ring(rng: np.random.Generator, each: int) -> Points:
    """Five round clouds on a circle: in its middle no class has half of the votes."""
    corners = 1.7 * _circle(np.pi / 2 + 2 * np.pi * np.arange(5) / 5)
    return _points([np.tile(corner, (each, 1)) for corner in corners], 0.35, rng)


def spirals(rng: np.random.Generator, each: int) -> Points:
    """Two arms that wind around each other."""
    along = np.sqrt(rng.uniform(0.02, 1.0, (2, each)))
    arms = [
        2.3 * share[:, None] * _circle(1.5 * np.pi * share + turn)
        for share, turn in zip(along, (0.0, np.pi), strict=True)
    ]
    return _points(arms, 0.09, rng)


SCENES: dict[str, Callable[[np.random.Generator, int], Points]] = {
    "moons": moons,
    "blobs": blobs,
    "spirals": spirals,
    "ring": ring,
}


def scene(name: str, *, seed: int = 1, each: int = 120) -> Points:
    """The scene called ``name``; another seed gives fresh points of the same law.

    Raises:
        UserError: there is no such scene.
    """
    if name not in SCENES:
        raise UserError(f"There is no scene '{name}'; choose one of {', '.join(SCENES)}.")
    return SCENES[name](np.random.default_rng(seed), each)


def by_hand(spots: Sequence[tuple[float, float, int]]) -> Points:
    """Points that somebody set: x, y and class.

    Raises:
        UserError: fewer than two classes have a point, or there are more classes than colours.
    """
    if len({label for *_, label in spots}) < 2:
        raise UserError("Set points of at least two classes: one class leaves nothing to decide.")
    labels = np.array([label for *_, label in spots], dtype=np.int16)
    count = int(labels.max()) + 1
    if labels.min() < 0 or count > len(NAMES):
        raise UserError(f"There are at most {len(NAMES)} classes.")
    return Points(np.array([spot[:2] for spot in spots], dtype=np.float64), labels, count)


def _circle(turn: Numbers) -> Numbers:
    return np.column_stack((np.cos(turn), np.sin(turn)))


def _points(groups: Sequence[Numbers], spread: float, rng: np.random.Generator) -> Points:
    xy = np.concatenate(groups)
    xy = np.clip(xy + rng.normal(0.0, spread, xy.shape), -_WIDEST, _WIDEST)
    labels = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return Points(xy, labels.astype(np.int16), len(groups))
