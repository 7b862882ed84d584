from __future__ import annotations

import pytest

from engine.settings import RunSettings
from gui.panels.explore import Explore


@pytest.fixture
def explore(qtbot, idle_session, make):
    idle_session.model = make.model()
    explore = Explore(idle_session)
    qtbot.addWidget(explore)
    return explore


def test_every_plot_waits_with_a_sentence(explore):
    assert all(plot.waiting.text() for plot in explore.plots)
    assert all(plot.figure is None for plot in explore.plots)


def test_plots_follow_snapshots_then_evidence(explore, idle_session, make, qtbot):
    idle_session.snapshot = make.snapshot(RunSettings(), 5000)
    idle_session.snapshot_changed.emit()
    qtbot.waitUntil(lambda: explore.votes.figure is not None)
    qtbot.waitUntil(lambda: explore.bounds.figure is not None)
    assert explore.votes.figure.n_estimation == 5000
    idle_session.evidence = make.evidence(RunSettings(n=8000))
    idle_session.evidence_changed.emit()
    assert explore.votes.figure.n_estimation == 8000
    assert explore.bounds.figure.n_plan == 8000


def test_pictures_come_and_go(explore, idle_session, make):
    idle_session.pictures.slice = make.slice(RunSettings())
    idle_session.pictures.meaning = make.meaning()
    idle_session.pictures.changed.emit()
    assert explore.region.figure is idle_session.pictures.slice
    idle_session.pictures.clear()
    assert explore.region.figure is None
    assert explore.meaning.figure is None


def test_exports_are_told_in_the_window(explore, qtbot):
    with qtbot.waitSignal(explore.notice) as told:
        explore.votes.copy_image()
    assert told.args == ["error", "Votes: there is nothing to export yet."]
