from __future__ import annotations

import pytest

from gui.controllers.session import Session
from gui.shell.app import open_window
from gui.shell.window import Window
from gui.widgets.page import Page


@pytest.fixture
def window(qtbot, preferences, make):
    window = Window(Session(preferences=preferences))
    yield window
    make.destroy(window)


def test_the_window_is_painted_without_the_pages(qtbot, window: Window) -> None:
    seen: list[bool] = []
    window.painted.connect(lambda: seen.append("pages" in vars(window)))
    with qtbot.waitSignal(window.painted, timeout=10_000):
        window.show()
    assert seen == [False]


def test_they_are_made_after_it_and_before_the_engine_starts(qtbot, preferences, make) -> None:
    session = Session(preferences=preferences)
    seen: list[bool] = []
    session.start = lambda: seen.append("pages" in vars(window))
    window = open_window(session)
    qtbot.waitUntil(lambda: bool(seen), timeout=10_000)
    assert seen == [True]
    make.destroy(window)


def test_a_page_that_is_asked_for_early_is_made_with_all_others(window: Window) -> None:
    window.show_planner()
    assert window.middle.currentWidget() is window.planner
    pages = window.pages.all
    assert len(pages) == 6 and all(isinstance(page, Page) for page in pages)
    assert all(window.middle.indexOf(page) >= 0 for page in pages)
    window.planner.left.emit()
    assert window.middle.currentWidget() is window.explore


def test_pages_with_results_of_their_own_take_the_room(qtbot, window: Window) -> None:
    window.show()
    for show, form, statement in (
        (window.show_runs, False, False),
        (window.show_planner, True, False),
        (window.show_labels, True, True),
    ):
        show()
        assert window.left.isVisible() is form and window.statement.isVisible() is statement
