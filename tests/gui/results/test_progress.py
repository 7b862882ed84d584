from __future__ import annotations

import pytest

from engine.evidence.cost import Cost
from engine.evidence.observations import AnchorRecord
from engine.evidence.settings import CertifySettings, declared
from engine.schemes.rotation import Rotation
from gui.results.progress import ProgressPanel, clock, speed


@pytest.fixture
def panel(qtbot, idle_session):
    panel = ProgressPanel(idle_session)
    qtbot.addWidget(panel)
    return panel


def test_it_says_that_the_engine_warms_up(panel, idle_session):
    assert panel.doing.text() == "warming up the engine…"
    idle_session.worker._on_warm(None)
    idle_session.worker.activity_changed.emit()
    assert panel.doing.text() == ""


def test_a_run(panel, idle_session, make):
    idle_session.runs.snapshot = make.snapshot(CertifySettings(), 50_000)
    idle_session.runs.snapshot_changed.emit()
    assert panel.bar.value() == 500
    assert panel.numbers.text() == (
        "50,100 / 100,100 votes · bounding it · 1,000 votes/s · 0:50 left"
    )


def test_a_partial_result(panel, idle_session, make):
    idle_session.runs.evidence = make.evidence(CertifySettings(), n=25_000)
    idle_session.runs.evidence_changed.emit()
    assert panel.numbers.text().startswith("25,000 / 100,000 votes (partial)")
    assert panel.bar.value() == 250


def test_a_full_bar_leaves_its_room_to_the_numbers(panel, idle_session, make, qtbot):
    panel.resize(900, 40)
    panel.show()
    idle_session.runs.snapshot = make.snapshot(CertifySettings(), 50_000)
    idle_session.runs.snapshot_changed.emit()
    qtbot.wait(1)
    bar, numbers = panel.bar.width(), panel.numbers.width()
    idle_session.runs.evidence = make.evidence(CertifySettings())
    idle_session.runs.evidence_changed.emit()
    qtbot.wait(1)
    assert panel.bar.width() < bar / 2 and panel.numbers.width() > numbers
    assert panel.numbers.shown() == panel.numbers.text()


def test_a_replay_is_followed_and_not_the_result_beside_it(panel, idle_session, make):
    own, other = make.evidence(CertifySettings()), make.evidence(CertifySettings())
    idle_session.runs.evidence = own
    idle_session.runs.evidence_changed.emit()
    for played in (own, other):
        idle_session.playback._begin(played, 60.0, (make.snapshot(CertifySettings(), 50_000),))
        assert panel.numbers.text() == "replay · 50,000 of 100,000 votes"
        assert panel.bar.value() == 500
        idle_session.playback.stop()
        assert panel.numbers.text().startswith("100,000 / 100,000 votes")


def test_a_sweep_counts_no_votes_against_the_n_of_one_anchor(panel, idle_session, make):
    found = make.evidence(CertifySettings(n=13_056))
    update = {
        "settings": declared("certify", Rotation(degrees=10), {"n": 2_000, "seed": 1}),
        "anchors": tuple(AnchorRecord(cell=cell, distance=0.1) for cell in (2, 3)),
        "region": Rotation(degrees=10).swept(-5.0, 5.0),
    }
    idle_session.runs.evidence = found.model_copy(update=update)
    idle_session.runs.evidence_changed.emit()
    assert panel.numbers.text().startswith("13,056 votes at 2 anchors · ")
    assert panel.bar.value() == 1000
    idle_session.runs.evidence = found.model_copy(update={**update, "complete": False})
    idle_session.runs.evidence_changed.emit()
    assert panel.numbers.text().startswith("13,056 votes at 2 anchors (partial)")
    assert panel.bar.value() == 500


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (0.2, "0:01"), (59.5, "1:00"), (3600, "1:00:00")]
)
def test_time_left_never_says_less_than_there_is(seconds, shown):
    assert clock(seconds) == shown


@pytest.mark.parametrize(
    ("rate", "shown"), [(3.21, "3.2 votes/s"), (412, "412 votes/s"), (98_304, "98.3 k votes/s")]
)
def test_speed(rate, shown):
    assert speed(rate) == shown


def test_what_a_run_takes_is_said_before_its_first_votes(panel, idle_session, make):
    snapshot = make.snapshot(CertifySettings(n=1000), 0)
    known = {"cost": Cost(samples=1100, seconds_each=0.15), "rate": 0.0, "eta": None, "n_done": 0}
    idle_session.loading.model = make.model()
    idle_session.runs.snapshot = snapshot.model_copy(update={**known, "phase": "selection"})
    idle_session.runs.snapshot_changed.emit()
    assert panel.numbers.text() == (
        "0 / 1,100 votes · choosing the class · about 3 min for 1,100 votes"
    )


def test_nothing_is_said_of_an_ended_run_below_a_page_that_stands_alone(loaded, make):
    loaded.session.runs.evidence = make.evidence(CertifySettings())
    loaded.session.runs.evidence_changed.emit()
    pages, strip = loaded.pages, loaded.progress
    said = strip.numbers.text()
    assert said.startswith("100,000 / 100,000 votes") and strip.bar.value() == 1000
    for page in (pages.training, pages.keys, pages.help):
        pages.show_page(page)
        assert strip.numbers.text() == "" and strip.bar.value() == 0
    for page in (pages.planner, pages.preview, pages.gallery, pages.explore):
        pages.show_page(page)
        assert strip.numbers.text() == said
