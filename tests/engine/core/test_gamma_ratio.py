from __future__ import annotations

import mpmath
import pytest

from engine.core.gamma_ratio import log_gamma_ratio


@pytest.mark.parametrize("a", [0.3, 5.0, 64.0, 64.5, 1536.0, 3e6])
@pytest.mark.parametrize("delta", [-0.25, 1e-3, 1.0, 40.0])
def test_it_is_the_quotient_in_high_precision(a: float, delta: float) -> None:
    with mpmath.workdps(40):
        exact = mpmath.loggamma(mpmath.mpf(a) + mpmath.mpf(delta)) - mpmath.loggamma(a)
        assert log_gamma_ratio(a, delta) == pytest.approx(float(exact), rel=1e-13, abs=1e-13)
