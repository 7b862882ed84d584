"""What was changed in the record of an attack is found."""

from __future__ import annotations

from typing import Any

import pytest

from engine.attacks.attack import attacked
from engine.core.records import Votes
from engine.evidence.evidence import Evidence
from engine.verify.attacks import check_attack
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.engine.attacks.test_attack import CPU, PLAN, X, certified
from tests.fakes import HalfSpace


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    model = HalfSpace(0.5)
    return attacked(certified(model), model, X, PLAN, execution=CPU)


def test_an_attack_as_it_was_made_holds(evidence: Evidence) -> None:
    claims = {claim.name: claim.verdict for claim in check_counts(recount_of(evidence))}
    assert claims["attack on the smoothed model"] == "holds"
    assert set(claims.values()) == {"holds"}
    assert check_attack(evidence.model_copy(update={"attack": None})) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"votes": Votes(counts=(3000, 1000))}, "its votes do not show that the class has lost"),
        ({"votes": None}, "one vote count per class"),
        ({"votes": Votes(counts=(1, 4000))}, "none of an attack"),
        ({"votes": Votes(counts=(1, 2, 3))}, "one vote count per class"),
        ({"p_value": 0.5}, "attack.p_value is 0.5"),
        ({"found_class": 0}, "attack.found_class is 0"),
        ({"alpha": 1e-30}, "its votes do not show that the class has lost"),
        ({"lost": "threshold"}, "is not what the scheme certifies"),
        ({"outside": 0.1}, "attack.outside"),
        ({"tries": 0}, "none of an attack"),
        ({"key": "0" * 16}, "attack.key"),
        ({"pixels_sha256": "1" * 64}, "attack.key"),
        ({"perturbation": {"words": 2.0}}, "not in the terms of the scheme"),
        ({"perturbation": {"radius": 0.01}}, "inside the certified region"),
        ({"contradicts": True}, "inside the certified region"),
        ({"outcome": "not found"}, "did not find"),
    ],
)
def test_a_change_is_found(evidence: Evidence, change: dict[str, Any], wrong: str) -> None:
    assert evidence.attack is not None
    other = evidence.attack.model_copy(update=change)
    try:
        found = check_attack(evidence.model_copy(update={"attack": other}))
    except KeyError:  # a region asked for terms it does not have; check_counts says so
        found = ["its change is not in the terms of the scheme"]
    assert any(wrong in clause for clause in found), found
