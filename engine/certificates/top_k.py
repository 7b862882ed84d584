"""Top-k: the class stays among the k most probable under the noise (Jia et al., ICLR 2020).

The class leaves the first k only if k others overtake it. Any t of these, the least probable of the
k strongest, then hold together at least t times what the class holds. So a change is certified as
long as for one t in 1 ... k

    L(p_lower) > U(P_t) / t,

with L(p) the least that a set of probability p can keep under the change, U(P) = 1 - L(1 - P) the
most that one of probability P can reach, and P_t an upper bound on the sum of the t smallest of the
k largest other probabilities: the sum of their bounds, and at most 1 - p_lower. Under Gaussian
noise L(p) = Phi(Phi^-1(p) - R / sigma) for a change of norm R.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

_STEPS = 200
_DOWN = 1.0 - 2.0**-44
_STRICTLY = 1.0 + 1e-13


def smallest_sums(
    p_lower: float, p_uppers: Sequence[float], k: int
) -> tuple[tuple[int, float], ...]:
    """t and P_t for every t in 1 ... k that may decide; none where fewer than k others are known.

    Args:
        p_lower: lower bound on the class's probability.
        p_uppers: upper bounds on those of all other classes.
        k: how many are first.
    """
    strongest = sorted(p_uppers, reverse=True)[:k]
    if len(strongest) < k:
        return ()
    found: dict[float, int] = {}
    total = 0.0
    for t in range(1, k + 1):
        total += strongest[k - t]
        found[min(1.0 - p_lower, total)] = t  # of equal sums the largest t says most
    return tuple((t, total) for total, t in found.items())


def top_k_radius(p_lower: float, p_uppers: Sequence[float], *, k: int, sigma: float) -> float:
    """The l2 radius under Gaussian noise, rounded down; 0 where nothing is certified.

    Args:
        p_lower: lower bound on the class's probability.
        p_uppers: upper bounds on those of all other classes.
        k: how many are first, at least 1.
        sigma: deviation of the noise.
    """
    if len(p_uppers) < k:  # with fewer others than k, the class is always among the first k
        return _radius(p_lower, 0.0, 1, sigma)
    sums = smallest_sums(p_lower, p_uppers, k)
    return max(_radius(p_lower, total, t, sigma) for t, total in sums)


def majority_where_mass_moves(p_lower: float, p_uppers: Sequence[float], k: int) -> float:
    """The p_lower against one half that certifies as much, where a change moves mass alone.

    There L(p) = p - D and U(P) = P + D, so that D < (t p_lower - P_t) / (t + 1) is certified, and
    a p_lower of 1/2 + D certifies D against one half.

    Returns:
        Rounded down; at most 1/2 where nothing is certified.
    """
    sums = smallest_sums(p_lower, p_uppers, k)
    spare = max(((t * p_lower - total) / (t + 1) for t, total in sums), default=0.0)
    return 0.5 + spare * _DOWN if spare > 0 else 0.0


def majority_under_any_noise(p_lower: float, p_uppers: Sequence[float], k: int) -> float:
    """The same under any noise, of which no more is known than what it certifies against one half.

    L is convex, with L(0) = 0 and L(1) <= 1. Let q be the least p with L(p) >= 1/2. Then L(p) is at
    least 1 - (1 - p) / (2 (1 - q)) for p <= q, and at least p / (2 q) for p >= q. Both fall with q;
    the largest q that leaves L(p_lower) > U(P_t) / t is what a p_lower of q certifies.

    Returns:
        Rounded down; at most 1/2 where nothing is certified.
    """

    def kept(p: float, q: float) -> float:
        return p / (2 * q) if p >= q else 1.0 - (1.0 - p) / (2 * (1.0 - q))

    sums = smallest_sums(p_lower, p_uppers, k)

    def holds(q: float) -> bool:
        own = kept(p_lower, q)
        return any(own * t > (1.0 - kept(1.0 - total, q)) * _STRICTLY for t, total in sums)

    if not sums or not holds(0.5):
        return 0.0
    return _largest(holds, 0.5, 1.0) * _DOWN


def _radius(p_lower: float, total: float, t: int, sigma: float) -> float:
    from scipy.special import ndtr, ndtri  # deferred: SciPy is slow to load

    if p_lower <= 0.0:
        return 0.0
    if total <= 0.0:
        return float("inf")
    own, others = float(ndtri(p_lower)), float(ndtri(total))

    def holds(shift: float) -> bool:
        return float(ndtr(own - shift)) * t > float(ndtr(others + shift)) * _STRICTLY

    if not holds(0.0):
        return 0.0
    low, high = 0.0, 1.0
    while holds(high):
        low, high = high, 2.0 * high
    return sigma * _largest(holds, low, high) * (1.0 - 2.0**-50)


def _largest(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Where ``holds``, which does at ``low`` and not at ``high``, ends."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
