from __future__ import annotations

from engine.playground.predictions import predict_both
from engine.playground.pseudocode import ANSWERED, GAVE_UP
from gui.playground.predict_step import PredictStep


def test_the_second_answers_where_the_first_abstains_on_the_same_votes(qtbot, qapp):
    step = PredictStep()
    qtbot.addWidget(step)
    step.experiment.step()
    step.experiment.step()
    assert step.said_first.text().endswith("of 1,000 votes: not final")
    assert step.first.lit == step.second.lit == {1}
    while not step.experiment.run.done:
        step.experiment.step()
    found = predict_both(step.experiment.standing.estimation, 0.001)
    assert found.second_answers and not found.first_answers
    assert step.first.lit == {GAVE_UP} and step.second.lit == {ANSWERED}
    assert step.said_first.text().endswith("> 0.001: ABSTAIN")
    assert step.said_second.text().endswith("≤ 0.001: blue")
    step.again.click()
    assert step.experiment.standing.estimation.n == 0
