"""Two experiments that count false claims: why one samples twice, and why one may not peek."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.bounds import clopper_pearson, eprocess
from engine.playground.base_classifier import trained
from engine.playground.places import place_with
from engine.playground.plane import Plane
from engine.playground.run import Plan
from engine.playground.scenes import Classes

RUNS = 2000
ALPHA = 0.05
"""Large, so that two thousand runs show what it means."""
BIAS_N0, BIAS_N = 400, 400
LOOKS = 1000
"""Votes of a run that is watched, each of them a look."""
_AT_ONCE = 20
"""Runs of a step."""

Lower = Callable[[int, int, float], float]


@dataclass(frozen=True)
class Tally:
    """False claims so far of two ways to claim, over the same number of runs.

    Attributes:
        runs: made so far.
        careless: false claims of the way that does not keep alpha.
        careful: of the one that does.
    """

    runs: int
    careless: int
    careful: int


def selection_bias(*, seed: int = 1) -> Iterator[Tally]:
    """CERTIFY in the middle of five classes, its class chosen from the votes that bound it, or not.

    ``careless``: the class with most of n = 200 votes is bounded from these votes. ``careful``: it
    is chosen from n0 = 200 others. A claim is false if p_lower exceeds the class's probability,
    which quadrature gives. Clopper-Pearson at alpha 0.05.
    """
    plane, plan = trained("ring", 0.25)[1], Plan(sigma=1.0)
    at = _most_even(plane, plan)
    true = plane.probabilities_at(plan.law, plan.sigma, np.array([at]))[0]
    lower = {k: clopper_pearson.lower(k, BIAS_N, ALPHA) for k in range(BIAS_N + 1)}
    rng, careless, careful = np.random.default_rng(seed), 0, 0
    for runs in range(_AT_ONCE, RUNS + 1, _AT_ONCE):
        classes = _draw(plane, plan, at, rng, (_AT_ONCE, BIAS_N0 + BIAS_N))
        for one in classes:
            chosen = np.bincount(one[:BIAS_N0], minlength=len(true))
            fresh = np.bincount(one[BIAS_N0:], minlength=len(true))
            same, other = int(fresh.argmax()), int(chosen.argmax())
            careless += int(lower[int(fresh[same])] > true[same])
            careful += int(lower[int(fresh[other])] > true[other])
        yield Tally(runs, careless, careful)


def peeking(*, seed: int = 1) -> Iterator[Tally]:
    """Runs on g's border, watched vote by vote, and ended as soon as they look certified.

    There p_A is 1/2 (at most, and less by 1e-9 at most), so that p_lower > 1/2 is a false claim.
    Each run is looked at after each of 1,000 votes. ``careless``: by Clopper-Pearson at alpha 0.05,
    a bound for one n. ``careful``: by the anytime bound at alpha 0.05, on the same votes.
    """
    plane, plan = trained("moons", 0.25)[1], Plan()
    at = place_with(plane, plan, most=(-0.9, 1.4), least=(0.9, -0.9), index=0, p=0.5)
    needed = [least_claiming(bound, 0.5) for bound in (clopper_pearson.lower, eprocess.lower)]
    rng, found = np.random.default_rng(seed), [0, 0]
    for runs in range(_AT_ONCE, RUNS + 1, _AT_ONCE):
        classes = _draw(plane, plan, at, rng, (_AT_ONCE, LOOKS))
        counts = np.cumsum(classes == 0, axis=1)
        for way, least in enumerate(needed):
            found[way] += int((counts >= least).any(axis=1).sum())
        yield Tally(runs, *found)


def least_claiming(lower: Lower, p: float) -> npt.NDArray[np.int64]:
    """For n = 1 ... 1,000 the fewest successes whose bound at alpha 0.05 exceeds ``p``.

    They never fall as n grows, since a failure more lowers the bound; n + 1 where none do.
    """
    found = np.zeros(LOOKS, dtype=np.int64)
    k = 0
    for n in range(1, LOOKS + 1):
        while k <= n and not lower(k, n, ALPHA) > p:
            k += 1
        found[n - 1] = k
    return found


def _most_even(plane: Plane, plan: Plan) -> tuple[float, float]:
    """The place near the middle at which the most probable class has least."""
    side = np.linspace(-0.6, 0.6, 49)
    top = plane.probabilities(plan.law, plan.sigma, side, side).max(axis=0)
    row, column = np.unravel_index(int(top.argmin()), top.shape)
    return float(side[column]), float(side[row])


def _draw(
    plane: Plane,
    plan: Plan,
    at: tuple[float, float],
    rng: np.random.Generator,
    shape: tuple[int, int],
) -> Classes:
    """Votes of several runs, (runs, votes)."""
    noise = plan.law.draw(rng, shape[0] * shape[1])
    return plane.classify(np.array(at) + plan.sigma * noise).reshape(shape)
