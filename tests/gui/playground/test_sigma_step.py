from __future__ import annotations

from engine.core.rounding import round_down
from engine.playground.sigma_table import SIGMAS
from gui.playground.sigma_step import SigmaStep


def test_rows_come_one_by_one_and_the_best_are_bold(qtbot, qapp):
    step = SigmaStep()
    qtbot.addWidget(step)
    step.show()
    step._timer.stop()
    for _ in SIGMAS:
        step._one_row()
    assert len(step.rows) == len(SIGMAS)
    shown = [[step.table.item(row, column) for column in range(9)] for row in range(len(SIGMAS))]
    assert [cells[0].text() for cells in shown] == ["0.1", "0.25", "0.5", "0.75", "1"]
    assert [cells[1].text() for cells in shown] == [round_down(row.acr, 3) for row in step.rows]
    bold = [row for row in range(len(SIGMAS)) if shown[row][1].font().bold()]
    assert bold == [max(range(len(SIGMAS)), key=lambda row: step.rows[row].acr)]
    assert (
        "120 fresh test points of 'moons'" in step.said.text() and "n = 1,000" in step.said.text()
    )
    step._one_row()
    assert not step._timer.isActive()
    step.scene.setCurrentText("blobs")
    assert not step.rows and step._timer.isActive() and step.table.item(0, 0) is None
    step.hide()
    assert not step._timer.isActive()
