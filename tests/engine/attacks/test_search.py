"""Searches against a lead that is written down, so that the smallest change is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

from engine.attacks.search import GROWTH, Goal, fewest, nearest
from engine.attacks.smoothed import Smoothed
from engine.figures.examples import Attack
from engine.regions import Staircase
from engine.regions.count import Count
from engine.regions.region import Budget

X = np.zeros((1, 4, 4))
WAY = np.linspace(-1, 1, 16).reshape(X.shape)


class Written:
    """A smoothed classifier whose lead is a function."""

    looks = 0

    def __init__(self, lead: Callable[[np.ndarray], float], *, slope: bool = True) -> None:
        self._lead, self._slope = lead, slope

    how = "projected gradient steps"

    def lead(self, arrays: tuple[np.ndarray, ...], top: int) -> float:
        return self._lead(arrays[0])

    def slope(self, arrays: tuple[np.ndarray, ...], top: int) -> np.ndarray | None:
        return WAY if self._slope else None


def goal(lead: Callable[[np.ndarray], float], *, slope: bool = True) -> Goal:
    smoothed: Any = Written(lead, slope=slope)
    fit = lambda values: values  # noqa: E731
    return Goal(cast(Smoothed, smoothed), (X,), 0, 0.0, fit, 3)


def plane(x: np.ndarray) -> float:
    """Lost where the change goes one half along ``WAY``, whatever else it does."""
    return 0.5 - float((x * WAY).sum() / np.linalg.norm(WAY))


@pytest.mark.parametrize(
    ("norm", "size"),
    [
        ("l2", 0.5),
        ("linf", 0.5 * np.linalg.norm(WAY) / np.abs(WAY).sum()),
        ("l1", 0.5 * np.linalg.norm(WAY)),  # all in one of the two largest numbers, which are 1
    ],
)
def test_the_nearest_point_of_a_plane_is_found_in_every_norm(norm: str, size: float) -> None:
    found = nearest(goal(plane), norm, start=0.1)
    assert found is not None
    order = {"l1": 1, "l2": 2, "linf": np.inf}[norm]
    sizes = [np.linalg.norm(found.grown(step)[0].ravel(), order) for step in range(len(GROWTH))]
    assert size <= sizes[0] <= size * 1.005
    assert sizes == sorted(sizes) and sizes[-1] == pytest.approx(GROWTH[-1] * sizes[0])


def test_random_directions_where_nothing_tells_and_none_where_nothing_helps() -> None:
    found = nearest(goal(lambda x: 1 - float((x**2).sum()), slope=False), "l2", start=0.1)
    assert found is not None and found.how.startswith("random directions")
    assert 1 <= np.linalg.norm(found.grown(0)[0]) <= 1.01
    assert nearest(goal(lambda x: 1.0), "l2", start=0.1) is None


def first(budget: Budget) -> tuple[np.ndarray, ...]:
    """The first pixels set to 1, or moved by a norm in all."""
    x = np.zeros(16)
    things = budget.things or 0
    x[:things] = budget.strength / max(1, things) ** 0.5 if budget.norm else 1.0
    return (x.reshape(X.shape),)


def test_fewest_things_then_the_smallest_strength() -> None:
    attack = Attack("in order", first, lambda arrays: ())
    lost_at_5 = goal(lambda x: 4.5 - float((x > 0).sum()))
    pixels = Count(unit="pixels", term="entities", most=3)
    found = fewest(lost_at_5, attack, pixels, most=16, strength=0.0)
    assert found is not None
    assert [int(found.grown(step)[0].sum()) for step in range(3)] == [5, 6, 7]
    stairs = Staircase(
        first=1,
        reach=(0.2,),
        count_term="entities",
        strength_term="epsilon",
        things="pixels",
        norm="l2",
        whose="of the change",
        unit="u",
    )
    moved = goal(lambda x: max(2.5 - float((x > 0).sum()), 0.6 - float(np.linalg.norm(x))))
    found = fewest(moved, attack, stairs, most=16, strength=1.0)
    assert found is not None
    x = found.grown(0)[0]
    assert int((x > 0).sum()) == 3 and 0.6 <= np.linalg.norm(x) <= 0.61
    assert fewest(goal(lambda x: 1.0), attack, pixels, most=16, strength=0.0) is None
