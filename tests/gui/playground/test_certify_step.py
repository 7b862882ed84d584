from __future__ import annotations

from engine.playground.pseudocode import ABSTAIN, BOUND, GUESS, RADIUS, RETURN, TEST
from gui.playground.certify_step import CertifyStep


def lines(step: CertifyStep) -> list[int]:
    """Lines that light up until nothing moves, one after the other."""
    seen = [*step.code.lit]
    while not step.experiment.run.done:
        step.experiment.step()
        seen += [line for line in step.code.lit if line != seen[-1]]
    while step._timer.isActive():
        step._next_line()
        seen += step.code.lit
    return seen


def test_the_lines_light_up_in_their_order_and_both_phases_are_seen(qtbot, qapp):
    step = CertifyStep()
    qtbot.addWidget(step)
    assert lines(step) == [GUESS, BOUND, TEST, RADIUS, RETURN]
    assert "selection blue: " in step.votes.accessibleDescription()
    assert step.readout.claim.text().startswith("g predicts 'blue'")
    step.experiment.move((0.0, 0.12))
    step.experiment.declare(n=10)
    assert lines(step)[-2:] == [TEST, ABSTAIN]


def test_it_begins_slowly_and_can_be_hurried(qtbot, qapp):
    step = CertifyStep()
    qtbot.addWidget(step)
    step.faster.click()
    assert step.experiment.pace == 50
    tries = step.experiment.runs
    step.again.click()
    assert step.experiment.pace == 10 and step.experiment.runs == tries + 1
    assert step.code.lit == {GUESS}


def test_all_of_it_is_seen_beside_a_plane_as_low_as_at_200_percent(qtbot, qapp):
    step = CertifyStep()
    qtbot.addWidget(step)
    step.resize(680, 305)  # on Full HD, below a sentence of two lines
    step.show()
    step.readout.claim.setText("Nothing is certified yet: p lower is not above one half. " * 2)
    qtbot.wait(50)
    column = step._column
    assert column.verticalScrollBar().maximum() == 0
    for button in (step.again, step.faster):
        assert button.width() >= button.minimumSizeHint().width()
        assert (
            column.viewport()
            .rect()
            .contains(button.mapTo(column.viewport(), button.rect().bottomRight()))
        )
