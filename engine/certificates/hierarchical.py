"""Hierarchical smoothing: noise on a random subset of entities, and what the subset costs.

Scholten, Schuchardt, Bojchevski & Guennemann, Hierarchical Randomized Smoothing, NeurIPS 2023.
Each entity (pixel, node) is noised with its own probability; the others pass unchanged, and the
base classifier is told which are which. The attacker changes at most r entities. With probability
``keep`` all of them are noised, and any certificate of the lower-level noise applies; with
probability ``1 - keep`` (Delta) at least one shows, and the worst is assumed. ``keep`` falls with
r, so what holds for r entities holds for fewer; a smaller ``keep`` only weakens the claim.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, chain, repeat
from operator import mul

import numpy as np
import numpy.typing as npt

from engine.certificates.likelihood import MARGIN, rest

MOST_ENTITIES = 256
"""Entities that a certificate reaches."""

Reaches = npt.NDArray[np.float64]
Bound = Callable[[float], float]

_STRONGEST = 40.0
"""Strength, in sigma, beyond which no bound in double precision certifies."""
_HALVINGS = 52


def keeps(
    p: float, *, centre: int = 0, p_centre: float = 1.0, most: int = MOST_ENTITIES
) -> tuple[float, ...]:
    """Probability that all r changed entities are noised, for r = 0 .. most, rounded down.

    The attacker picks the r entities that are noised most rarely, so it is the product of the r
    smallest selection probabilities.

    Args:
        p: probability that an entity is noised.
        centre: number of entities with a probability of their own.
        p_centre: their probability.
        most: largest r.
    """
    return _keeps(p, min(centre, most) if p_centre < p else 0, p_centre, most)


@lru_cache(maxsize=256)
def _keeps(p: float, rare: int, p_rare: float, most: int) -> tuple[float, ...]:
    rarest = chain(repeat(Fraction(p_rare), rare), repeat(Fraction(p), most - rare))
    return tuple(_down(value) for value in accumulate(rarest, mul, initial=Fraction(1)))


def _down(value: Fraction) -> float:
    nearest = float(value)
    return nearest if Fraction(nearest) <= value else math.nextafter(nearest, 0.0)


def corrected_upper(upper: Bound, p_upper: float, keep: float) -> float:
    """Largest probability of a class at any input with r changed entities.

    ``keep * upper(min(1, p_upper / keep)) + Delta``, rounded up.
    """
    inner = upper(min(1.0, p_upper / keep)) if keep else 1.0
    return min(1.0, ((1.0 - keep) + keep * inner) * (1 + MARGIN))


def gaussian_reach(
    p_lower: float, p_upper: float, steps: tuple[float, ...], sigma: float
) -> tuple[float, ...]:
    """Certified joint l2 norm of the change of r entities under Gaussian noise, rounded down.

    The better of the test of the top class against one half, in closed form, and of the test
    against the upper bound of every other class, by bisection, whose lower end is returned. Where
    ``p_upper = 1 - p_lower`` they are the same.

    Args:
        p_lower: bound on the top class.
        p_upper: bound on every other.
        steps: ``keep`` for r = 1, 2, ..., falling.
        sigma: deviation of the noise.

    Returns:
        One strength per r, as far as there is a positive one.
    """
    keep = np.array([one for one in steps if one > 0.5])
    if not keep.size:
        return ()
    reach = _against_half(rest(p_lower), keep)
    if p_upper < rest(p_lower):
        reach = np.maximum(reach, _against_others(rest(p_lower), p_upper, keep))
    reach = sigma * (reach - MARGIN)
    return tuple(reach[: _leading(reach > 0)].tolist())


def gaussian_required(keep: float, strength: float) -> float | None:
    """Smallest p_lower that certifies a change of joint norm ``strength`` (in sigma).

    ``Delta + keep Phi(strength + Phi^-1(1 / (2 keep)))``; None where keep is at most one half.
    """
    from scipy.special import ndtr, ndtri  # deferred: the window lists schemes before scipy loads

    if keep <= 0.5:
        return None
    # 1 - p = keep Phi(Phi^-1(1 - 1/(2 keep)) - strength): what the others may hold.
    others = keep * float(ndtr(float(ndtri((keep - 0.5) / keep)) - strength))
    return rest(others)


def _against_half(others: float, keep: Reaches) -> Reaches:
    """Strength in sigma at which all other classes together reach one half."""
    from scipy.special import ndtri  # deferred as above

    share = np.minimum(1.0, others / keep)
    found: Reaches = np.minimum(_STRONGEST, ndtri((keep - 0.5) / keep) - ndtri(share))
    return found


def _against_others(others: float, p_upper: float, keep: Reaches) -> Reaches:
    """Largest strength in sigma, from below, at which the top class is ahead of every other."""
    from scipy.special import ndtr, ndtri  # deferred as above

    lost, gained = (ndtri(np.minimum(1.0, p / keep)) for p in (others, p_upper))

    def ahead(strength: Reaches) -> npt.NDArray[np.bool_]:
        changed = 2 * (1.0 - keep) + keep * (ndtr(lost + strength) + ndtr(gained + strength))
        return np.asarray(changed * (1 + MARGIN) < 1.0)

    low, high = np.zeros_like(keep), np.full_like(keep, _STRONGEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = ahead(middle)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return low


def _leading(holds: npt.NDArray[np.bool_]) -> int:
    return int(np.argmin(holds)) if not holds.all() else holds.size
