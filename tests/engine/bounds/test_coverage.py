"""Statistical: the claim p >= p_lower fails at most alpha of the time."""

import numpy as np
import pytest
from scipy.stats import binom

from engine.bounds import bound_method
from engine.records import Votes

ALPHA = 0.05
RUNS = 4000


def false_claims(key: str, p: float, n: int, seed: int) -> int:
    rng = np.random.default_rng(seed)
    method = bound_method(key)
    wrong = 0
    for _ in range(RUNS):
        k = int(rng.binomial(n, p))
        bounds = method.at(Votes(counts=(k, n - k)), top=0, alpha=ALPHA, n_plan=n)
        wrong += bounds.p_lower > p or bounds.p_upper < 1 - p
    return wrong


@pytest.mark.statistics
@pytest.mark.parametrize("key", ["live", "clopper-pearson", "two-class"])
@pytest.mark.parametrize("p", [0.55, 0.8, 0.99])
def test_false_claims_stay_below_alpha(key: str, p: float):
    wrong = false_claims(key, p, 1000, seed=int(1000 * p))
    assert wrong <= binom.ppf(1 - 1e-6, RUNS, ALPHA)


@pytest.mark.statistics
@pytest.mark.parametrize(("key", "holds"), [("live", True), ("clopper-pearson", False)])
def test_peeking_breaks_clopper_pearson_but_not_live(key: str, holds: bool):
    """Whoever stops when the bound looks good: live keeps alpha, Clopper-Pearson must not."""
    rng = np.random.default_rng(7)
    method, p, n, step = bound_method(key), 0.7, 2000, 50
    runs, wrong = 1500, 0
    for _ in range(runs):
        k = np.cumsum(rng.binomial(step, p, size=n // step))
        for look, successes in enumerate(k, start=1):
            votes = Votes(counts=(int(successes), int(look * step - successes)))
            if method.at(votes, top=0, alpha=ALPHA, n_plan=n).p_lower > p:
                wrong += 1
                break
    assert (wrong <= binom.ppf(1 - 1e-6, runs, ALPHA)) == holds
