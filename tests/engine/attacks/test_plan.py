"""Numbers that no attack can have are refused."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from engine.attacks.plan import AttackPlan, refusal
from engine.evidence.attack import AttackRecord
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.procedures.certify import certify
from engine.schemes import DssnL1, Gaussian
from tests.fakes import HalfSpace, finish, fitted


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


def test_what_is_not_attacked_is_known_beforehand_and_without_torch() -> None:
    """What the window asks before it offers an attack."""
    code = (
        "import sys; from engine.attacks.plan import refusal; "
        "raise SystemExit('torch' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    ran = {"n": 200, "n0": 20}
    certified = finish(certify(HalfSpace(9.0), fitted(), CertifySettings(**ran)))
    assert refusal(certified) == ""
    exact = finish(certify(HalfSpace(9.0), fitted(), ExactSettings(scheme=DssnL1(lam=0.1))))
    assert refusal(exact) == ""
    ranked = CertifySettings(scheme=Gaussian(top_k=2), **ran)
    found = finish(certify(HalfSpace(9.0, classes=3), fitted(), ranked))
    assert refusal(found) == ""
    soft = finish(certify(HalfSpace(9.0), fitted(), CertifySettings(bound="soft", **ran)))
    assert soft.outcome == "certified"
    assert refusal(soft).startswith("No attack is built for a soft claim")
