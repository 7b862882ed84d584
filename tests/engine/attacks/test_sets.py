"""Rows of a set are attacked once each, and a contradiction stops the set."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from engine.attacks import sets
from engine.attacks.plan import AttackPlan
from engine.attacks.sets import RowAttacks
from engine.core.errors import UserError
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import Evidence
from engine.evidence.settings import USUAL
from tests.factories import make_evidence
from tests.fakes import HalfSpace

PLAN = AttackPlan()
FAR = AttackRecord(outcome="found", how="x", perturbation={"radius": 9.0}, **dict(PLAN))
NEAR = FAR.model_copy(update={"perturbation": {"radius": 0.0001}})


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What was attacked, with what outcome, kept and warned of."""

    class Made:
        outcome, attacked = FAR, 0
        kept: list[Evidence] = []
        warned: list[str] = []
        stop = threading.Event()

        def attacks(self, plan: AttackPlan | None) -> RowAttacks:
            how: dict[str, Any] = {"execution": USUAL, "stop": self.stop, "keep": self.keep}
            return RowAttacks(HalfSpace(0.5), plan, **how, warn=self.warned.append)

        def keep(self, evidence: Evidence) -> None:
            if self.attacked > 1:
                raise UserError("The disk is full.")
            self.kept.append(evidence)

    found = Made()
    found.kept, found.warned = [], []

    def attacked(evidence: Evidence, *args: Any, **more: Any) -> Evidence:
        found.attacked += 1
        return evidence.model_copy(update={"attack": found.outcome})

    monkeypatch.setattr(sets, "attacked", attacked)
    monkeypatch.setattr(sets, "load_input", lambda spec: spec)
    monkeypatch.setattr(sets, "fitted", lambda classifier, given: given)
    return found


def test_a_row_is_attacked_once_and_kept(made: Any) -> None:
    attack = made.attacks(PLAN)
    first = attack("a", make_evidence())
    assert first.attack == FAR and made.kept == [first] and attack.found == {"a": FAR}
    assert attack("a", first) is first and made.attacked == 1
    assert attack("b", make_evidence()).attack == FAR
    assert made.warned == ["The disk is full. The attack is not in the case."]
    assert not made.stop.is_set()


def test_a_contradiction_stops_the_set_whether_or_not_attacks_were_asked_for(made: Any) -> None:
    made.outcome = NEAR
    assert made.attacks(PLAN)("a", make_evidence()).contradicted and made.stop.is_set()
    made.stop.clear()
    refuted = make_evidence(attack=NEAR)
    assert made.attacks(None)("a", refuted) is refuted and made.stop.is_set()
