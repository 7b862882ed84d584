from __future__ import annotations

import pytest
from PySide6.QtGui import QAction, QGuiApplication

from engine.core.records import Votes
from engine.evidence.attack import AttackRecord
from engine.evidence.settings import CertifySettings
from gui.results.claim import ClaimCard
from gui.results.record import RecordView
from gui.results.statement import StatementPanel
from gui.results.verdict import verdict_of
from gui.shell.commands import COMMANDS
from gui.widgets.section import unbroken

INSIDE = AttackRecord(
    outcome="found",
    how="x",
    perturbation={"radius": 0.01},
    found_class=1,
    votes=Votes(counts=(0, 10, *[0] * 8)),
    alpha=0.001,
)


@pytest.fixture
def refuted(make):
    return make.evidence(CertifySettings()).model_copy(update={"attack": INSIDE})


def test_a_result_is_named_by_its_outcome(make):
    evidence = make.evidence(CertifySettings())
    verdict = verdict_of(evidence)
    assert (verdict.word, verdict.role, verdict.frame) == ("CERTIFIED", "certified", "")
    assert verdict.headline.startswith("R = ") and verdict.sentence == evidence.statement
    stopped = verdict_of(make.evidence(CertifySettings(), n=5000))
    assert stopped.word == "CERTIFIED · PARTIAL"
    outside = INSIDE.model_copy(update={"perturbation": {"radius": 3.0}})
    beside = verdict_of(evidence.model_copy(update={"attack": outside}))
    assert (beside.word, beside.headline) == (verdict.word, verdict.headline)
    assert "no guarantee" in beside.attack and not verdict.attack


def test_on_stage_an_attack_is_a_line(qtbot, idle_session, make):
    card, outside = (
        ClaimCard(idle_session),
        INSIDE.model_copy(update={"perturbation": {"radius": 3.0}}),
    )
    qtbot.addWidget(card)
    card.show()
    idle_session.runs.evidence = make.evidence(CertifySettings()).model_copy(
        update={"attack": outside}
    )
    idle_session.runs.evidence_changed.emit()
    assert card.attack.text() == "attack: radius 3 (no guarantee)"
    idle_session.runs.evidence = make.evidence(CertifySettings())
    idle_session.runs.evidence_changed.emit()
    assert card.attack.text() == ""


def test_no_page_claims_what_an_attack_refutes(qtbot, idle_session, make, refuted):
    """Statement, talk card and record: red, without a number, the claim struck through."""
    panel = StatementPanel(idle_session, {one.id: QAction(one.title) for one in COMMANDS})
    card, view = ClaimCard(idle_session), RecordView()
    for widget in (panel, card, view):
        qtbot.addWidget(widget)
    card.show()
    idle_session.runs.evidence = refuted
    idle_session.runs.evidence_changed.emit()
    view.show_evidence(refuted, "Run 3")
    for one in (panel, card, view):
        assert one.outcome.text() == "CONTRADICTED" and one.property("role") == "error"
        assert one.sentence.text().startswith("CONTRADICTION: a change of radius 0.01")
        assert one.unit.text() == "" and "R = " not in one.headline.text()
    assert card.attack.text() == ""
    for one in (panel, view):
        assert unbroken(refuted.statement) in unbroken(one.struck.text())
    panel.copy_text()
    assert "As stated, which does not hold: R = " in QGuiApplication.clipboard().text()
    sound = make.evidence(CertifySettings())
    idle_session.runs.evidence = sound
    idle_session.runs.evidence_changed.emit()
    view.show_evidence(sound, "Run 4")
    for one in (panel, card, view):
        assert one.outcome.text() == "CERTIFIED" and one.property("role") == ""


def test_a_statement_names_the_window_s_fields(make):
    """What is recorded keeps its words; no flag of the command line stands in the window."""
    said = "No larger n helps: without noise of its own, --sigma-b, a shift counts as a change."
    evidence = make.evidence(CertifySettings()).model_copy(update={"statement": said})
    assert verdict_of(evidence).sentence == said.replace("--sigma-b", "'sigma of brightness'")
    assert evidence.statement == said
