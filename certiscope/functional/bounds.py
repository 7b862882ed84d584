"""Confidence bounds, tests, and the samples that they need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from certiscope.functional.checks import check_counts, share
from engine.core.errors import UserError

if TYPE_CHECKING:
    from engine.schemes import Scheme


def clopper_pearson_lower(k: int, n: int, alpha: float) -> float:
    """Lower confidence bound on a probability: the p with P(Bin(n, p) >= k) = alpha.

    Valid for an n that was fixed beforehand. Clopper & Pearson 1934.

    Args:
        k: successes, 0 <= k <= n.
        n: trials.
        alpha: chance that the probability is below the bound.

    >>> round(clopper_pearson_lower(990, 1000, 0.001), 4)
    0.976
    """
    from engine.bounds import clopper_pearson

    check_counts(k, n)
    return clopper_pearson.lower(k, n, share("alpha", alpha))


def clopper_pearson_upper(k: int, n: int, alpha: float) -> float:
    """Upper confidence bound on a probability: the p with P(Bin(n, p) <= k) = alpha.

    Args:
        k, n, alpha: as for :func:`clopper_pearson_lower`.

    >>> round(clopper_pearson_upper(10, 1000, 0.001), 4)
    0.024
    """
    from engine.bounds import clopper_pearson

    check_counts(k, n)
    return clopper_pearson.upper(k, n, share("alpha", alpha))


def soft_lower(total: float, total_squares: float, n: int, alpha: float) -> float:
    """Lower confidence bound on a *soft* smoothed classifier's score: a mean of scores in [0, 1].

    m - sqrt(2 V ln(2 / alpha) / n) - 7 ln(2 / alpha) / (3 (n - 1)) for mean m and unbiased variance
    V: Maurer & Pontil, COLT 2009, as MACER certifies (ICLR 2020). With :func:`gaussian_radius` it
    gives the radius in which the class of the highest expected score does not change. That is
    another function than the vote of the classes; its bound says nothing about the vote.

    Args:
        total, total_squares: sums of the n scores of one class, and of their squares.
        n: samples, at least 2, fixed beforehand.
        alpha: chance that the mean is below the bound.

    >>> round(soft_lower(990.0, 980.2, 1000, 0.001), 4)
    0.971
    """
    from engine.bounds import empirical_bernstein

    if n < 2 or not 0 <= total <= n or not 0 <= total_squares <= total:
        raise UserError(
            "Scores lie in [0, 1]: their sum is between 0 and n, n at least 2, and the sum of "
            f"their squares no larger (they were {total_squares:g}, {total:g} and n = {n})."
        )
    return empirical_bernstein.lower(total, total_squares, n, share("alpha", alpha))


def anytime_lower(k: int, n: int, alpha: float) -> float:
    """Lower confidence bound that holds at all n at once, so that anyone may watch it and stop.

    inf {p : M_n(p) < 1/alpha} for the e-process M_n that mixes the likelihood ratios against p over
    a Beta(1/2, 1/2) cut to (p, 1). Ville 1939; Robbins 1970; Howard et al. 2021.

    Args:
        k: successes, 0 <= k <= n.
        n: trials so far.
        alpha: chance that the probability is *ever* below the bound.

    >>> anytime_lower(990, 1000, 0.001) < clopper_pearson_lower(990, 1000, 0.001)
    True
    """
    from engine.bounds import eprocess

    check_counts(k, n)
    return eprocess.lower(k, n, share("alpha", alpha))


def anytime_upper(k: int, n: int, alpha: float) -> float:
    """Upper confidence bound that holds at all n at once; the mirror image of the lower one.

    Args:
        k, n, alpha: as for :func:`anytime_lower`.

    >>> round(anytime_upper(10, 1000, 0.001) + anytime_lower(990, 1000, 0.001), 12)
    1.0
    """
    from engine.bounds import eprocess

    check_counts(k, n)
    return eprocess.upper(k, n, share("alpha", alpha))


def simultaneous_alpha(alpha: float, statements: int) -> float:
    """alpha of each of several statements that are to hold all at once: alpha / N (Bonferroni).

    >>> simultaneous_alpha(0.001, 20)
    5e-05
    """
    if statements < 1:
        raise UserError(f"statements must be 1 or more (it was {statements}).")
    return share("alpha", alpha) / statements


def one_sided_p_value(n_top: int, n: int) -> float:
    """P(Bin(n, 1/2) >= n_top): PREDICT abstains unless it is at most alpha.

    Cohen, Rosenfeld & Kolter, ICML 2019.

    >>> one_sided_p_value(60, 100) < 0.05
    True
    """
    from engine.bounds.binomial_tests import p_value_one_sided

    check_counts(n_top, n)
    return p_value_one_sided(n_top, n)


def two_sided_p_value(n_top: int, n_second: int) -> float:
    """Exact two-sided p-value of the two leading classes against each other.

    Valid although they were found by looking. Hung & Fithian, Annals of Statistics 2019.

    >>> round(two_sided_p_value(8, 2), 4)
    0.1094
    """
    from engine.bounds.binomial_tests import p_value_two_sided

    check_counts(n_top, n_top + n_second)
    return p_value_two_sided(n_top, n_second)


def samples_needed(
    scheme: Scheme,
    target: Mapping[str, float],
    *,
    p: float,
    alpha: float = 0.001,
    power: float = 0.9,
    bound: str = "clopper-pearson",
) -> int | None:
    """Samples from which on a perturbation is certified with chance ``power``.

    Args:
        scheme: the noise.
        target: the perturbation, e.g. ``{"radius": 0.3}``.
        p: probability of the top class.
        alpha: chance that the certificate is wrong.
        power: chance of success.
        bound: how votes become a claim.

    Returns:
        The smallest n from which on the chance stays at ``power``; None if there is none.

    >>> from certiscope import Gaussian
    >>> samples_needed(Gaussian(sigma=0.25), {"radius": 0.3}, p=0.95)
    367
    """
    from engine.bounds import BOUND_METHODS, bound_method
    from engine.planning.needed import needed
    from engine.planning.question import Question

    if bound not in {method.key for method in BOUND_METHODS}:
        raise UserError(f"There is no bound '{bound}'.")
    asked = ",".join(f"{term}={float(value)!r}" for term, value in target.items())
    goal = scheme.parse_at(asked, name="target")
    question = Question(scheme, bound_method(bound), share("alpha", alpha), goal)
    return needed(question, p=share("p", p, closed=True), power=share("power", power)).n_stay
