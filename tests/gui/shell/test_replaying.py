from __future__ import annotations

import pytest

from engine.demos.gallery import case_of
from gui.controllers.playback import NOTHING


@pytest.fixture
def watched(window, qtbot):
    """The window while a recorded case is replayed."""
    window.pages.welcoming.open(case_of("digit"))
    window.pages.replaying.replay(30)
    qtbot.waitUntil(lambda: window.session.playback.active)
    return window


def test_without_a_run_there_is_nothing_to_replay(window):
    window.pages.replaying.replay(5)
    assert any(one.sentence == NOTHING for one in window.notices.notices)


def test_a_replay_comes_back_to_the_page_that_shows_the_run(watched):
    assert watched.pages.currentWidget() is watched.pages.explore
    watched.session.playback.stop()
    assert watched.pages.currentWidget() is watched.pages.welcoming.recorded


def test_whoever_went_elsewhere_is_left_there(watched):
    watched.pages.show_gallery()
    watched.session.playback.stop()
    assert watched.pages.currentWidget() is watched.pages.gallery


def test_a_run_that_begins_is_watched(watched):
    watched.session.runs.began.emit()
    watched.session.playback.stop()
    assert watched.pages.currentWidget() is watched.pages.explore


def test_talk_mode_replays_the_case_in_sight_and_shows_it_afterwards(window, qtbot, monkeypatch):
    monkeypatch.setattr(window, "showFullScreen", lambda: None)
    window.pages.welcoming.open(case_of("digit"))
    window.commands["talk"].trigger()
    qtbot.waitUntil(lambda: window.session.playback.active)
    window.session.playback.stop()
    assert window.pages.currentWidget() is window.pages.welcoming.recorded
    window.commands["talk"].trigger()


def test_in_talk_mode_the_last_moment_of_a_recorded_case_stands(window, qtbot, monkeypatch):
    """The page of the case is in the usual type, and none of talk mode's keys is for it."""
    monkeypatch.setattr(window, "showFullScreen", lambda: None)
    playback, claim = window.session.playback, window.pages.explore.claim
    window.pages.welcoming.open(case_of("digit"))
    window.pages.replaying.replay(0.5)
    window.commands["talk"].trigger()
    qtbot.waitUntil(lambda: playback.active and playback.snapshot.estimation.n == 100_000)
    qtbot.wait(150)
    assert playback.active and window.pages.currentWidget() is window.pages.explore
    qtbot.waitUntil(lambda: claim.headline.text() == "R = 0.650")
    window.pages.replaying.replay(60)  # once more
    qtbot.waitUntil(lambda: playback.active and playback.snapshot.estimation.n < 100_000)
    window.pages.replaying.replay(0.2)
    qtbot.waitUntil(lambda: playback.active and playback.snapshot.estimation.n == 100_000)
    window.commands["talk"].trigger()
    qtbot.waitUntil(lambda: not playback.active)
    assert window.pages.currentWidget() is window.pages.welcoming.recorded


def test_one_s_own_run_is_not_replayed_for_another_result_that_has_no_votes(loaded, qtbot):
    """A file that does not hold, a row of a set or runs that are compared: F7 was about them."""
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    qtbot.waitUntil(lambda: not loaded.session.worker.busy())
    page, playback = loaded.pages.verify, loaded.session.playback
    page.verify(case_of("ring").evidence)
    qtbot.waitUntil(lambda: page.checked is not None and not loaded.session.worker.busy())
    page.record.show_evidence(page.checked.evidence, "As stated", recomputed="It is less.")
    loaded.commands["pace-15"].trigger()
    assert not playback.coming and loaded.pages.currentWidget() is page
    assert any(one.sentence == NOTHING for one in loaded.notices.notices)
    page.back.click()
    loaded.commands["pace-15"].trigger()
    qtbot.waitUntil(lambda: playback.active)
    assert playback.evidence is loaded.session.runs.evidence
    playback.stop()
