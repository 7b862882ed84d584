from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from engine.demos.gallery import CASES
from engine.evidence.evidence import Evidence
from gui.shell.appearance import TEXT_SIZES
from gui.shell.replaying import PACE
from gui.style.theme import TALK_SCALE, THEMES, current, stage_scale
from gui.widgets.scroll import ScrollColumn


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_is_put_on_marked_and_remembered(window, name):
    window.appearance.set_theme(name)
    assert current().name == name == window.session.preferences.theme
    assert window.commands[f"theme-{name}"].isChecked()


def test_an_unknown_theme_is_the_light_one(window):
    window.appearance.set_theme("sepia")
    assert current().name == "light"


def test_side_columns_follow_the_page_and_talk_mode(window):
    window.pages.show_page(window.pages.planner)
    assert window.left.isVisible() and not window.statement.isVisible()
    window.pages.show_explore()
    assert window.statement.isVisible()
    window.commands["talk"].trigger()
    assert window.appearance.talks
    assert not window.left.isVisible() and not window.statement.isVisible()
    window.notices.show_notice("info", "Something happened.")
    assert not window.top.isVisible() and not window.notices.isVisible()
    assert window.pages.explore.claim.isVisible()
    window.commands["talk"].trigger()
    assert window.top.isVisible() and window.notices.isVisible()
    assert window.left.isVisible() and window.statement.isVisible()


def test_the_window_has_its_size_back_before_it_is_laid_out(window, qtbot):
    window.resize(1280, 800)
    qtbot.wait(50)
    before, sizes = window.size(), window.columns.sizes()
    window.commands["talk"].trigger()
    qtbot.wait(50)
    assert window.isFullScreen() and window.size() != before
    window.commands["talk"].trigger()
    assert window.size() == before  # with no turn of the event loop between
    qtbot.wait(50)
    assert window.size() == before and window.columns.sizes() == sizes


def test_the_window_is_where_it_was_after_talk_mode(window, qtbot, monkeypatch):
    """A window manager that hears of a size alone takes the place for that of the full screen."""
    window.setGeometry(60, 40, 1280, 800)
    qtbot.wait(50)
    before, asked = window.geometry(), []
    window.commands["talk"].trigger()
    qtbot.wait(50)
    monkeypatch.setattr(window, "setGeometry", asked.append)
    window.commands["talk"].trigger()
    assert asked == [before]
    monkeypatch.undo()
    window.setGeometry(before)


def test_a_maximised_window_is_maximised_after_talk_mode(window, qtbot):
    window.showMaximized()
    qtbot.wait(50)
    size = window.size()
    window.commands["talk"].trigger()
    qtbot.wait(50)
    assert window.isFullScreen()
    window.commands["talk"].trigger()
    qtbot.wait(50)
    assert window.isMaximized() and window.size() == size


def all_plots_are_seen(window) -> bool:
    """Whether the four stand in two rows, each with room."""
    grid = window.pages.explore.grid
    cells = [splitter.widget(place) for splitter in (grid.upper, grid.under) for place in (0, 1)]
    return all(cell.isVisible() and min(cell.width(), cell.height()) > 150 for cell in cells)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "families",
    [
        pytest.param([], id="nothing"),
        pytest.param(
            [case for case in CASES if case.command], marks=pytest.mark.thorough, id="all"
        ),
    ],
)
def test_all_four_plots_are_back_after_talk_mode(loaded, qtbot, theme, families):
    """Whatever was on stage last, and after a run of every family."""
    explore, runs = loaded.pages.explore, loaded.session.runs
    loaded.resize(1280, 800)
    loaded.appearance.set_theme(theme)
    qtbot.waitUntil(lambda: all_plots_are_seen(loaded))
    for place, case in enumerate([None, *families]):
        if case is not None:
            runs.evidence = Evidence.model_validate_json(case.evidence.read_bytes())
            runs.evidence_changed.emit()
        loaded.commands["talk"].trigger()
        qtbot.wait(20)
        explore.grid.show_plot(place % 4)
        loaded.commands["talk"].trigger()
        qtbot.waitUntil(lambda: all_plots_are_seen(loaded), timeout=2000)
        assert explore.grid.bar.isHidden() and explore.claim.isHidden()


