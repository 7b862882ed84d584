from __future__ import annotations

from PySide6.QtCore import Qt

from gui.widgets.page import Page


def test_there_are_two_ways_back(qtbot):
    page = Page("Report")
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.left):
        page.back.click()
    with qtbot.waitSignal(page.left):
        qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.back.accessibleName() == "Leave: Report"
