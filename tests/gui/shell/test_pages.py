from __future__ import annotations

from functools import partial

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
    window.painted.connect(lambda: seen.append(window.pages.documents_are_made))
    with qtbot.waitSignal(window.painted, timeout=10_000):
        window.show()
    assert seen == [False]


def test_they_are_made_after_it_and_before_the_engine_starts(qtbot, preferences, make) -> None:
    session = Session(preferences=preferences)
    seen: list[bool] = []
    session.start = lambda: seen.append(window.pages.documents_are_made)
    window = open_window(session)
    qtbot.waitUntil(lambda: bool(seen), timeout=10_000)
    assert seen == [True]
    make.destroy(window)


def test_a_page_that_is_asked_for_early_is_made_at_once(window: Window) -> None:
    pages = window.pages
    pages.show_page(pages.planner)
    assert pages.currentWidget() is pages.planner and not pages.documents_are_made
    assert len(list(pages.make_documents())) > 5 and pages.documents_are_made
    for page in (pages.labels, pages.runs, pages.verify, pages.votes, pages.tradeoff):
        assert isinstance(page, Page) and pages.indexOf(page) >= 0
    pages.planner.left.emit()
    assert pages.currentWidget() is pages.explore


def test_pages_with_results_of_their_own_take_the_room(qtbot, window: Window) -> None:
    window.show()
    for show, form, statement in (
        (window.pages.show_runs, False, False),
        (partial(window.pages.show_page, window.pages.planner), True, False),
        (window.pages.show_labels, True, True),
    ):
        show()
        assert window.left.isVisible() is form and window.statement.isVisible() is statement
