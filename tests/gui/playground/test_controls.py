from __future__ import annotations

from engine.bounds import bound_method
from engine.playground.laws import LAWS
from gui.playground.controls import _BOUNDS, Controls


def test_every_control_declares_its_part_of_the_plan(experiment, qtbot):
    controls = Controls(experiment)
    qtbot.addWidget(controls)
    controls.law.setCurrentIndex(2)
    controls.bound.setCurrentText("clopper-pearson")
    controls.pace.setCurrentText("10 votes")
    for slide in (controls.sigma, controls.n0, controls.n, controls.alpha):
        slide.slider.setValue(2)
    plan = experiment.plan
    assert (plan.law, plan.bound, experiment.pace) == (LAWS[2], "clopper-pearson", 10)
    assert (plan.sigma, plan.n0, plan.n, plan.alpha) == (0.15, 50, 50, 0.05)
    assert controls.sigma.said.text() == "0.15" and controls.n.said.text() == "50"
    controls.hold.setChecked(True)
    assert experiment.held


def test_check_boxes_are_as_wide_as_their_words(experiment, qtbot):
    controls = Controls(experiment)
    qtbot.addWidget(controls)
    controls.resize(700, 400)
    controls.show()
    for box in (controls.exact, controls.adversary, controls.hold):
        assert box.width() == box.sizeHint().width()


def test_they_show_a_plan_that_was_declared_elsewhere(experiment, qtbot):
    controls = Controls(experiment)
    qtbot.addWidget(controls)
    experiment.declare(sigma=1.25, n=50_000, alpha=0.01, bound="live", law=LAWS[1])
    tries = experiment.runs
    controls.follow()
    assert [slide.said.text() for slide in (controls.sigma, controls.n, controls.alpha)] == [
        "1.25",
        "50,000",
        "0.01",
    ]
    assert controls.bound.currentText() == "live" and controls.law.currentIndex() == 1
    assert experiment.runs == tries


def test_the_bounds_on_offer_bound_one_class():
    assert {bound_method(key).decided_by for key in _BOUNDS} == {"top"}
