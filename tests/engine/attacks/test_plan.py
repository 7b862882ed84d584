"""Numbers that no attack can have are refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from engine.attacks.plan import AttackPlan
from engine.evidence.attack import AttackRecord


def test_an_attack_by_the_same_plan_is_not_made_again() -> None:
    plan = AttackPlan(samples=200)
    record = AttackRecord(outcome="not found", how="x", samples=200, n=plan.n, alpha=plan.alpha)
    assert plan.answered(record) and not AttackPlan().answered(record)
    assert not plan.answered(None)
    assert not plan.answered(record.model_copy(update={"outcome": "not tried"}))


@pytest.mark.parametrize("wrong", [{"samples": 1}, {"n": 0}, {"alpha": 0.0}, {"alpha": 1.0}])
def test_bounds(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        AttackPlan(**wrong)
