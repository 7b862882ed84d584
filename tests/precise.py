"""Binomial tails in 50-digit arithmetic, to hold the bounds against."""

from __future__ import annotations

from collections.abc import Iterator

from mpmath import exp, log, loggamma, mp, mpf

mp.dps = 50

TRIALS = (1, 2, 10, 1000, 10**5, 10**7, 10**9)
ALPHAS = (1e-12, 1e-4, 0.001, 0.05, 0.5)


def grid() -> Iterator[tuple[int, int, float]]:
    """Successes, trials and alpha, the extremes among them."""
    for n in TRIALS:
        near = {n - 1000, n - 20, n - 2, n - 1, n}
        middle = {1, n // 2, 9 * n // 10} if n < 10**9 else set()
        for k in sorted(near | middle):
            yield from ((k, n, alpha) for alpha in ALPHAS if 0 < k <= n)


def log_beta(a: mpf, b: mpf) -> mpf:
    """log B(a, b)."""
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def beta_cdf(a: mpf, b: mpf, x: mpf) -> mpf:
    """I_x(a, b), the regularised incomplete beta function, by its continued fraction."""
    a, b, x = mpf(a), mpf(b), mpf(x)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(b, a, 1 - x)
    c, d = mpf(1), 1 / (1 - (a + b) * x / (a + 1))
    value, m, change = d, 0, mpf(0)
    while abs(change - 1) > mpf(10) ** -40:
        m += 1
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            c, d = 1 + step / c, 1 / (1 + step * d)
            change = c * d
            value *= change
    return value * exp(a * log(x) + b * log(1 - x) - log(a) - log_beta(a, b))


def upper_tail(k: int, n: int, others: mpf) -> mpf:
    """P(Bin(n, 1 - others) >= k) for k >= 1."""
    return (1 - others) ** n if k == n else 1 - beta_cdf(n - k + 1, k, others)


def log_e(others: mpf, k: int, n: int) -> mpf:
    """The truncated beta mixture against p = 1 - others, in logarithms."""
    half, failures = mpf(1) / 2, n - k
    null = k * log(1 - others) + (failures * log(others) if failures else 0)
    kept = log(beta_cdf(half + failures, half + k, others)) - log(beta_cdf(half, half, others))
    return log_beta(half + k, half + failures) - log_beta(half, half) - null + kept
