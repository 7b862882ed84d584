from __future__ import annotations

from PySide6.QtWidgets import QLabel

from gui.playground.stage import Stage


def test_votes_come_while_it_is_seen(experiment, qtbot):
    stage = Stage(experiment)
    qtbot.addWidget(stage)
    beside = QLabel("beside")
    stage.add(beside)
    stage.show()
    assert beside.isVisible()
    qtbot.waitUntil(lambda: experiment.steps > 0)
    stage.hide()
    assert not experiment._timer.isActive()
