from __future__ import annotations

import mpmath
import pytest
import torch

from engine.noise.normals import normals, shares

WORDS = [0, 1, 2**40, 2**62 - 1, 2**62, 2**63 - 2**40, 2**63 - 1]


def test_shares_lie_strictly_between_0_and_1_and_are_those_of_the_integers() -> None:
    found = shares(torch.tensor(WORDS))
    assert found.dtype == torch.float64
    assert float(found.min()) > 0 and float(found.max()) < 1
    for word, share in zip(WORDS, found.tolist(), strict=True):
        assert share == pytest.approx((word + 0.5) / 2**63, rel=2**-52)


def test_normals_are_their_quantiles_to_the_last_digits() -> None:
    words = torch.tensor(WORDS)
    assert torch.isfinite(normals(words)).all()
    with mpmath.workdps(40):
        for share, normal in zip(shares(words).tolist(), normals(words).tolist(), strict=True):
            assert float(mpmath.ncdf(normal)) == pytest.approx(share, rel=1e-12)
