"""Numbers that no attack can have are refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from engine.attacks.plan import AttackPlan


@pytest.mark.parametrize("wrong", [{"samples": 1}, {"n": 0}, {"alpha": 0.0}, {"alpha": 1.0}])
def test_bounds(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        AttackPlan(**wrong)
