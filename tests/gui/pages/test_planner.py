from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.core.records import Votes
from engine.evidence.settings import CertifySettings, ExactSettings, SweepSettings
from engine.schemes import Ablation, DssnL1, Gaussian, HierarchicalGaussian, Sparse
from engine.schemes.rotation import Rotation
from gui.pages.planner import PlannerPage


@pytest.fixture
def page(session, qtbot):
    page = PlannerPage(session)
    qtbot.addWidget(page)
    page.resize(900, 640)
    page.show()
    qtbot.waitUntil(lambda: page.plan is not None)
    return page


def test_a_plan_is_there_at_once(page):
    assert page.chart.figure.curves[0].points
    assert dict(page.facts.rows)["the pilot's share"] == "0.97"
    assert page.use_target.isVisible()
    assert page.use_target.text() == "&Stop at radius 0.5"
    assert "A plan is a forecast" in page.notes.text()


def test_other_numbers_make_another_plan(page, qtbot):
    page.target.editors["radius"].setValue(0.1)
    qtbot.waitUntil(lambda: page.plan.target == "radius=0.1")
    assert page.use_n.isVisible()
    with qtbot.waitSignal(page.wanted) as heard:
        page.use_n.click()
    assert heard.args == [page.plan.needed.n_stay, ""]
    with qtbot.waitSignal(page.wanted) as heard:
        page.use_target.click()
    assert heard.args == [0, "radius=0.1"]


def test_the_form_beside_it_is_followed(page, session, qtbot):
    session.form.set(CertifySettings(scheme=Gaussian(sigma=1.0), bound="live"))
    qtbot.waitUntil(lambda: page.plan.bound == "live")
    assert "sigma 1" in page.subtitle.text()


def test_the_shown_run_is_the_pilot(page, session, make, qtbot):
    assert not page.from_run.isEnabled()
    session.runs.evidence = make.evidence(CertifySettings(n0=200))
    session.runs.evidence_changed.emit()
    page.from_run.click()
    assert (page.k.value(), page.n0.value()) == (200, 200)
    qtbot.waitUntil(lambda: page.plan.pilot.n0 == 200)


def test_votes_of_another_noise_are_no_pilot(page, session, make):
    session.runs.evidence = make.evidence(CertifySettings(n0=200))
    session.runs.evidence_changed.emit()
    assert page.from_run.isEnabled() and "as the pilot" in page.from_run.toolTip()
    session.form.set(CertifySettings(n=77))
    assert page.from_run.isEnabled()
    session.form.set(CertifySettings(scheme=Gaussian(sigma=1.0)))
    assert not page.from_run.isEnabled() and "another noise" in page.from_run.toolTip()
    before = page.n0.value()
    page.take_run()
    assert page.n0.value() == before


def test_more_votes_than_there_are_is_said_at_once(page, qtbot):
    page.k.setValue(101)
    qtbot.waitUntil(lambda: page.complaint.isVisible())
    assert page.complaint.text() == "More votes for the class than pilot votes."
    page.n0.setValue(200)
    qtbot.waitUntil(lambda: not page.complaint.isVisible())


def test_a_refusal_of_the_engine_is_shown(page, qtbot, monkeypatch):
    def refuse(settings, **asked):
        raise UserError("No.")

    monkeypatch.setattr("gui.pages.planner.planned", refuse)
    page.power.setValue(0.5)
    qtbot.waitUntil(lambda: page.complaint.text() == "No.")


def test_the_target_is_asked_for_in_the_schemes_own_terms(page, session, qtbot):
    session.form.set(CertifySettings(scheme=HierarchicalGaussian(sigma=0.5), n=1000))
    page.target.editors["entities"].setValue(2)
    page.target.editors["epsilon"].setValue(0.1)
    qtbot.waitUntil(lambda: page.plan.target == "entities=2,epsilon=0.1")
    assert page.use_target.text() == "&Stop at entities 2, epsilon 0.1"
    assert "n for entities 2, epsilon 0.1" in dict(page.facts.rows)
    names = [curve.name for curve in page.chart.figure.curves]
    assert names == ["to certify entities 2, epsilon 0.1", "to certify the class at all"]


def test_a_map_of_cells_is_planned_for_too(page, session, qtbot):
    session.form.set(CertifySettings(scheme=Sparse(), n=1000))
    page.target.editors["deletions"].setValue(0)
    qtbot.waitUntil(lambda: page.plan.target == "additions=1,deletions=0", timeout=20_000)
    assert page.chart.figure.y_name == "chance"


def test_where_there_is_nothing_to_plan_it_says_why(page, session, qtbot):
    session.form.set(ExactSettings(scheme=DssnL1()))
    qtbot.waitUntil(lambda: page.plan is None)
    assert "its noise has 255 samples and a run counts all" in page.chart.waiting.text()
    session.form.set(SweepSettings(scheme=Rotation()))
    qtbot.waitUntil(lambda: "each anchor stops by itself" in page.chart.waiting.text())
    assert not page.use_n.isVisible() and not page.use_target.isVisible()


def test_a_pilot_is_drawn_and_fills_the_plan(loaded, engine, qtbot, monkeypatch):
    asked = []

    def pilot(subject, settings, execution, stop):
        asked.append(settings.n0)
        return Votes(counts=(0,) * 7 + (90, 6, 0), failures=4)

    monkeypatch.setattr(engine, "pilot", pilot, raising=False)
    page = loaded.pages.planner
    loaded.commands["plan"].trigger()
    qtbot.waitUntil(lambda: page.draw_pilot.isEnabled())
    page.draw_pilot.click()
    qtbot.waitUntil(lambda: page.plan is not None and page.plan.pilot.k == 90)
    assert asked == [100] and (page.k.value(), page.n0.value()) == (90, 100)
    assert page.plan.pilot.runner_up == pytest.approx(0.6)  # of the votes for others


def test_a_range_is_planned_for_the_open_image(loaded, qtbot, monkeypatch):
    """Anchors and samples; there is no n to choose, no target and no chance of it."""
    asked = []

    def range_of(settings, subject, pilot):
        from engine.planning.sweep_plan import plan_sweep

        asked.append((subject is loaded.session.loading.subject, pilot.k))
        return plan_sweep(settings, np.zeros((1, 8, 8), dtype=np.float32), pilot=pilot)

    monkeypatch.setattr("gui.pages.planner.planned_range", range_of)
    page = loaded.pages.planner
    loaded.commands["plan"].trigger()
    loaded.session.form.set(SweepSettings(scheme=Rotation(degrees=5), n=1000))
    qtbot.waitUntil(lambda: "anchors" in dict(page.facts.rows))
    assert asked[-1] == (True, 97) and page.plan is None
    assert dict(page.facts.rows)["certifies"] == "rotation -5.000° to +5.000°, the whole range"
    assert page.chart.figure.title == "Samples for the whole range"
    assert (
        not page.use_n.isVisible() and not page.target.isEnabled() and page.draw_pilot.isEnabled()
    )


def test_the_noise_is_that_of_the_open_models_inputs(loaded, qtbot):
    page = PlannerPage(loaded.session)
    qtbot.addWidget(page)
    page.show()
    loaded.session.form.set(CertifySettings(scheme=Ablation(entities=64, keep=12)))
    qtbot.waitUntil(lambda: "ablation: 12 of 64 pixels kept" in page.subtitle.text())
