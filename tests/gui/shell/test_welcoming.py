from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from engine.demos.gallery import GalleryCase, case_of

OPENED = """
import json, os, sys
from gui.__main__ import prepare
prepare(offscreen=True)
from engine.demos.gallery import CASES
from gui.shell.app import application, open_window
from gui.controllers.session import Session
app = application()
session = Session()
session.start = lambda: None  # the engine is still being loaded
window = open_window(session)
window.pages.welcoming.show()
painted = []
window.painted.connect(lambda: painted.append(True))
while not painted:
    app.processEvents()
drawn = {}
for case in CASES:
    if case.command:
        window.pages.welcoming.open(case)
        app.processEvents()
        page = window.pages.welcoming.recorded
        drawn[case.key] = page.region.plot.figure is not None and page.isVisible()
print(json.dumps([drawn, sorted({"torch", "transformers", "onnxruntime"} & set(sys.modules))]))
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.thorough
def test_every_case_is_drawn_without_torch(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", OPENED],
        capture_output=True,
        text=True,
        timeout=120,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_CONFIG_HOME": str(tmp_path),
            "XDG_DATA_HOME": str(tmp_path),
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr
    drawn, loaded = json.loads(done.stdout)
    assert loaded == [] and all(drawn.values()) and len(drawn) == 10


def test_cards_lead_to_their_case_and_back(window, qtbot):
    welcoming, pages = window.pages.welcoming, window.pages
    window.commands["welcome"].trigger()
    assert pages.currentWidget() is welcoming.page
    assert not window.left.isVisible() and not window.statement.isVisible()
    welcoming.page.cards["ring"].click()
    assert pages.currentWidget() is welcoming.recorded
    assert welcoming.recorded.case is case_of("ring")
    welcoming.recorded.back.click()
    assert pages.currentWidget() is welcoming.page
    welcoming.page.back.click()
    assert pages.currentWidget() is pages.explore


def test_a_page_is_opened_by_its_command(window):
    window.pages.welcoming.page.cards["plane"].click()
    assert window.pages.currentWidget() is window.pages.playground


def test_a_recorded_case_is_replayed_and_seen_again(window, qtbot):
    welcoming, playback = window.pages.welcoming, window.session.playback
    welcoming.open(case_of("digit"))
    window.commands["pace-5"].trigger()
    qtbot.waitUntil(lambda: playback.active)
    assert window.pages.currentWidget() is window.pages.explore
    assert window.pages.explore.votes.title.text().startswith("Replay")
    window.commands["stop"].trigger()
    assert window.pages.currentWidget() is welcoming.recorded


def test_its_run_fills_the_form_with_a_seed_of_its_own(window, qtbot):
    welcoming, session = window.pages.welcoming, window.session
    welcoming.page.cards["digit"].run.click()
    assert window.pages.currentWidget() is window.pages.explore
    qtbot.waitUntil(lambda: session.runs.ready)
    qtbot.waitUntil(lambda: session.form.settings.n == 100_000)
    assert session.form.settings.scheme.key == "gaussian"
    assert session.loading.given.source == "digits:52"
    assert session.form.settings.seed is None


def test_an_encrypted_case_leads_to_its_page(window):
    window.pages.welcoming.run(case_of("encrypted"))
    assert window.pages.currentWidget() is window.pages.encrypted


def test_no_case_is_opened_while_a_run_goes_on(loaded, engine, qtbot):
    engine.pause = 0.01
    loaded.session.runs.certify()
    loaded.pages.welcoming.run(case_of("ring"))
    assert any("Stop the current run" in one.sentence for one in loaded.notices.notices)
    loaded.session.runs.stop()
    qtbot.waitUntil(lambda: not loaded.session.runs.running)


@pytest.mark.parametrize("way", ["open", "run"])
def test_a_damaged_case_is_said(window, monkeypatch, tmp_path, way):
    monkeypatch.setattr(GalleryCase, "evidence", property(lambda case: tmp_path / "x.json"))
    getattr(window.pages.welcoming, way)(case_of("ring"))
    assert any("x.json cannot be read" in one.sentence for one in window.notices.notices)
