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


def test_buttons_stand_left_of_the_way_back_and_do_what_they_say(qtbot) -> None:
    page, done = Page("Title"), []
    qtbot.addWidget(page)
    first = page.add_button("One", lambda: done.append(1), tip="what it does")
    second = page.add_button("Two", lambda: done.append(2), role="primary")
    places = [page.buttons.indexOf(button) for button in (first, second, page.back)]
    assert places == [0, 1, 2]
    first.click()
    second.click()
    assert done == [1, 2] and first.toolTip() == "what it does"
    assert second.property("role") == "primary"
