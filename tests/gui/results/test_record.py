from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from engine.evidence.observations import EnsembleRecord, MemberVotes
from engine.evidence.settings import CertifySettings, declared
from engine.evidence.spread import MemberSpread
from engine.schemes.rotation import Rotation
from gui.results.record import RecordView
from gui.widgets.section import unbroken


@pytest.fixture
def view(qtbot):
    view = RecordView()
    qtbot.addWidget(view)
    view.resize(1000, 500)
    view.show()
    return view


def test_everything_comes_from_the_evidence(view, make):
    evidence = make.evidence(CertifySettings(seed=9, noise="exact"))
    view.show_evidence(evidence, "Run 3")
    assert view.title.text() == "Run 3"
    assert view.outcome.text() == "CERTIFIED"
    assert view.sentence.text() == unbroken(evidence.statement)
    assert " %" not in view.sentence.text()  # nor is a percentage broken over two lines
    assert view.badge.text() == "Sound on the 8-bit grid"
    assert ("seed", "9") in view.facts.rows
    assert view.votes.figure.n_estimation == 100_000
    assert view.bounds.figure.points == evidence.trajectory


def test_a_sentence_in_place_of_a_result(view, make):
    view.show_evidence(make.evidence(CertifySettings()), "Run 3")
    view.show_text("Run 4", "Run 4 is damaged: its votes are damaged from block 2 on.")
    assert view.evidence is None
    assert view.sentence.text().startswith("Run 4 is damaged")
    assert not view.outcome.isVisible()
    assert not view.plots.isVisible()
    assert not view.pdf.isVisible()


def test_it_is_saved_as_what_it_is(view, make, qtbot):
    evidence = make.evidence(CertifySettings())
    view.show_evidence(evidence, "Run 3")
    with qtbot.waitSignal(view.export) as heard:
        view.json.click()
    assert heard.args == [evidence, "json"]


def test_what_does_not_hold_is_not_sealed_anew(view, make):
    evidence = make.evidence(CertifySettings())
    view.show_evidence(evidence, "Run 3", recomputed="Nothing follows.")
    assert not view.json.isEnabled() and not view.pdf.isEnabled()
    view.show_evidence(evidence, "Run 3")
    assert view.json.isEnabled() and view.pdf.isEnabled()


def test_plots_stand_side_by_side_where_there_is_room(view, make):
    view.show_evidence(make.evidence(CertifySettings()), "Run 3")
    QApplication.processEvents()
    assert view.plots.splitter.orientation() == Qt.Orientation.Horizontal
    view.resize(600, 600)
    QApplication.processEvents()
    assert view.plots.splitter.orientation() == Qt.Orientation.Vertical


def test_a_run_without_a_bound_over_n_says_why(view, make):
    evidence = make.evidence(CertifySettings()).model_copy(update={"trajectory": ()})
    view.show_evidence(evidence, "Run 3")
    assert view.bounds.figure is None
    assert view.bounds.waiting.text() == "There is no bound over n."
    settings = declared("certify", Rotation(), {"seed": 1})
    view.show_evidence(evidence.model_copy(update={"settings": settings}), "Run 4")
    assert view.bounds.waiting.text().startswith("Each anchor has a bound of its own")


def test_the_variance_of_members_is_shown_where_it_was_measured(view, make):
    evidence = make.evidence(CertifySettings())
    view.show_evidence(evidence, "Run 3")
    assert not view.spread.isVisible()
    votes = MemberVotes(asked=9, counts=(9, *(0,) * 9))
    spread = MemberSpread(samples=9, variances=(4.0, 4.0), of_first=(4.0, 3.0))
    record = EnsembleRecord(samples=9, members=(votes, votes), spread=spread)
    view.show_evidence(evidence.model_copy(update={"ensemble": record}), "Run 4")
    view.plots.names["Variance"].click()
    assert view.spread.isVisible() and "zeta 0.50" in view.spread.figure.curves[1].name
    view.show_evidence(evidence, "Run 3")
    assert not view.spread.isVisible()
