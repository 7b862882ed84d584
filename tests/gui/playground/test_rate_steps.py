from __future__ import annotations

import time

import pytest

from engine.playground.false_claims import ALPHA, RUNS
from gui.playground.rate_steps import RateStep, peek_step, twice_step
from gui.style.stylesheet import apply_theme
from gui.style.theme import STAGE


@pytest.mark.parametrize("make", [twice_step, peek_step])
def test_the_counter_climbs_to_two_thousand_runs(qtbot, qapp, make):
    step: RateStep = make()
    qtbot.addWidget(step)
    step.show()
    step._timer.stop()
    start = time.thread_time()
    while not step.done:
        step.step()
    frames = RUNS // 20
    assert time.thread_time() - start + frames * 0.033 < 20  # must hold of the live counter
    last = step.tallies[-1]
    assert last.careless > 2 * ALPHA * RUNS and last.careful <= 1.4 * ALPHA * RUNS
    assert step.said.text().startswith("2,000 runs. ") and len(step.tallies) == frames
    assert step.view.tallies == step.tallies
    step.hide()
    step.show()
    assert not step._timer.isActive()
    step.again.click()
    assert not step.tallies and step._timer.isActive()
    step.hide()
    assert not step._timer.isActive()


def test_the_stage_leaves_the_small_print_to_the_speaker(qtbot, qapp):
    step = peek_step()
    qtbot.addWidget(step)
    step.show()
    step.hide()
    assert not step.what.isHidden()
    apply_theme(qapp, "light", stage=STAGE)
    assert step.what.isHidden()
    apply_theme(qapp, "light")
