from __future__ import annotations

import pytest

from engine.playground.abstentions import REMEDIES
from gui.playground.abstain_step import AbstainStep


@pytest.fixture(scope="module")
def step(qapp):
    step = AbstainStep()
    yield step
    step.deleteLater()


@pytest.mark.parametrize("cause", REMEDIES)
def test_each_button_produces_its_cause(step, cause):
    step.buttons[cause].click()
    assert step.remedy.text() == ""
    while not step.experiment.run.done:
        step.experiment.step()
    found = step.experiment.standing.abstention
    assert found is not None and found.reason == cause
    assert step.remedy.text() == REMEDIES[cause]
    assert step.readout.claim.text() == f"Abstains: {found.sentence}"
