"""Top-k: the class stays among the k most probable under Gaussian noise (Jia et al., ICLR 2020).

For a change of norm R the class keeps at least Phi(Phi^-1(p_lower) - R / sigma). The class leaves
the first k only if k others overtake it, and any t of these, the least probable of the k strongest,
hold together at most Phi(Phi^-1(P_t) + R / sigma), the least of them a t-th of that. So R is
certified as long as for one t in 1 ... k

    Phi(Phi^-1(p_lower) - R / sigma) >= Phi(Phi^-1(P_t) + R / sigma) / t,

with P_t an upper bound on the sum of the t smallest of the k largest other probabilities: the sum
of their bounds, and at most 1 - p_lower.
"""

from __future__ import annotations

from collections.abc import Sequence

_STEPS = 200


def top_k_radius(p_lower: float, p_uppers: Sequence[float], *, k: int, sigma: float) -> float:
    """The l2 radius, rounded down; 0 where nothing is certified.

    Args:
        p_lower: lower bound on the class's probability.
        p_uppers: upper bounds on those of all other classes.
        k: how many are first, at least 1.
        sigma: deviation of the noise.
    """
    strongest = sorted(p_uppers, reverse=True)[:k]
    sums = [
        min(1.0 - p_lower, sum(strongest[k - t :])) for t in range(1, k + 1) if len(strongest) == k
    ]
    if len(strongest) < k:  # with fewer others than k, the class is always among the first k
        sums = [0.0]
    return max(_radius(p_lower, total, t, sigma) for t, total in enumerate(sums, 1))


def _radius(p_lower: float, total: float, t: int, sigma: float) -> float:
    from scipy.special import ndtr, ndtri  # deferred: SciPy is slow to load

    if p_lower <= 0.0:
        return 0.0
    if total <= 0.0:
        return float("inf")
    own, others = float(ndtri(p_lower)), float(ndtri(total))

    def holds(shift: float) -> bool:
        return float(ndtr(own - shift)) * t > float(ndtr(others + shift)) * (1.0 + 1e-13)

    if not holds(0.0):
        return 0.0
    low, high = 0.0, 1.0
    while holds(high):
        low, high = high, 2.0 * high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if holds(middle) else (low, middle)
    return sigma * low * (1.0 - 2.0**-50)
