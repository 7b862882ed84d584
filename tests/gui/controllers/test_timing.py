from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.evidence.settings import declared
from engine.schemes.dssn_l1 import DssnL1
from engine.schemes.exact_map import ExactMap
from gui.controllers import spare_time
from gui.controllers.timing import CHOICES

PAUSE_MS = 20


@pytest.fixture(autouse=True)
def short_pause(monkeypatch):
    monkeypatch.setattr(spare_time, "PAUSE_MS", PAUSE_MS)


@pytest.fixture
def asked(engine, monkeypatch):
    """How often the speed was measured; each time it is 1 ms a sample, or what is put here."""
    asked = {"times": 0, "answer": 0.001}

    def seconds_each(subject, settings, execution, stop):
        asked["times"] += 1
        if isinstance(asked["answer"], Exception):
            raise asked["answer"]
        return asked["answer"]

    monkeypatch.setattr(engine, "seconds_each", seconds_each)
    return asked


def test_the_time_is_said_after_loading_and_measured_once(asked, loaded, qtbot):
    timing = loaded.session.timing
    qtbot.waitUntil(lambda: timing.seconds_each == 0.001)
    assert timing.expected() == "n = 100,000 takes about 2 min"
    assert timing.expected(1_000) == "n = 1,000 takes about 2 s"  # n0 = 100 is a part of it
    assert loaded.status_line.text.text() == "n = 100,000 takes about 2 min on this machine."
    loaded.left.settings.put(n=5_000)
    qtbot.wait(10 * PAUSE_MS)
    assert asked["times"] == 1
    assert loaded.status_line.text.text() == "n = 5,000 takes about 6 s on this machine."


def test_other_n_are_choices_with_their_time(asked, loaded, qtbot):
    line = loaded.status_line
    qtbot.waitUntil(lambda: line.choices.isVisible())
    line.menu.aboutToShow.emit()
    actions = line.menu.actions()
    assert [action.text() for action in actions][:2] == [
        "n = 1,000 takes about 2 s",
        "n = 5,000 takes about 6 s",
    ]
    assert len(actions) == len(CHOICES)
    actions[2].trigger()
    assert loaded.session.form.settings.n == 20_000


@pytest.mark.walk
@pytest.mark.parametrize("answer", [None, UserError("It fails.")])
def test_a_model_whose_speed_is_not_known_is_not_asked_again(asked, request, qtbot, answer):
    asked["answer"] = answer
    loaded = request.getfixturevalue("loaded")  # it may be asked as soon as this is there
    qtbot.waitUntil(lambda: asked["times"] == 1)
    qtbot.wait(10 * PAUSE_MS)
    assert asked["times"] == 1 and loaded.status_line.text.text() == ""
    assert not loaded.notices.notices


def test_a_run_tells_the_speed_and_no_trial_is_made_after_it(asked, loaded, qtbot):
    loaded.left.settings.put(n=1_000)
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    speed = loaded.session.runs.evidence.performance.samples_per_second
    assert loaded.session.timing.seconds_each == 1 / speed
    before = asked["times"]
    qtbot.wait(10 * PAUSE_MS)
    assert asked["times"] == before and loaded.session.timing.seconds_each == 1 / speed


def test_a_short_run_foretells_no_longer_time_than_a_trial_did(asked, loaded, qtbot):
    timing, runs = loaded.session.timing, loaded.session.runs
    loaded.left.settings.put(n=1_000)
    runs.certify()
    qtbot.waitUntil(lambda: runs.evidence is not None)
    known, speed = timing.seconds_each, runs.evidence.performance
    for rate, told in ((10.0, 0.1), (1_000.0, 0.001), (500.0, 0.001), (300.0, 1 / 300)):
        timed = speed.model_copy(update={"samples_per_second": rate})
        timing._learn(runs.evidence.model_copy(update={"performance": timed}))
        assert timing.seconds_each == told  # it counted for 100, 1, 2 and 3.3 s
    assert known == 0.001


def test_a_trial_ends_when_somebody_waits_for_a_run(loaded, engine, qtbot, monkeypatch):
    began, ended = [], []

    def seconds_each(subject, settings, execution, stop):
        began.append(settings.noise)
        ended.append(stop.wait(30))  # a slow model: only a stop ends it

    monkeypatch.setattr(engine, "seconds_each", seconds_each)
    loaded.session.timing._settled = None
    loaded.left.settings.fields["noise"].set_value("exact")
    qtbot.waitUntil(lambda: began == ["exact"], timeout=10_000)  # queued alone, it would be dropped
    loaded.left.settings.put(n=1_000)
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    assert ended == [True]


def test_other_noise_takes_another_time(asked, loaded, qtbot):
    qtbot.waitUntil(lambda: asked["times"] == 1)
    loaded.left.settings.fields["noise"].set_value("exact")
    assert loaded.session.timing.seconds_each is None
    qtbot.waitUntil(lambda: asked["times"] == 2)


def test_exact_methods_take_no_n_of_votes(asked, loaded, qtbot):
    timing = loaded.session.timing
    qtbot.waitUntil(lambda: timing.seconds_each == 0.001)
    form = loaded.session.form
    form.settings = declared("certify", ExactMap(), {})
    assert timing.expected() == ""
    form.settings = declared("certify", DssnL1(lam=0.25), {})
    n = form.settings.n
    assert timing.expected().startswith(f"All {n:,} samples, twice, take ")
