"""What pages of work share: the bar, Escape, and giving way to whatever somebody waits for."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.work_page import WorkPage
from gui.widgets.layouts import filled


class Counting(WorkPage):
    """Waits until it is stopped."""

    def __init__(self, session) -> None:
        super().__init__("Count", session, work="count")
        self.setup = QWidget()
        self.add_start("&Count")
        holder = QWidget()
        filled(QVBoxLayout(holder), self.complaint, self.progress)
        self.content.addWidget(holder)
        self.watch()
        self._refresh()

    def begin(self) -> None:
        self.lane.submit(self._count, "counting", on_done=lambda found: self._refresh())
        self._refresh()

    @staticmethod
    def _count(stop: threading.Event):
        stop.wait(30)
        return 1


@pytest.fixture
def page(session, qtbot):
    found = Counting(session)
    qtbot.addWidget(found)
    session.start()
    qtbot.waitUntil(lambda: session.worker.is_warm)
    qtbot.waitUntil(found.start.isEnabled)
    return found


def test_escape_stops_the_work_and_then_goes_back(page, qtbot):
    left = []
    page.left.connect(lambda: left.append(1))
    assert not page.going and not page.end.isEnabled()
    page.start.click()
    assert page.going and page.end.isEnabled()
    assert not page.setup.isEnabled() and not page.start.isEnabled()
    page.show_progress(0.25, "1 of 4")
    assert (page.bar.value(), page.doing.text()) == (250, "1 of 4")
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.going)
    assert not left and page.setup.isEnabled()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert left == [1]


def test_it_gives_way_to_what_somebody_waits_for(page, session, qtbot):
    told = []
    page.notice.connect(lambda kind, said: told.append((kind, said)))
    session.worker.urgent.emit()
    assert not told  # nothing was at work
    page.start.click()
    session.worker.urgent.emit()
    said = "The count was stopped by another request; what is done is shown."
    assert told == [("info", said)]
    qtbot.waitUntil(lambda: not page.going)