class Resizes(QObject):
    """How often widgets are given another size."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.counts: Counter[QObject] = Counter()
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        self.counts[watched] += event.type() == QEvent.Type.Resize
        return False


def test_the_columns_that_come_back_from_talk_mode_are_laid_out_once(loaded, qtbot):
    loaded.resize(1280, 800)
    qtbot.waitUntil(lambda: all_plots_are_seen(loaded))
    loaded.commands["talk"].trigger()
    qtbot.wait(50)
    seen = Resizes(loaded.left, loaded.statement)
    loaded.commands["talk"].trigger()
    qtbot.waitUntil(lambda: all_plots_are_seen(loaded))
    qtbot.wait(100)
    assert [seen.counts[column] for column in (loaded.left, loaded.statement)] == [1, 1]


def test_columns_keep_their_widths_however_fast_pages_are_turned(window, qtbot):
    window.resize(1280, 800)
    qtbot.wait(50)
    before = window.columns.sizes()
    for _ in range(6):
        window.pages.show_page(window.pages.keys)
        qtbot.wait(20)
        window.pages.show_explore()
        window.pages.show_page(window.pages.encrypted)  # before the plots were laid out
        qtbot.wait(20)
    window.pages.show_explore()
    qtbot.wait(20)
    assert window.columns.sizes() == pytest.approx(before, abs=2)


def test_text_grows_and_shrinks_step_by_step_and_is_remembered(window, make):
    before = current().points("body")
    window.commands["text-larger"].trigger()
    assert current().points("body") > before
    assert window.session.preferences.text_size == 1.15
    for _ in range(20):
        window.commands["text-smaller"].trigger()
    assert current().scale == TEXT_SIZES[0]
    window.commands["talk"].trigger()
    stage = window.screen().size().toTuple()
    assert current().scale == pytest.approx(TEXT_SIZES[0] * stage_scale(stage))
    window.commands["talk"].trigger()
    window.commands["text-normal"].trigger()
    assert current().points("body") == before


@pytest.mark.thorough
def test_talk_mode_replays_the_finished_run(loaded, qtbot):
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    qtbot.waitUntil(lambda: not loaded.session.worker.busy())
    asked = []
    loaded.session.playback.play = lambda evidence, seconds: asked.append((evidence, seconds))
    loaded.commands["talk"].trigger()
    assert asked == [(loaded.session.runs.evidence, PACE)]
    loaded.commands["talk"].trigger()
    loaded.pages.show_page(loaded.pages.planner)
    loaded.commands["talk"].trigger()  # another page is on stage, and stays there
    assert len(asked) == 1 and loaded.pages.currentWidget() is loaded.pages.planner
    loaded.commands["talk"].trigger()


def test_in_large_type_no_page_is_wider_than_the_window_and_no_column_is_cut(window, qtbot):
    window.resize(1280, 800)
    for _ in range(3):
        window.commands["text-larger"].trigger()
    pages = window.pages
    try:
        for name in ("planner", "tradeoff", "training", "audit", "keys", "verify", "pruning"):
            page = getattr(pages, name)
            pages.show_page(page)
            qtbot.wait(60)
            bars = window.body.horizontalScrollBar(), window.body.verticalScrollBar()
            assert [bar.maximum() for bar in bars] == [0, 0], name
        for page in (pages.tradeoff, pages.pruning):
            inside = page.setup.findChild(ScrollColumn)
            pages.show_page(page)
            qtbot.wait(60)
            assert inside.widget().minimumSizeHint().width() <= inside.viewport().width()
    finally:
        window.commands["text-normal"].trigger()


@pytest.mark.parametrize("scale", [1.75, 2.0])
def test_in_the_largest_type_form_plots_and_statement_stand_beside_one_another(
    loaded, qtbot, scale
):
    loaded.resize(1280, 800)
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    loaded.appearance.set_text_size(scale)
    try:
        qtbot.wait(100)
        bars = loaded.body.horizontalScrollBar(), loaded.body.verticalScrollBar()
        assert [bar.maximum() for bar in bars] == [0, 0]
        grid = loaded.pages.explore.grid
        for button in grid.names:
            assert button.isVisible() and button.width() >= button.sizeHint().width()
            assert button.visibleRegion().boundingRect().height() == button.height()
    finally:
        loaded.appearance.set_text_size(1.0)


def test_in_the_largest_type_no_page_scrolls_sideways(window, qtbot):
    window.resize(1280, 800)
    window.appearance.set_text_size(2.0)
    pages, bar = window.pages, window.body.horizontalScrollBar()
    names = (
        "planner",
        "tradeoff",
        "audit",
        "training",
        "runs",
        "logs",
        "pruning",
        "keys",
        "verify",
    )
    try:
        for name in names:
            pages.show_page(getattr(pages, name))
            qtbot.waitUntil(
                lambda: not window.left.isVisible() and not window.statement.isVisible()
            )
            qtbot.wait(60)
            qtbot.waitUntil(lambda: bar.maximum() == 0, timeout=3000)
    finally:
        window.appearance.set_text_size(1.0)


def test_a_page_without_room_for_a_column_goes_without(window):
    for width, has_form in ((820, False), (1600, True)):
        window.resize(width, 700)
        window.pages.show_page(window.pages.planner)
        assert window.left.isVisible() == has_form
        window.pages.show_explore()
        assert window.left.isVisible() and window.statement.isVisible()


def test_a_low_window_has_less_around_its_words(window, qtbot):
    window.resize(1280, 800)
    QApplication.processEvents()
    bars = window.top, window.status_line
    high = [bar.height() for bar in bars]
    window.resize(1280, 540)
    qtbot.waitUntil(lambda: all(bar.height() < h for bar, h in zip(bars, high, strict=True)))


def test_what_was_shown_first_in_talk_mode_has_usual_type_after_it(loaded, qtbot):
    loaded.commands["talk"].trigger()
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    qtbot.waitUntil(lambda: not loaded.session.worker.busy())
    loaded.commands["talk"].trigger()
    usual = QApplication.font().pointSizeF()
    cells = loaded.statement.facts.findChildren(QLabel)
    assert cells
    assert {cell.font().pointSizeF() for cell in cells} == {usual}


def test_a_column_stays_as_wide_where_another_leaves_its_room_to_the_page(window, qtbot):
    window.resize(1600, 900)
    window.pages.show_explore()
    qtbot.waitUntil(lambda: window.body.width() > 1500)
    form, middle, statement = window.columns.sizes()
    for show, left, right in (
        (lambda: window.pages.show_page(window.pages.planner), form, 0),
        (lambda: window.pages.show_page(window.pages.keys), 0, 0),
        (window.pages.show_preview, 0, statement),
        (window.pages.show_explore, form, statement),
    ):
        show()
        room = form + middle + statement - left - right
        qtbot.waitUntil(lambda room=room: window.pages.width() >= room - 5)
        sizes = window.columns.sizes()
        assert (sizes[0], sizes[2]) == pytest.approx((left, right), abs=5)


def test_a_window_that_does_not_get_the_screen_has_type_of_its_own_size(window, qtbot, monkeypatch):
    monkeypatch.setattr(window, "showFullScreen", lambda: None)
    window.resize(1280, 720)
    window.commands["talk"].trigger()
    assert current().scale == stage_scale(window.screen().size().toTuple()) != TALK_SCALE
    qtbot.waitUntil(lambda: current().scale == pytest.approx(TALK_SCALE))


def test_on_a_larger_stage_type_is_larger_by_as_much(window, qtbot):
    window.commands["talk"].trigger()
    assert current().scale == stage_scale(window.screen().size().toTuple())
    window.showNormal()
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: current().scale == pytest.approx(1.5 * TALK_SCALE))
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: current().scale == pytest.approx(TALK_SCALE))
    window.commands["talk"].trigger()
    window.resize(1920, 1080)
    qtbot.wait(100)
    assert current().scale == 1.0
