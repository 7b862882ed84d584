from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtGui import QAction, QGuiApplication

from engine.core.glossary import meaning
from engine.core.records import Fitting
from engine.core.rounding import round_down
from engine.evidence.attack import AttackRecord
from engine.evidence.settings import CertifySettings
from engine.schemes import Gaussian
from gui.results.statement import StatementPanel
from gui.results.verdict import REFUTED
from gui.shell.commands import COMMANDS
from gui.widgets.section import unbroken


@pytest.fixture
def panel(qtbot, idle_session, make):
    actions = {command.id: QAction(command.title) for command in COMMANDS}
    idle_session.loading.model = make.model()
    panel = StatementPanel(idle_session, actions)
    panel.keep = actions
    qtbot.addWidget(panel)
    return panel


def show(panel, session, evidence):
    session.runs.evidence = evidence
    session.runs.evidence_changed.emit()


def test_it_waits_with_a_sentence(panel, idle_session, monkeypatch):
    assert panel.sentence.text() == "Choose a model and an input, then press Certify (F5)."
    monkeypatch.setattr(type(idle_session.runs), "ready", property(lambda _: True))
    panel.refresh()
    assert panel.sentence.text() == "Press Certify (F5)."
    assert not panel.copy.isEnabled()


def test_a_certificate(panel, idle_session, make):
    evidence = make.evidence(CertifySettings())
    show(panel, idle_session, evidence)
    assert panel.outcome.text() == "CERTIFIED"
    assert panel.headline.text() == f"R = {round_down(evidence.radius, 3)}"
    assert float(panel.headline.text()[4:]) <= evidence.radius
    assert panel.sentence.text() == unbroken(evidence.statement)
    assert panel.outcome.toolTip() == meaning("certificate")
    assert panel.headline.toolTip() == meaning("ball")
    assert evidence.settings.scheme.limits[0] in panel.limits.text()


def test_an_abstention_is_not_certified_at_zero(panel, idle_session, make):
    show(panel, idle_session, make.evidence(CertifySettings(), share=0.5))
    assert panel.outcome.text() == "ABSTAINED"
    assert panel.headline.text() == ""
    assert dict(panel._rows)["n that would certify"] == "about 5,000"


def test_a_partial_run_says_so(panel, idle_session, make):
    show(panel, idle_session, make.evidence(CertifySettings(), n=5000))
    assert panel.outcome.text() == "CERTIFIED · PARTIAL"


def test_a_running_claim_names_the_image_as_the_model_takes_it(
    panel, idle_session, make, monkeypatch
):
    fitting = Fitting(steps=("resized from 4 x 4",), source=(1, 4, 4), levels=255)
    given = make.evidence(CertifySettings()).input.model_copy(update={"fitting": fitting})
    fitted = SimpleNamespace(identity=given)
    monkeypatch.setattr(type(idle_session.loading), "fitted", property(lambda _: fitted))
    idle_session.runs.snapshot = make.snapshot(CertifySettings(), 5000)
    idle_session.runs.read.emit()
    assert "of the input as the model takes it (" in panel.unit.text()
    assert "resized from 4 x 4" in panel.unit.text()


def test_a_valid_bound_may_be_claimed_while_it_runs(panel, idle_session, make):
    idle_session.runs.snapshot = make.snapshot(CertifySettings(), 5000)
    idle_session.runs.read.emit()
    assert panel.outcome.text() == "RUNNING"
    assert panel.headline.text().startswith("R = ")
    assert panel.sentence.text() == "This may be claimed if the run is stopped now."


def test_a_provisional_bound_claims_nothing(panel, idle_session, make):
    idle_session.runs.snapshot = make.snapshot(CertifySettings(bound="clopper-pearson"), 5000)
    idle_session.runs.read.emit()
    assert panel.headline.text() == ""
    assert panel.sentence.text() == "Nothing may be claimed before the planned n."
    assert panel.basis.text() == "provisional, no claim before n = 100,000"


def test_the_text_can_be_copied(panel, idle_session, make):
    show(panel, idle_session, make.evidence(CertifySettings()))
    panel.copy.click()
    text = QGuiApplication.clipboard().text()
    assert "alpha: 0.001" in text
    assert text.startswith("CERTIFIED\n")
    assert panel.unit.text() and panel.unit.text() in text


