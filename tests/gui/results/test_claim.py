from __future__ import annotations

from engine.evidence.settings import CertifySettings
from gui.results.claim import ClaimCard


def test_the_claim_follows_the_run_then_its_result_then_a_replay(qtbot, idle_session, make):
    card, runs = ClaimCard(idle_session), idle_session.runs
    qtbot.addWidget(card)
    assert card.sentence.text() == "Press F5 to certify."
    runs.snapshot = make.snapshot(CertifySettings(), 5000)
    runs.snapshot_changed.emit()
    assert card.outcome.text() == "RUNNING"
    assert card.headline.text() == runs.snapshot.region.headline()
    assert "stopped now" in card.sentence.text() and card.votes.text().startswith("5,000 of ")
    runs.evidence = make.evidence(CertifySettings())
    runs.evidence_changed.emit()
    assert card.outcome.text() == "CERTIFIED"
    assert card.sentence.text() == runs.evidence.statement
    idle_session.playback.snapshot = make.snapshot(CertifySettings(), 500)
    idle_session.playback.changed.emit()
    assert card.outcome.text() == "REPLAY" and card.sentence.isHidden()
    assert card.headline.text() == idle_session.playback.snapshot.region.headline()
