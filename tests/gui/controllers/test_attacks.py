from __future__ import annotations

import time

import pytest

from engine.core.errors import UserError
from engine.core.records import Votes
from engine.evidence.attack import AttackRecord
from engine.models.request import ModelRequest
from gui.jobs import attack_jobs

FOUND = AttackRecord(
    outcome="found",
    how="x",
    perturbation={"radius": 3.0},
    found_class=1,
    votes=Votes(counts=(0, 10, *[0] * 8)),
    alpha=0.001,
)


@pytest.fixture
def certified(session, qtbot):
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    session.loading.open_input("digits:7")
    session.runs.certify()
    qtbot.waitUntil(lambda: session.runs.evidence is not None, timeout=20_000)
    qtbot.waitUntil(lambda: not session.worker.busy(), timeout=20_000)
    return session


def attack_with(monkeypatch, answer):
    def attack(subject, evidence, execution, stop, *, case, warn):
        return answer(evidence, stop)

    monkeypatch.setattr(attack_jobs, "attack", attack)


def test_an_attack_is_shown_with_its_result(certified, monkeypatch, qtbot):
    session, attacks = certified, certified.attacks
    attack_with(monkeypatch, lambda evidence, stop: evidence.model_copy(update={"attack": FOUND}))
    assert attacks.possible
    attacks.start()
    assert attacks.running and not attacks.possible and session.loading.blocked("open a model")
    qtbot.waitUntil(lambda: not attacks.running, timeout=20_000)
    assert session.runs.evidence.attack == FOUND
    assert not attacks.possible  # it would come to the same


def test_one_that_is_stopped_leaves_the_result_and_may_be_tried_again(
    certified, monkeypatch, qtbot
):
    session, attacks = certified, certified.attacks

    def wait(evidence, stop):
        while not stop.is_set():
            time.sleep(0.005)
        return evidence

    attack_with(monkeypatch, wait)
    before = session.runs.evidence
    attacks.start()
    assert session.worker.asks.startswith("Stop looking for an attack and close?")
    session.stop()
    assert attacks.stopping
    qtbot.waitUntil(lambda: not attacks.running, timeout=20_000)
    assert session.runs.evidence is before and attacks.possible and not attacks.stopping


def test_a_contradiction_is_told_at_once(certified, monkeypatch, qtbot, said):
    inside = FOUND.model_copy(update={"perturbation": {"radius": 0.001}})
    attack_with(monkeypatch, lambda evidence, stop: evidence.model_copy(update={"attack": inside}))
    certified.attacks.start()
    qtbot.waitUntil(lambda: not certified.attacks.running, timeout=20_000)
    assert certified.runs.evidence.contradicted
    assert said()[-1].startswith("CONTRADICTION: a change of radius 0.001")
    assert not certified.runs.can_extend  # which would only hide it


def test_what_goes_wrong_is_a_sentence(certified, monkeypatch, qtbot, said):
    def fail(evidence, stop):
        raise UserError("The model is gone.")

    attack_with(monkeypatch, fail)
    certified.attacks.start()
    qtbot.waitUntil(lambda: not certified.attacks.running, timeout=20_000)
    assert said()[-1] == "The model is gone." and certified.attacks.possible
