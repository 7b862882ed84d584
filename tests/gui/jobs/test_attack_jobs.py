from __future__ import annotations

import threading

from engine.attacks import attack as attacks
from engine.case import Case
from engine.case.merging import adopt
from engine.evidence.attack import AttackRecord
from engine.evidence.settings import Execution
from gui.jobs.attack_jobs import attack
from gui.jobs.engine_jobs import Subject
from tests.engine.attacks.test_attack import X, certified
from tests.fakes import HalfSpace

HOW = AttackRecord(outcome="not found", how="None was found.")


def test_an_attack_is_kept_with_its_run(tmp_path, monkeypatch):
    def attacked(evidence, classifier, fitted, *, execution, stop):
        assert (classifier, fitted) == (subject.classifier, X)
        return evidence if stop.is_set() else evidence.model_copy(update={"attack": HOW})

    monkeypatch.setattr(attacks, "attacked", attacked)
    model, stop, said = HalfSpace(0.5), threading.Event(), []
    subject, evidence = Subject(model, None, X), certified(model, n=200)
    case = Case.create(tmp_path / "a.certiscope")
    run = adopt(case, evidence, None)
    common = {"case": case, "warn": said.append}
    found = attack(subject, evidence, Execution(), stop, **common)
    assert found.attack == HOW == case.evidence(run).attack and not said
    assert attack(subject, evidence, Execution(), stop, case=None, warn=said.append) == found
    other = evidence.model_copy(
        update={"observations": evidence.votes.model_copy(update={"estimation": (1, 2)})}
    )
    assert attack(subject, other, Execution(), stop, **common).attack == HOW
    (warned,) = said
    assert "has other votes than those attacked. The attack is not in the case." in warned
    stop.set()
    assert attack(subject, evidence, Execution(), stop, **common) is evidence