def test_the_badge_says_what_the_noise_is(panel, idle_session, make):
    assert panel.badge.isHidden()
    show(panel, idle_session, make.evidence(CertifySettings()))
    assert panel.badge.text() == "Float noise"
    show(panel, idle_session, make.evidence(CertifySettings(noise="exact")))
    assert panel.badge.text() == "Sound on the 8-bit grid"
    assert panel.badge.property("role") == "badge-sound"


def test_why_a_run_ended_and_which_it_is(panel, idle_session, make):
    evidence = make.evidence(CertifySettings(), n=5000)
    show(panel, idle_session, evidence.model_copy(update={"run_number": 3}))
    assert panel.ended.text() == "Ended: stopped. Run 3 on this model, input and setting."
    show(panel, idle_session, make.evidence(CertifySettings()))
    assert panel.ended.isHidden()


def test_an_abstention_offers_its_ways_out(panel, idle_session, make, qtbot, monkeypatch):
    monkeypatch.setattr(type(idle_session.runs), "ready", property(lambda _: True))
    found = make.evidence(CertifySettings(scheme=Gaussian(sigma=1.0)), share=0.5)
    show(panel, idle_session, found)
    assert not panel.trained.isHidden() and panel.larger.isHidden()
    assert panel.trained.text() == "Run with Gaussian noise, sigma 0.25"
    with qtbot.waitSignal(panel.scheme_wanted) as heard:
        panel.trained.click()
    assert heard.args == [Gaussian(sigma=0.25)]
    wrong = found.abstention.model_copy(update={"reason": "wrong-guess"})
    own = make.evidence(CertifySettings(), share=0.5).model_copy(update={"abstention": wrong})
    show(panel, idle_session, own)
    assert panel.trained.isHidden() and panel.larger.text() == "Run with n0 = 1,000"
    with qtbot.waitSignal(panel.n0_wanted) as heard:
        panel.larger.click()
    assert heard.args == [1000]
    show(panel, idle_session, make.evidence(CertifySettings(scheme=Gaussian(sigma=1.0))))
    assert panel.trained.isHidden() and panel.larger.isHidden()


def test_a_way_out_starts_another_run(loaded, engine, qtbot):
    loaded.left.settings.put(n=1_000)
    loaded.statement.n0_wanted.emit(500)
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    assert loaded.session.runs.evidence.settings.n0 == 500
    loaded.statement.scheme_wanted.emit(Gaussian(sigma=0.5))
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    assert loaded.session.runs.evidence.settings.scheme == Gaussian(sigma=0.5)


def test_beside_the_replay_of_another_run_stands_that_run_and_no_claim(panel, idle_session, make):
    own = make.evidence(CertifySettings())
    show(panel, idle_session, own)
    played = idle_session.playback
    played.evidence, played.snapshot = own, make.snapshot(CertifySettings(), 500)
    played.changed.emit()
    panel.refresh()
    assert panel.outcome.text() == "CERTIFIED"  # of the run that is shown
    other = own.model_copy(update={"run_id": "other"})
    played.evidence = other
    panel.refresh()
    assert panel.outcome.text() == "REPLAY" and "nothing claimed" in panel.sentence.text()
    assert panel.basis.text() == f"{other.model.name} · {other.input.name}"
    assert dict(panel._rows)["votes"] == "490 of 500" and panel.limits.isHidden()
    for n in (2_000, 40_000, 3_000):  # every moment of it, as the plots show
        played.snapshot = make.snapshot(CertifySettings(), n)
        played.changed.emit()
        assert panel.headline.text() == played.snapshot.region.headline()
    change = {"radius": 0.01}
    attack = AttackRecord(outcome="found", how="x", perturbation=change, found_class=1, alpha=0.001)
    played.evidence = other.model_copy(update={"attack": attack})
    panel.refresh()
    assert panel.sentence.text() == REFUTED and panel.headline.isHidden()
    played.evidence = played.snapshot = None
    panel.refresh()
    assert panel.outcome.text() == "CERTIFIED" and panel.sentence.text() == unbroken(own.statement)
