from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from engine.demos.gallery import CASES, GalleryCase
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from gui.results.claim import ClaimCard
from gui.results.verdict import REFUTED
from gui.style import theme as themes
from gui.style.theme import stage_scale
from gui.widgets.section import unbroken


def test_the_claim_follows_the_run_then_its_result_then_a_replay(qtbot, idle_session, make):
    card, runs = ClaimCard(idle_session), idle_session.runs
    qtbot.addWidget(card)
    card.show()
    assert card.sentence.text() == "Open a model first."
    runs.snapshot = make.snapshot(CertifySettings(), 5000)
    runs.read.emit()
    assert card.outcome.text() == "RUNNING"
    assert card.headline.text() == runs.snapshot.region.headline()
    assert "stopped now" in card.sentence.text() and card.votes.text().startswith("5,000 of ")
    runs.evidence = make.evidence(CertifySettings())
    runs.evidence_changed.emit()
    assert card.outcome.text() == "CERTIFIED"
    assert card.sentence.text() == unbroken(runs.evidence.statement)
    idle_session.playback.snapshot = make.snapshot(CertifySettings(), 500)
    idle_session.playback.changed.emit()
    assert card.outcome.text() == "REPLAY" and card.sentence.isHidden()
    assert card.headline.text() == idle_session.playback.snapshot.region.headline()


def test_before_a_run_it_says_what_keeps_one_from_starting(qtbot, idle_session):
    card, loading = ClaimCard(idle_session), idle_session.loading
    qtbot.addWidget(card)
    card.show()
    loading.astray["model"] = "bad.onnx"
    loading.fitted_changed.emit()
    assert card.sentence.text().startswith("bad.onnx did not open")
    loading.go_back("model")
    assert card.sentence.text() == "Open a model first."


def test_off_stage_it_follows_nothing_and_on_stage_it_is_up_to_date(qtbot, idle_session, make):
    card, runs = ClaimCard(idle_session), idle_session.runs
    qtbot.addWidget(card)
    card.show()
    card.hide()
    runs.evidence = make.evidence(CertifySettings())
    runs.evidence_changed.emit()
    assert card.sentence.text() == "Open a model first."
    card.show()
    assert card.outcome.text() == "CERTIFIED"
    assert card.sentence.text() == unbroken(runs.evidence.statement)


@pytest.mark.parametrize(("height", "long", "keys"), [(690, 1, True), (420, 22, False)])
def test_the_whole_claim_has_room_on_a_low_stage(qtbot, idle_session, make, height, long, keys):
    card, runs = ClaimCard(idle_session), idle_session.runs
    qtbot.addWidget(card)
    runs.evidence = make.evidence(CertifySettings())
    statement = "no change of this image within these limits changes it; " * long
    card.resize(370, height)
    card.show()
    runs.evidence_changed.emit()
    card.sentence.setText(statement)
    qtbot.waitUntil(lambda: not card._fitting.isActive())
    QApplication.processEvents()
    assert card.minimumSizeHint().height() <= 200
    seen = [card.outcome, card.headline, card.unit, card.sentence]
    assert all(label.isVisible() for label in seen)
    for label in seen:
        assert label.height() >= label.heightForWidth(label.width())
        assert card.rect().contains(label.geometry())
    assert card.keys.isVisible() is keys


def test_the_sentence_grows_with_the_stage(qtbot, idle_session, make):
    card, runs = ClaimCard(idle_session), idle_session.runs
    qtbot.addWidget(card)
    runs.evidence = make.evidence(CertifySettings())
    sizes = []
    for height in (1000, 300):
        card.resize(500, height)
        card.show()
        runs.evidence_changed.emit()
        card.sentence.setText("no change of this image within these limits changes it; " * 12)
        qtbot.waitUntil(lambda: not card._fitting.isActive())
        sizes.append(card.sentence.font().pointSizeF())
    assert sizes[0] > 1.2 * themes.current().points("body") > sizes[1]


@pytest.mark.walk
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (960, 540)])
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.command], ids=lambda case: case.key
)
def test_every_family_is_legible_on_stage(loaded, case: GalleryCase, size, qtbot):
    """At 1280 by 720, and on Full HD at 100 % and 200 %, nothing is cut, and nothing scrolls."""
    runs, explore = loaded.session.runs, loaded.pages.explore
    runs.evidence = Evidence.model_validate_json(case.evidence.read_bytes())
    runs.evidence_changed.emit()
    loaded.commands["talk"].trigger()
    loaded.session.playback.stop()
    loaded.showNormal()
    loaded.resize(*size)
    wanted = stage_scale(size) * loaded.session.preferences.text_size
    qtbot.waitUntil(lambda: themes.current().scale == pytest.approx(wanted))
    for _ in range(4):  # a new size reaches the innermost layouts after some rounds
        QApplication.processEvents()
    assert loaded.size().toTuple() == size
    assert loaded.body.verticalScrollBar().maximum() == 0
    card, small = explore.claim, themes.current().points("small")
    seen = [label for label in card.findChildren(QLabel) if label.isVisible() and label.text()]
    assert {card.outcome, card.sentence} <= set(seen)
    for label in seen:
        assert card.rect().contains(label.geometry()), label.text()
        assert label.height() >= label.heightForWidth(label.width()), label.text()
        assert label.fontInfo().pointSizeF() >= 0.8 * small
    assert small >= 10 * size[1] / 720
    plot = explore.region
    assert plot.isVisible() and explore.grid.rect().contains(plot.parentWidget().geometry())
    for place in range(4):
        explore.grid.show_plot(place)
        for _ in range(4):
            QApplication.processEvents()
        for label in (explore.plots[place].subtitle, loaded.progress.numbers):
            assert label.isVisible() and label.shown().replace("\n", " ") == label.text()
    loaded.commands["talk"].trigger()


def test_a_replay_of_what_an_attack_refutes_claims_nothing(qtbot, idle_session, make):
    """On stage its last moment stands until somebody ends it."""
    card, played = ClaimCard(idle_session), idle_session.playback
    qtbot.addWidget(card)
    card.show()
    settings = CertifySettings()
    change = {"radius": 0.01}
    attack = AttackRecord(outcome="found", how="x", perturbation=change, found_class=1, alpha=0.001)
    played.evidence = make.evidence(settings).model_copy(update={"attack": attack})
    played.snapshot = make.snapshot(settings, settings.n)
    assert played.evidence.contradicted and played.snapshot.region is not None
    played.changed.emit()
    assert card.outcome.text() == "REPLAY" and card.sentence.text() == REFUTED
    assert card.headline.text() == "nothing certified" and card.unit.isHidden()
