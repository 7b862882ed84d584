"""What a few hundred samples are worth when each of them is dear: exact sums over whole data sets.

For generative models n is in the hundreds, where the first-order law 1 - c z_alpha / sqrt(n)
(:func:`average_kept`) is too pessimistic by up to ten points. Over a data set whose p_A are
uniform on [b, 1] the number of votes k has the law

    P(k) = (1 - I_b(k + 1, n - k + 1)) / ((n + 1) (1 - b)),

so that expectations are sums over k, with no integral left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.integrate import quad
from scipy.special import betainc, ndtr, ndtri

from engine.bounds import clopper_pearson
from engine.certificates.oracle import observed_needed
from engine.planning.records import ExpensivePoint


def expensive_points(
    ns: Sequence[int],
    *,
    alpha: float,
    seconds_each: float,
    n0: int = 0,
    b: float = 0.5,
    p_required: float | None = None,
    false_accept: float = 0.0,
) -> tuple[ExpensivePoint, ...]:
    """What each n is worth under Clopper-Pearson at ``alpha``.

    Args:
        ns: numbers of estimation samples.
        alpha: chance that a claim is wrong.
        seconds_each: time per sample.
        n0: selection samples, counted in the time.
        b: the p_A of the data set are taken to be uniform on [b, 1]; in [1/2, 1).
        p_required: what p_lower must exceed for a target, in the scheme's required probability.
        false_accept: bound on an oracle's false accepts, where the target is the true class.
    """
    needed = None if p_required is None else observed_needed(p_required, false_accept)
    found = []
    for n in ns:
        bounds = lower_bounds(n, alpha)
        found.append(
            ExpensivePoint(
                n=n,
                average_kept=average_kept_exactly(n, alpha, b=b, bounds=bounds),
                first_order=max(0.0, 1.0 + radius_loss(b) * float(ndtri(alpha)) / math.sqrt(n)),
                largest=max(0.0, float(ndtri(bounds[-1]))),
                accuracy=None if needed is None else accuracy(n, alpha, needed, b=b, bounds=bounds),
                accuracy_limit=None if needed is None else min(1.0, (1.0 - needed) / (1.0 - b)),
                seconds=(n0 + n) * seconds_each,
            )
        )
    return tuple(found)


def lower_bounds(n: int, alpha: float) -> npt.NDArray[np.float64]:
    """Clopper-Pearson lower bounds of k = 0 .. n votes of n."""
    return np.array([clopper_pearson.lower(k, n, alpha) for k in range(n + 1)])


def average_kept_exactly(
    n: int, alpha: float, *, b: float = 0.5, bounds: npt.NDArray[np.float64] | None = None
) -> float:
    """Share of the average Gaussian radius that ``n`` samples keep, p uniform on [b, 1].

    With unlimited sampling the average is sigma phi(Phi^-1(b)) / (1 - b).
    """
    bounds = lower_bounds(n, alpha) if bounds is None else bounds
    certified = bounds > 0.5
    mean = float((_votes(n, b)[certified] * ndtri(bounds[certified])).sum())
    z = float(ndtri(b))
    unlimited = math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / (1.0 - b)
    return mean / unlimited


def accuracy(
    n: int,
    alpha: float,
    p_required: float,
    *,
    b: float = 0.5,
    bounds: npt.NDArray[np.float64] | None = None,
) -> float:
    """Share of inputs whose p_lower exceeds ``p_required``, p uniform on [b, 1]."""
    bounds = lower_bounds(n, alpha) if bounds is None else bounds
    return float(_votes(n, b)[bounds > p_required].sum())


def _votes(n: int, b: float) -> npt.NDArray[np.float64]:
    """P(k) for k = 0 .. n."""
    k = np.arange(n + 1)
    found: npt.NDArray[np.float64] = (1.0 - betainc(k + 1.0, n - k + 1.0, b)) / ((n + 1) * (1 - b))
    return found


def radius_loss(b: float) -> float:
    """c_b in mean R(n) / mean R(inf) ~ 1 - c_b z_alpha / sqrt(n), for p uniform on [b, 1].

    c_b = int_{z}^{inf} sqrt(Phi(u) Phi(-u)) du / phi(z) with z = Phi^-1(b). Good to 1.5 points from
    n = 1000 on, pessimistic below 300.

    Args:
        b: in [1/2, 1).
    """
    z = float(ndtri(b))
    # sqrt(Phi(-u)) falls like exp(-u^2/4): nothing is left beyond 40.
    area, _ = quad(lambda u: math.sqrt(ndtr(u) * ndtr(-u)), z, 40.0, epsabs=1e-13, epsrel=1e-13)
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return float(area / density)


def average_kept(n: int, alpha: float) -> float:
    """Share of the average radius that ``n`` samples keep, for p uniform on [1/2, 1]."""
    return max(0.0, 1.0 + radius_loss(0.5) * float(ndtri(alpha)) / math.sqrt(n))
